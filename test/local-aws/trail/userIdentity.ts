/** The `userIdentity` element. */
import { wholeSeconds } from '../clock.ts';
import type { Caller } from '../keys.ts';
import type { Fields } from '../values.ts';

export function userIdentity(caller: Caller, invokedBy?: string): Fields {
  return {
    type: { user: 'IAMUser', role: 'AssumedRole', root: 'Root' }[caller.kind],
    principalId: caller.principalId,
    arn: caller.arn,
    accountId: caller.accountId,
    accessKeyId: caller.accessKeyId,
    ...(caller.kind === 'user' ? { userName: caller.userName } : {}),
    ...sessionContext(caller),
    ...(invokedBy === undefined ? {} : { invokedBy }),
  };
}

function sessionContext(caller: Caller): Fields {
  if (caller.kind === 'root' || caller.sessionStart === undefined) return {};
  const attributes = { creationDate: wholeSeconds(caller.sessionStart), mfaAuthenticated: 'false' };
  if (caller.kind === 'user') return { sessionContext: { attributes } };
  const sessionIssuer = {
    type: 'Role',
    principalId: caller.roleId,
    arn: caller.roleArn,
    accountId: caller.accountId,
    userName: caller.roleName,
  };
  const source = caller.sourceIdentity === undefined ? {} : { sourceIdentity: caller.sourceIdentity };
  return { sessionContext: { sessionIssuer, attributes, ...source } };
}

/** What LookupEvents calls the user: for a role's session, the session's name. */
export function userNameOf(caller: Caller): string {
  if (caller.kind === 'role') return caller.sessionName;
  return caller.kind === 'user' ? caller.userName : 'root';
}
