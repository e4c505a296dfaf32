/** The gate in front of moto: every need of a call is decided from the stored policies. */
import type { AwsCall } from '../http/awsCall.ts';
import { AwsFault } from '../http/awsFault.ts';
import type { Caller } from '../keys.ts';
import { type Need, needsOf } from './actions.ts';
import type { Buckets } from './buckets.ts';
import { requestContext } from './context.ts';
import { decide } from './decide.ts';
import { denialFault } from './denial.ts';
import type { Policies } from './policies.ts';

export interface Authorization {
  readonly policies: Policies;
  readonly buckets: Buckets;
  readonly now: () => number;
}

/** @throws AwsFault with AWS's denial when something is not allowed. */
export async function authorize(
  call: AwsCall,
  caller: Caller,
  on: Authorization,
  calledVia?: string,
): Promise<void> {
  refuseIamWithoutMfa(call, caller);
  const { accountId } = caller;
  const place = {
    region: call.region,
    accountId,
    arnOf: (kind: 'role' | 'user', name: string) => on.policies.arnOf(accountId, kind, name),
  };
  const held = await on.policies.of(caller);
  const context = requestContext(call, caller, on.now(), calledVia);
  for (const need of await needsOf(call, place)) {
    const resourceAccount = accountOf(need, caller, on.buckets);
    const resourcePolicy = need.bucket === undefined ? undefined : await on.buckets.policyOf(need.bucket);
    const question = {
      caller,
      action: need.action,
      resource: need.resource,
      resourceAccount,
      resourcePolicy,
    };
    const decision = decide({ ...question, context: { ...context, ...need.context } }, held);
    if (!decision.allowed) throw denialFault(call, caller, need, decision);
  }
}

/** IAM does not know the sessions of GetSessionToken, unless they were made with a second factor. */
function refuseIamWithoutMfa(call: AwsCall, caller: Caller): void {
  if (
    call.service !== 'iam' ||
    caller.kind !== 'user' ||
    caller.sessionStart === undefined ||
    caller.forwarded
  )
    return;
  throw new AwsFault('InvalidClientTokenId', 'The security token included in the request is invalid', 403);
}

function accountOf(need: Need, caller: Caller, buckets: Buckets): string {
  if (need.action === 's3:CreateBucket') return caller.accountId;
  return (need.bucket === undefined ? undefined : buckets.ownerOf(need.bucket)) ?? caller.accountId;
}
