/** One CloudTrail record, built from a call and what came of it. */
import { randomUUID } from 'node:crypto';
import { wholeSeconds } from '../clock.ts';
import type { AwsAnswer, AwsCall } from '../http/awsCall.ts';
import type { AwsFault } from '../http/awsFault.ts';
import type { Caller } from '../keys.ts';
import type { ServiceResult } from '../service.ts';
import type { Fields } from '../values.ts';
import { isReadOnly, reportsParametersWhenDenied } from './eventTraits.ts';
import { recordedParameters } from './parameters.ts';
import { recordedResult } from './results.ts';
import { userIdentity } from './userIdentity.ts';

export interface Outcome {
  readonly call: AwsCall;
  readonly caller: Caller;
  readonly now: number;
  readonly sourceIp: string;
  /** The service that made the call with the caller's access. */
  readonly invokedBy?: string | undefined;
  readonly answer?: AwsAnswer | undefined;
  readonly result?: ServiceResult | undefined;
  readonly fault?: AwsFault | undefined;
}

export function trailEvent(outcome: Outcome): Fields {
  const { call, caller, fault, invokedBy } = outcome;
  const data = isDataEvent(call);
  const hidesParameters =
    fault !== undefined &&
    /^(AccessDenied|Unauthorized)/.test(fault.code) &&
    !reportsParametersWhenDenied(call);
  return {
    eventVersion: call.service === 'sts' ? '1.08' : '1.09',
    userIdentity: userIdentity(caller, invokedBy),
    eventTime: wholeSeconds(outcome.now),
    eventSource: eventSource(call.service),
    eventName: call.operation,
    awsRegion: globalServices.has(call.service) ? 'us-east-1' : call.region,
    sourceIPAddress: invokedBy ?? outcome.sourceIp,
    userAgent: invokedBy ?? call.headers['user-agent'] ?? '',
    ...(fault === undefined ? {} : { errorCode: shownCode(fault), errorMessage: fault.message }),
    requestParameters: hidesParameters ? null : recordedParameters(call),
    responseElements: fault === undefined ? recordedResult(outcome) : null,
    requestID:
      outcome.answer?.headers['x-amzn-requestid'] ??
      outcome.answer?.headers['x-amz-request-id'] ??
      randomUUID(),
    eventID: randomUUID(),
    readOnly: isReadOnly(call.operation),
    ...resourcesOf(outcome),
    eventType: 'AwsApiCall',
    managementEvent: !data,
    recipientAccountId: caller.accountId,
    eventCategory: data ? 'Data' : 'Management',
    ...(invokedBy === undefined ? { tlsDetails: tls(call) } : {}),
  };
}

const sources: Readonly<Record<string, string>> = { email: 'ses' };

/** Services whose events appear in one Region wherever the caller is. */
const globalServices = new Set(['iam', 'route53', 'cloudfront', 'organizations']);

const eventSource = (service: string): string => `${sources[service] ?? service}.amazonaws.com`;

const shownCode = (fault: AwsFault): string =>
  fault.code === 'AccessDeniedException'
    ? 'AccessDenied'
    : fault.code === 'UnauthorizedOperation'
      ? 'Client.UnauthorizedOperation'
      : fault.code;

export function isDataEvent(call: Pick<AwsCall, 'service' | 'operation' | 'parameters'>): boolean {
  switch (call.service) {
    case 's3':
      return (
        call.parameters['key'] !== undefined ||
        /^(ListObjects|ListObjectVersions|DeleteObjects)$/.test(call.operation)
      );
    case 'dynamodb':
      return /Item|^(Query|Scan)$|^(ExecuteStatement|ExecuteTransaction)$/.test(call.operation);
    case 'sqs':
      return /Message/.test(call.operation);
    case 'sns':
      return /^Publish/.test(call.operation);
    case 'lambda':
      return call.operation === 'Invoke';
    case 'logs':
      return call.operation === 'PutLogEvents';
    default:
      return false;
  }
}

/** Hosts and ciphers as they would be at AWS: ours are a plain local port, which would tell a reader nothing. */
const tls = (call: AwsCall): Fields => ({
  tlsVersion: 'TLSv1.3',
  cipherSuite: 'TLS_AES_128_GCM_SHA256',
  clientProvidedHostHeader: globalServices.has(call.service)
    ? `${call.service}.amazonaws.com`
    : `${call.service}.${call.region}.amazonaws.com`,
});

function resourcesOf(outcome: Outcome): Fields {
  const { call, caller } = outcome;
  const told = outcome.result?.record?.resources;
  if (told !== undefined) return { resources: told };
  const bucket = call.service === 's3' ? call.parameters['bucketName'] : undefined;
  if (typeof bucket === 'string')
    return {
      resources: [{ accountId: caller.accountId, type: 'AWS::S3::Bucket', ARN: `arn:aws:s3:::${bucket}` }],
    };
  const { accountId } = caller;
  const names =
    call.service === 'ssm' && call.operation === 'GetParameters' ? call.parameters['Names'] : undefined;
  if (!Array.isArray(names)) return {};
  return {
    resources: names.map(name => ({
      accountId,
      ARN: `arn:aws:ssm:${call.region}:${accountId}:parameter/${String(name).replace(/^\//, '')}`,
    })),
  };
}
