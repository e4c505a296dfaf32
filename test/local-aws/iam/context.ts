/** The condition keys every request carries. */
import { wholeSeconds } from '../clock.ts';
import type { AwsCall } from '../http/awsCall.ts';
import type { Caller } from '../keys.ts';
import type { Context } from './decide.ts';

export function requestContext(call: AwsCall, caller: Caller, now: number, calledVia?: string): Context {
  return {
    'aws:PrincipalArn': caller.kind === 'role' ? caller.roleArn : caller.arn,
    'aws:PrincipalAccount': caller.accountId,
    'aws:PrincipalType': { user: 'User', role: 'AssumedRole', root: 'Account' }[caller.kind],
    'aws:userid': caller.principalId,
    'aws:RequestedRegion': call.region,
    'aws:CurrentTime': wholeSeconds(now),
    'aws:EpochTime': String(Math.floor(now / 1000)),
    'aws:SecureTransport': 'true',
    'aws:SourceIp': '127.0.0.1',
    'aws:UserAgent': call.headers['user-agent'] ?? '',
    'aws:ViaAWSService': String(calledVia !== undefined),
    ...(calledVia === undefined
      ? {}
      : { 'aws:CalledVia': [calledVia], 'aws:CalledViaFirst': calledVia, 'aws:CalledViaLast': calledVia }),
    ...callerContext(caller),
  };
}

function callerContext(caller: Caller): Context {
  if (caller.kind === 'user')
    return { 'aws:username': caller.userName, ...tokenContext(caller.sessionStart) };
  if (caller.kind !== 'role') return {};
  return {
    ...tokenContext(caller.sessionStart),
    ...(caller.sourceIdentity === undefined ? {} : { 'aws:SourceIdentity': caller.sourceIdentity }),
    ...Object.fromEntries(caller.tags.map(tag => [`aws:PrincipalTag/${tag.key}`, tag.value])),
  };
}

/** Only requests with temporary credentials carry these. */
function tokenContext(sessionStart: number | undefined): Context {
  if (sessionStart === undefined) return {};
  return { 'aws:MultiFactorAuthPresent': 'false', 'aws:TokenIssueTime': wholeSeconds(sessionStart) };
}
