/** Which events speak for a leak: all of them, also those that the leak itself does not keep. */
import * as v from 'valibot';
import type { Database } from '../../store/database.ts';
import type { EventName } from '../trailFilter.ts';

/** A list can show no more. */
const MOST = 10_000;

const Rows = v.array(
  v.pipe(
    v.object({
      account_id: v.string(),
      event_id: v.string(),
      first: v.nullable(v.number()),
      last: v.nullable(v.number()),
    }),
    v.transform(
      ({ account_id: accountId, event_id: eventId, first, last }): EventName =>
        first === null || last === null
          ? { accountId, eventId }
          : { accountId, eventId, within: { from: first, to: last } },
    ),
  ),
);

/** @param key of one leak; of all, when absent. */
export function queryLeakEvents(db: Database, key?: string): EventName[] {
  const where = key === undefined ? '?1 IS NULL' : 'leak_key = ?1';
  return v.parse(
    Rows,
    db.all(
      `WITH span AS MATERIALIZED (
         SELECT key, body ->> '$.firstAt' AS first, body ->> '$.lastAt' AS last FROM leak
       )
       SELECT account_id, event_id, min(first) AS first, max(last) AS last
       FROM leak_event LEFT JOIN span ON span.key = leak_key
       WHERE ${where} GROUP BY account_id, event_id LIMIT ${MOST}`,
      key ?? null,
    ),
  );
}
