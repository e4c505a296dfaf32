/** The verdict on an event whose session is in the ledger. */
import type { LedgerEntry } from '../../identity/ledger.ts';
import type { Attribution, Evidence } from './attribution.ts';
import { serviceName } from './serviceName.ts';
import { agentInUserAgent } from './userAgent.ts';

/** @param why - follows "…: ", a clause without a full stop. */
export function fromLedger(
  event: Evidence,
  entry: LedgerEntry,
  strength: 'exact' | 'strong' | 'hint',
  why: string,
): Attribution {
  const { invokedBy } = event.principal;
  const via = invokedBy === undefined ? undefined : serviceName(invokedBy);
  return {
    actor: {
      kind: entry.kind,
      name: entry.profileName,
      // A ledger from elsewhere need not have both.
      arn: entry.arn || event.principal.arn,
      accountId: entry.accountId || event.principal.accountId,
    },
    ...(entry.kind === 'agent' ? { onBehalfOf: entry.sourceIdentity, deploymentId: entry.deploymentId } : {}),
    via,
    strength,
    reason: `${sentence(entry, strength, via)}: ${why}.${agentMention(event, entry.kind)}`,
  };
}

function sentence(entry: LedgerEntry, strength: string, via: string | undefined): string {
  const made = strength === 'hint' ? 'Probably made by' : 'Made by';
  const whose = entry.kind === 'agent' ? `agent ${entry.profileName}` : `user ${entry.profileName}`;
  const forWhom = entry.kind === 'agent' && entry.sourceIdentity ? ` for ${entry.sourceIdentity}` : '';
  return via === undefined
    ? `${made} ${whose}${forWhom}`
    : `${made} ${via} with the access of ${whose}${forWhom}`;
}

/** An agent's mark on a user's call does not change who AWS saw, but a person should know. */
export function agentMention(event: Evidence, kind: 'user' | 'agent'): string {
  const agent = kind === 'user' ? agentInUserAgent(event.userAgent) : undefined;
  return agent === undefined ? '' : ` The user agent text names ${agent}, which may have made it.`;
}
