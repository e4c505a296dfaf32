/** The STS operations this local AWS answers itself, because moto keeps none of a session's marks. */
import type { AwsCall } from '../http/awsCall.ts';
import { AwsFault, notImplemented } from '../http/awsFault.ts';
import { type Caller, type Key, newId, newSecret, newSessionToken, type UserCaller } from '../keys.ts';
import type { ServiceResult } from '../service.ts';
import { fieldsOf, parseJson, textOf } from '../values.ts';
import { type AssumedRole, assumeRole, type StsParts } from './assumeRole.ts';

export async function stsService(call: AwsCall, caller: Caller, parts: StsParts): Promise<ServiceResult> {
  switch (call.operation) {
    case 'GetCallerIdentity':
      return { result: { Arn: caller.arn, UserId: caller.principalId, Account: caller.accountId } };
    case 'AssumeRole':
      return assumedRole(await assumeRole(call, caller, parts));
    case 'GetSessionToken':
      return sessionToken(call, caller, parts);
    case 'GetAccessKeyInfo':
      return {
        result: {
          Account:
            parts.keys.find(textOf(call.parameters['AccessKeyId']) ?? '')?.caller.accountId ??
            caller.accountId,
        },
      };
    case 'DecodeAuthorizationMessage':
      return decoded(call);
    default:
      throw notImplemented(`sts:${call.operation}`);
  }
}

const credentials = (key: Key) => ({
  AccessKeyId: key.caller.accessKeyId,
  SecretAccessKey: key.secretAccessKey,
  SessionToken: key.sessionToken,
  Expiration: new Date(key.expiresAt ?? 0).toISOString().replace(/\.\d+Z$/, 'Z'),
});

function assumedRole({ key, request }: AssumedRole): ServiceResult {
  const session = key.caller;
  const result = {
    Credentials: credentials(key),
    AssumedRoleUser: { AssumedRoleId: session.principalId, Arn: session.arn },
    ...(request.packedPolicySize === undefined ? {} : { PackedPolicySize: request.packedPolicySize }),
    ...(session.sourceIdentity === undefined ? {} : { SourceIdentity: session.sourceIdentity }),
  };
  const resources = [{ accountId: session.accountId, type: 'AWS::IAM::Role', ARN: session.roleArn }];
  return { result, record: { resources, alsoIn: session.accountId } };
}

function sessionToken(call: AwsCall, caller: Caller, parts: StsParts): ServiceResult {
  if (caller.kind !== 'user' || caller.sessionStart !== undefined) {
    throw new AwsFault('AccessDenied', 'Cannot call GetSessionToken with session credentials', 403);
  }
  const seconds = Number(textOf(call.parameters['DurationSeconds']) ?? 43200);
  const session: UserCaller = { ...caller, accessKeyId: newId('ASIA'), sessionStart: parts.now() };
  const key = {
    caller: session,
    secretAccessKey: newSecret(),
    sessionToken: newSessionToken(),
    expiresAt: parts.now() + seconds * 1000,
    active: true,
  };
  parts.keys.add(key);
  return { result: { Credentials: credentials(key) } };
}

function decoded(call: AwsCall): ServiceResult {
  const message = Buffer.from(textOf(call.parameters['EncodedMessage']) ?? '', 'base64url').toString();
  if (fieldsOf(parseJson(message))['allowed'] === undefined) {
    throw new AwsFault('InvalidAuthorizationMessageException', 'Message is invalid');
  }
  return { result: { DecodedMessage: message } };
}
