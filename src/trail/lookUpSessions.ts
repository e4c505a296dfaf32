/**
 * The events of No Wing's own sessions, each looked up by its access key as the ledger has it: exact, and a few requests
 * where reading the whole trail would be thousands. CloudTrail has no look-up by source identity, so keys it is.
 */
import { MINUTE } from '../base/clock.ts';
import { sideBySide } from '../base/sideBySide.ts';
import { UserError } from '../base/userError.ts';
import { LedgerEntry } from '../identity/ledger.ts';
import type { Database } from '../store/database.ts';
import { readableBodies } from '../store/parseRow.ts';
import type { ReadOutcome, TrailSource } from './refresh.ts';
import type { Trail } from './trail.ts';

export interface SessionsAsk {
  readonly sources: readonly TrailSource[];
  readonly sessions: readonly LedgerEntry[];
  readonly signal: AbortSignal;
  /** After each look-up. */
  readonly onProgress?: (done: number, of: number) => void;
}

/** Newest first. @param db - of the ledger */
export function sessionsSince(db: Database, since: number): LedgerEntry[] {
  const rows = db.all('SELECT body FROM ledger WHERE minted_at >= ? ORDER BY minted_at DESC', since);
  return readableBodies(LedgerEntry, rows);
}

/** A Region that fails is told as data, and the others go on. @throws Cancelled; what was found until then is kept */
export async function lookUpSessions(trail: Pick<Trail, 'lookUp'>, ask: SessionsAsk): Promise<ReadOutcome> {
  const { sources, sessions, signal, onProgress } = ask;
  const places = sources.flatMap(source =>
    source.regions.map(region => ({
      source,
      region,
      own: sessions.filter(({ accountId }) => accountId === source.accountId),
    })),
  );
  const of = places.reduce((sum, { own }) => sum + own.length, 0);
  let done = 0;
  const lookUpIn = async ({ source, region, own }: (typeof places)[number]): Promise<ReadOutcome> => {
    const place = { accountId: source.accountId, region };
    let stored = 0;
    try {
      for (const { accessKeyId, mintedAt } of own) {
        const since = mintedAt - CLOCKS_DIFFER;
        stored += await trail.lookUp({
          ...place,
          session: source.session,
          by: { accessKeyId },
          since,
          signal,
        });
        onProgress?.(++done, of);
      }
      return { stored, failed: [] };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return { stored, failed: [{ ...place, error }] };
    }
  };
  const outcomes = await sideBySide(places, PLACES_AT_ONCE, lookUpIn);
  return {
    stored: outcomes.reduce((sum, { stored }) => sum + stored, 0),
    failed: outcomes.flatMap(({ failed }) => failed),
  };
}

/** This computer's and AWS's, by what signatures allow. */
const CLOCKS_DIFFER = 5 * MINUTE;
/** Each has a pace of its own. */
const PLACES_AT_ONCE = 64;
