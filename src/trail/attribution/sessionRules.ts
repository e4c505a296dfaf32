/**
 * Sessions by their marks: role session name, role and source identity. AWS carries them into every event of the
 * session, also where a service calls with forwarded access and the access key is another one.
 */
import type { LedgerEntry } from '../../identity/ledger.ts';
import { agentMarks, isOurShape, type MarkedSession, sessionOf } from './agentMarks.ts';
import type { Attribution, Evidence, Rule } from './attribution.ts';
import { isSameSession } from './ledgerEntryOf.ts';
import { fromLedger } from './ledgerVerdict.ts';
import { serviceName } from './serviceName.ts';
import { verdict } from './verdict.ts';

/** The session name is in the ledger: the same role and the same human make it that session, anything else a copy. */
export const byLedgerSession: Rule = (event, known) => {
  const { principal } = event;
  if (principal.sessionName === undefined) return undefined;
  const entries = known.byRoleSessionName(principal.sessionName);
  if (entries.length === 0) return undefined;
  if (principal.type === 'AWSAccount') return elsewhere(event, entries);
  const match = entries.find(entry => isSameSession(principal, entry));
  if (match)
    return fromLedger(
      event,
      match,
      'strong',
      `the session ${principal.sessionName} is in the ledger, with the same role${
        match.sourceIdentity === undefined ? '' : ' and source identity'
      }`,
    );
  return isOurShape(principal.sessionName) ? lookalike(event) : undefined;
};

/** A session of No Wing on another computer: its ledger is there, its marks are here. */
export const byMarks: Rule = (event, known) => markedVerdict(event, sessionOf(event.principal, known));

/** @param started - who started the session, when that is known. */
export function markedVerdict(
  event: Evidence,
  session: MarkedSession,
  started?: string,
): Attribution | undefined {
  const marks = agentMarks(session);
  if (marks === undefined) return undefined;
  const { agent, strength, why } = marks;
  const human = session.sourceIdentity ?? (strength === 'hint' ? started : undefined);
  const { invokedBy } = event.principal;
  const via = invokedBy === undefined ? '' : `, through ${serviceName(invokedBy)}`;
  const forWhom = human === undefined ? '' : ` for ${human}`;
  const who =
    strength === 'strong' ? `Made by agent ${agent}${forWhom}` : `Probably made by agent ${agent}${forWhom}`;
  const starter = started === undefined || strength === 'strong' ? '' : ` ${started} started it.`;
  return verdict(event, 'agent', agent, strength, {
    onBehalfOf: human,
    deploymentId: strength === 'strong' ? session.start?.transitiveTags['no-wing:deployment'] : undefined,
    reason: `${who}${via}: ${why}.${starter}`,
  });
}

/** Another account sees of a session only its name and account: enough to look, not enough to be sure. */
function elsewhere(event: Evidence, entries: readonly LedgerEntry[]): Attribution | undefined {
  const { sessionName = '', accountId } = event.principal;
  const entry = isOurShape(sessionName) ? entries.find(each => each.accountId === accountId) : undefined;
  if (entry === undefined) return undefined;
  return fromLedger(
    event,
    entry,
    'hint',
    `the session name ${sessionName} and its account are in the ledger, but what another account sees of a session shows neither its role nor its source identity`,
  );
}

function lookalike(event: Evidence): Attribution {
  const { sessionName = 'Unknown' } = event.principal;
  return {
    ...verdict(event, 'unknown', sessionName, 'none', {
      reason: `Somebody unknown: the session name ${sessionName} is in the ledger, but the role or the source identity is not the one No Wing used. It may be an imitation.`,
    }),
    via: undefined,
  };
}
