/** Old events go: by age, or when the index has grown too large. Their files stay known, so that they are not read again. */
import { HOUR } from '../../base/clock.ts';
import type { Database } from '../../store/database.ts';

/** Removes what is older, by whole hours. Inside of a transaction. @returns how many events. */
export function dropOlder(db: Database, since: number): number {
  const hour = Math.floor(since / HOUR);
  const before = hour * HOUR;
  if (db.get('SELECT 1 FROM event WHERE time < ? LIMIT 1', before) === undefined) return 0;
  db.run(CALLERS, before);
  db.run(TOTALS, hour);
  db.script('DELETE FROM total WHERE events <= 0');
  for (const sql of DEPENDENTS) db.run(sql, before);
  db.run('DELETE FROM rollup WHERE hour < ?', hour);
  db.run('DELETE FROM activity WHERE hour < ?', hour);
  db.run('UPDATE file SET since = ? WHERE oldest < ? AND since < ?', before, before, before);
  trimCoverage(db, before);
  return db.run('DELETE FROM event WHERE time < ?', before);
}

const CALLERS = `
  UPDATE caller SET events = caller.events - gone.events, errors = caller.errors - gone.errors,
    first_time = max(first_time, gone.before)
  FROM (
    SELECT caller AS id, count(*) AS events, sum(call.error <> '') AS errors, ?1 AS before
    FROM event JOIN call ON call.id = event.call WHERE time < ?1 GROUP BY caller
  ) AS gone
  WHERE caller.id = gone.id`;

const TOTALS = `
  INSERT INTO total
  SELECT actor, call, place, -sum(events), 0 FROM rollup WHERE hour < ? GROUP BY actor, call, place
  ON CONFLICT DO UPDATE SET events = events + excluded.events`;

const OLD = '(SELECT seq FROM event WHERE time < ?)';
const DEPENDENTS = [
  'DELETE FROM actor_event WHERE actor IN (SELECT id FROM actor) AND time < ?',
  `DELETE FROM event_key WHERE seq IN ${OLD}`,
  `DELETE FROM event_resource WHERE seq IN ${OLD}`,
  `DELETE FROM record WHERE seq IN ${OLD}`,
];

/** So that what went is read again when somebody asks for it. */
function trimCoverage(db: Database, before: number): void {
  db.run('DELETE FROM coverage WHERE to_ms <= ?', before);
  db.run('UPDATE coverage SET from_ms = ? WHERE from_ms < ?', before, before);
}

/** What goes at once when the index is too large: a tenth of its events. */
const PART = 10;

/** Removes the oldest events when the index is larger than that. @returns whether it was. */
export function shrink(db: Database, maxBytes: number): boolean {
  if (usedBytes(db) <= maxBytes) return false;
  const count = Number(db.get('SELECT sum(events) AS n FROM total')?.['n'] ?? 0);
  const row = db.get('SELECT time FROM event ORDER BY time LIMIT 1 OFFSET ?', Math.ceil(count / PART));
  if (row !== undefined) db.transaction(() => dropOlder(db, Number(row['time']) + HOUR));
  return true;
}

/** Without the pages that are free to be used again. */
export function usedBytes(db: Database): number {
  const number = (pragma: string): number => Number(Object.values(db.get(`PRAGMA ${pragma}`) ?? {})[0] ?? 0);
  return (number('page_count') - number('freelist_count')) * number('page_size');
}
