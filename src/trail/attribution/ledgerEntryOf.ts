/** The ledger's session behind an event: its own, or the one from which its role chain comes. */
import { parseAssumedRole } from '../../base/arn.ts';
import type { LedgerEntry } from '../../identity/ledger.ts';
import type { Principal } from '../trailEvent.ts';
import type { Evidence, Known } from './attribution.ts';
import { chainOf } from './chain.ts';

export interface BehindIt {
  readonly entry: LedgerEntry;
  /** `key`: the event shows the entry's access key; `session`: its marks; `chain`: another session, started from it. */
  readonly by: 'key' | 'session' | 'chain';
}

export function ledgerEntryOf(
  { principal }: Pick<Evidence, 'principal'>,
  known: Known,
): BehindIt | undefined {
  const own = entryOf(principal.accessKeyId, known);
  if (own) return { entry: own, by: 'key' };
  const named = principal.sessionName === undefined ? [] : known.byRoleSessionName(principal.sessionName);
  const marked = named.find(entry => isSameSession(principal, entry));
  if (marked) return { entry: marked, by: 'session' };
  for (const link of chainOf(principal, known)) {
    const entry = entryOf(link.accessKeyId, known) ?? entryOf(link.caller.accessKeyId, known);
    if (entry) return { entry, by: 'chain' };
  }
  return undefined;
}

/** The same role, account and human: a session name alone is the caller's choice. */
export function isSameSession(principal: Principal, entry: LedgerEntry): boolean {
  const assumed = parseAssumedRole(entry.arn);
  return (
    assumed !== undefined &&
    assumed.roleName === principal.issuerName &&
    (principal.accountId === undefined || assumed.accountId === principal.accountId) &&
    entry.sourceIdentity === principal.sourceIdentity
  );
}

function entryOf(accessKeyId: string | undefined, known: Known): LedgerEntry | undefined {
  return accessKeyId === undefined ? undefined : known.byAccessKey(accessKeyId);
}
