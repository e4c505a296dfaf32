/**
 * AssumeRole that starts an agent's session is the act of whoever called it, usually the user. The record is the only
 * one that shows the new session's key and tags, so the verdict says which agent and which deployment it was for.
 */
import { shortKeyId } from '../../base/redact.ts';
import type { LedgerEntry } from '../../identity/ledger.ts';
import type { RequestedSession } from '../requestedSession.ts';
import { agentOfSessionName, isOurShape } from './agentMarks.ts';
import { type Attribution, actorLabel, type Evidence, type Known } from './attribution.ts';

export function sessionStart(event: Evidence, known: Known, verdict: Attribution): Attribution {
  const asked = event.requestedSession;
  if (asked === undefined) return verdict;
  const minted = asked.accessKeyId === undefined ? undefined : known.byAccessKey(asked.accessKeyId);
  const agent = agentName(asked, minted);
  if (agent === undefined) return verdict;
  const caller = callerOf(event, known, { asked, minted, verdict });
  const act = event.error === undefined ? 'started a session' : `was refused a session (${event.error})`;
  return {
    ...caller,
    deploymentId: minted?.deploymentId ?? asked.tags['no-wing:deployment'],
    reason: `${actorLabel({ ...caller.actor, onBehalfOf: caller.onBehalfOf })} ${act} for agent ${agent}. ${caller.reason}`,
  };
}

function agentName(asked: RequestedSession, minted: LedgerEntry | undefined): string | undefined {
  if (minted) return minted.kind === 'agent' ? minted.profileName : undefined;
  if (asked.sessionName === undefined || !isOurShape(asked.sessionName)) return undefined;
  return asked.tags['no-wing:agent'] ?? agentOfSessionName(asked.sessionName);
}

interface Start {
  readonly asked: RequestedSession;
  readonly minted: LedgerEntry | undefined;
  readonly verdict: Attribution;
}

/**
 * Who is in no profile, or hidden because the role is in another account: the session that came of it tells whose act it
 * was.
 */
function callerOf({ principal }: Evidence, known: Known, { asked, minted, verdict }: Start): Attribution {
  const human = minted?.sourceIdentity;
  if (isInProfile(verdict, known) || minted === undefined) return verdict;
  if (human === undefined || human !== asked.sourceIdentity) return verdict;
  return {
    actor: { kind: 'user', name: human, arn: principal.arn, accountId: principal.accountId },
    strength: 'exact',
    reason: `The access key it gave, ${shortKeyId(minted.accessKeyId)}, is in the ledger as ${human}'s.`,
  };
}

function isInProfile({ actor, strength }: Attribution, known: Known): boolean {
  if (actor.kind === 'external' || actor.kind === 'unknown') return false;
  return actor.kind !== 'user' || strength === 'exact' || known.users.some(({ name }) => name === actor.name);
}
