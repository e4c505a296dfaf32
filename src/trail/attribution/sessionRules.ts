/**
 * Sessions by their marks: role session name, role and source identity. AWS carries them into every event of the
 * session, also where a service calls with forwarded access and the access key is another one.
 */
import { parseArn, parseAssumedRole, principalName } from '../../base/arn.ts';
import type { LedgerEntry } from '../../identity/ledger.ts';
import { SESSION_NAME_PREFIX } from '../../identity/marks.ts';
import type { Principal } from '../trailEvent.ts';
import type { Known, Rule } from './attribution.ts';
import { fromLedger } from './ledgerVerdict.ts';
import { serviceName } from './serviceName.ts';

/** The session name is in the ledger: the same role and the same human make it that session, anything else a copy. */
export const byLedgerSession: Rule = (event, known) => {
  const { principal } = event;
  if (principal.sessionName === undefined) return undefined;
  const entries = known.byRoleSessionName(principal.sessionName);
  if (entries.length === 0) return undefined;
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
  return isOurShape(principal.sessionName) ? lookalike(principal) : undefined;
};

/** A session of No Wing on another computer: its ledger is there, its marks are here. */
export const byMarks: Rule = (event, known) => {
  const { principal } = event;
  const { sessionName, sourceIdentity } = principal;
  if (sessionName === undefined || !isOurShape(sessionName)) return undefined;
  const name = knownAgentName(principal, known) ?? agentOfSessionName(sessionName);
  const strong = sourceIdentity !== undefined;
  const via = principal.invokedBy === undefined ? undefined : serviceName(principal.invokedBy);
  return {
    actor: { kind: 'agent', name, arn: principal.arn, accountId: principal.accountId },
    onBehalfOf: sourceIdentity,
    via,
    strength: strong ? 'strong' : 'hint',
    reason: strong
      ? `Made by agent ${name} for ${sourceIdentity}${via ? `, through ${via}` : ''}: the session ${sessionName} carries No Wing's name and a source identity. It is not in this computer's ledger, so it was started on another one.`
      : `Probably made by agent ${name}: the session ${sessionName} has the form of No Wing's names, but no source identity, and it is not in the ledger. Anybody who may use the role can choose such a name.`,
  };
};

function isSameSession(principal: Principal, entry: LedgerEntry): boolean {
  const assumed = parseAssumedRole(entry.arn);
  return (
    assumed !== undefined &&
    assumed.roleName === principal.issuerName &&
    (principal.accountId === undefined || assumed.accountId === principal.accountId) &&
    entry.sourceIdentity === principal.sourceIdentity
  );
}

function lookalike(principal: Principal) {
  return {
    actor: {
      kind: 'unknown' as const,
      name: principal.sessionName ?? 'Unknown',
      arn: principal.arn,
      accountId: principal.accountId,
    },
    strength: 'none' as const,
    reason: `Somebody unknown: the session name ${principal.sessionName} is in the ledger, but the role or the source identity is not the one No Wing used. It may be an imitation.`,
  };
}

/** The form of a session name: prefix, agent, short id. */
export function isOurShape(sessionName: string): boolean {
  return OUR_SHAPE.test(sessionName);
}

const OUR_SHAPE = new RegExp(`^${SESSION_NAME_PREFIX}(.+)-[0-9a-z]{4,}$`);

export function agentOfSessionName(sessionName: string): string {
  return OUR_SHAPE.exec(sessionName)?.[1] ?? sessionName;
}

function knownAgentName(principal: Principal, known: Known): string | undefined {
  return known.agents.find(({ roleArn }) => roleArn !== undefined && isRole(principal, roleArn))?.name;
}

/** Whether the session is of that role: by its issuer, or, when the record has none, by account and name. */
export function isRole(principal: Principal, roleArn: string): boolean {
  if (principal.issuerArn !== undefined) return principal.issuerArn === roleArn;
  return (
    principal.issuerName === principalName(roleArn) && principal.accountId === parseArn(roleArn)?.accountId
  );
}
