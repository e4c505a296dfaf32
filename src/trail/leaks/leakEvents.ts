/** Which events speak for a leak: all of them, also those that the leak itself does not keep. */
import * as v from 'valibot';
import type { Database } from '../../store/database.ts';
import type { EventName } from '../trailFilter.ts';

/** A list can show no more. */
const MOST = 10_000;

const Rows = v.array(
  v.pipe(
    v.object({ account_id: v.string(), event_id: v.string() }),
    v.transform(row => ({ accountId: row.account_id, eventId: row.event_id })),
  ),
);

/** @param key of one leak; of all, when absent. */
export function queryLeakEvents(db: Database, key?: string): EventName[] {
  const where = key === undefined ? '?1 IS NULL' : 'leak_key = ?1';
  return v.parse(
    Rows,
    db.all(`SELECT DISTINCT account_id, event_id FROM leak_event WHERE ${where} LIMIT ${MOST}`, key ?? null),
  );
}
