/**
 * People who are in no profile: AWS vouches for who they are, so they are users by AWS's name for them. A session of a
 * role is nobody's by itself; it is the person's whom AWS saw start it.
 */
import { formatAccount } from '../../base/arn.ts';
import type { Principal } from '../trailEvent.ts';
import type { Attribution, Evidence, Rule } from './attribution.ts';
import { chainOf } from './chain.ts';
import { agentMention } from './ledgerVerdict.ts';
import { callerOf } from './mintedSession.ts';
import { personKind } from './strangers.ts';
import { displayName, roleAsVia, verdict } from './verdict.ts';

/** After `external`: of another account nobody vouches for anything here. */
export const byPerson: Rule = event => {
  const kind = personKind(event);
  if (kind === undefined) return undefined;
  return verdict(ofAccount(event), 'user', displayName(event.principal), 'strong', {
    reason: `Made by ${displayName(event.principal)}, ${kind}, in no profile of No Wing.${agentMention(event, 'user')}`,
  });
};

/** SAML users and the like have no account in the record: they are of the one whose trail it is in. */
function ofAccount({ principal, accountId }: Evidence): Pick<Evidence, 'principal'> {
  return /^\d+$/.test(accountId)
    ? { principal: { ...principal, accountId: principal.accountId ?? accountId } }
    : { principal };
}

/** The chain of sessions comes from such a person. */
export const byPersonsSession: Rule = (event, known) => {
  const first = chainOf(event.principal, known).at(-1);
  if (first === undefined) return undefined;
  const caller = callerOf(first);
  const kind = personKind({ principal: caller, source: 'sts.amazonaws.com' });
  return kind === undefined ? undefined : started(event, caller, kind);
};

function started(event: Evidence, caller: Principal, kind: string): Attribution {
  const name = displayName(caller);
  const isOwn = caller.accountId === undefined || caller.accountId === event.accountId;
  const whose = isOwn ? 'in no profile of No Wing' : `of account ${formatAccount(caller.accountId ?? '')}`;
  return {
    ...verdict(event, isOwn ? 'user' : 'external', name, 'strong', {
      reason: `Made by ${name}, ${kind}, ${whose}: AWS recorded that ${name} started the session ${displayName(event.principal)}.${agentMention(event, 'user')}`,
    }),
    ...roleAsVia(event.principal),
  };
}
