/** Makes the calls of CloudFormation's resource handlers: real ones, with the access of whoever deploys. */
import type { AwsAnswer, AwsCall } from '../http/awsCall.ts';
import { parseCall } from '../http/parseCall.ts';
import { flatForm } from '../http/queryParameters.ts';
import { parseXml } from '../http/xml.ts';
import type { Caller } from '../keys.ts';
import type { Perform } from '../perform.ts';
import { type Fields, fieldsOf, parseJson } from '../values.ts';

export const invokedBy = 'cloudformation.amazonaws.com';

export interface RestRequest {
  readonly method: string;
  readonly path: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** @throws AwsFault what the service refuses with. */
export interface ServiceCalls {
  readonly accountId: string;
  readonly region: string;
  /** How many calls succeeded: a failed handler that got somewhere leaves something to clean up. */
  succeeded(): number;
  /** JSON and query services. */
  call(service: string, operation: string, parameters: Fields): Promise<Fields>;
  /** S3 and Lambda. */
  rest(service: string, request: RestRequest): Promise<AwsAnswer>;
  /** Something moto can only do through its own CloudFormation, authorized and recorded as the call it stands for. */
  instead(service: string, operation: string, parameters: Fields, act: () => Promise<void>): Promise<void>;
}

const targets: Readonly<Record<string, string>> = {
  sqs: 'AmazonSQS',
  dynamodb: 'DynamoDB_20120810',
  ssm: 'AmazonSSM',
  logs: 'Logs_20140328',
  events: 'AWSEvents',
  secretsmanager: 'secretsmanager',
  kms: 'TrentService',
  states: 'AWSStepFunctions',
};
const versions: Readonly<Record<string, string>> = {
  sns: '2010-03-31',
  iam: '2010-05-08',
  ec2: '2016-11-15',
};

export function createServiceCalls(perform: Perform, caller: Caller, region: string): ServiceCalls {
  let succeeded = 0;
  const send = async (call: AwsCall, instead?: () => Promise<AwsAnswer>): Promise<AwsAnswer> => {
    const done = await perform({ call, caller, sourceIp: invokedBy, invokedBy, instead });
    if (done.fault !== undefined) throw done.fault;
    succeeded += 1;
    return done.answer;
  };
  return {
    accountId: caller.accountId,
    region,
    succeeded: () => succeeded,
    call: async (service, operation, parameters) => {
      const call = built(service, operation, parameters, region);
      const answer = await send(call);
      const text = answer.body.toString();
      return call.protocol === 'json'
        ? fieldsOf(parseJson(text))
        : fieldsOf(parseXml(text)[`${operation}Result`]);
    },
    rest: (service, request) => send(restCall(service, request, region)),
    instead: async (service, operation, parameters, act) => {
      const call: AwsCall = { ...built('sqs', operation, parameters, region), service };
      await send(call, async () => {
        await act();
        return { status: 200, headers: {}, body: Buffer.from('{}') };
      });
    },
  };
}

function built(service: string, operation: string, parameters: Fields, region: string): AwsCall {
  const target = targets[service];
  if (target === undefined) return form(service, operation, parameters, region);
  const headers = {
    ...common(service, region),
    'x-amz-target': `${target}.${operation}`,
    'content-type': 'application/x-amz-json-1.1',
  };
  const body = Buffer.from(JSON.stringify(parameters));
  return parseCall({ method: 'POST', path: '/', headers, body }, { service, region });
}

function form(service: string, operation: string, parameters: Fields, region: string): AwsCall {
  const headers = { ...common(service, region), 'content-type': 'application/x-www-form-urlencoded' };
  const body = Buffer.from(flatForm(operation, versions[service] ?? '', parameters));
  return parseCall({ method: 'POST', path: '/', headers, body }, { service, region });
}

function restCall(service: string, request: RestRequest, region: string): AwsCall {
  const headers = { ...common(service, region), ...request.headers };
  return parseCall(
    { method: request.method, path: request.path, headers, body: Buffer.from(request.body ?? '') },
    { service, region },
  );
}

/** moto finds buckets by host name, and must not find one here. */
const common = (service: string, region: string) => ({
  host: service === 's3' ? 'localhost' : `${service}.${region}.amazonaws.com`,
  'user-agent': invokedBy,
});
