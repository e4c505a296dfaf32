/** Old events go: by age, or when the index has grown too large. Their files stay known, so that they are not read again. */
import { HOUR } from '../../base/clock.ts';
import type { Database } from '../../store/database.ts';
import { columnsOf, thinned } from './events/columns.ts';
import { eachEvent } from './events/scan.ts';
import type { Segment, Segments } from './events/segments.ts';
import { failedCalls, LONG_AGO } from './events/selection.ts';
import type { TrailIndex } from './openIndex.ts';

/** Removes what is older, by whole hours. Inside of a transaction. @returns how many events. */
export function dropOlder({ db, segments }: Pick<TrailIndex, 'db' | 'segments'>, since: number): number {
  const hour = Math.floor(since / HOUR);
  const before = hour * HOUR;
  const old = segments().within(LONG_AGO, before);
  if (old.length === 0) return 0;
  db.run(CALLERS, goneOf(db, segments(), before), before);
  db.run(TOTALS, hour);
  db.script('DELETE FROM total WHERE events <= 0');
  db.run('DELETE FROM rollup WHERE hour < ?', hour);
  db.run('DELETE FROM activity WHERE hour < ?', hour);
  db.run('UPDATE file SET since = ? WHERE oldest < ? AND since < ?', before, before, before);
  trimCoverage(db, before);
  return old.reduce((sum, segment) => sum + dropFrom(db, segments(), segment, before), 0);
}

/** How many events each caller loses, and how many of them failed, as JSON. */
function goneOf(db: Database, segments: Segments, before: number): string {
  const failed = failedCalls(db);
  const gone = new Map<number, [caller: number, events: number, errors: number]>();
  eachEvent(segments, { from: LONG_AGO, to: before }, segment => {
    const [callers, calls] = [segments.numbers(segment, 'caller'), segments.numbers(segment, 'call')];
    return at => {
      const caller = callers[at] ?? 0;
      const counts = gone.get(caller) ?? [caller, 0, 0];
      counts[1]++;
      if (failed.has(calls[at] ?? 0)) counts[2]++;
      gone.set(caller, counts);
    };
  });
  return JSON.stringify([...gone.values()]);
}

const CALLERS = `
  UPDATE caller SET events = caller.events - gone.events, errors = caller.errors - gone.errors,
    first_time = max(first_time, ?2)
  FROM (
    SELECT value ->> 0 AS id, value ->> 1 AS events, value ->> 2 AS errors FROM json_each(?1)
  ) AS gone
  WHERE caller.id = gone.id`;

const TOTALS = `
  INSERT INTO total
  SELECT actor, call, place, -sum(events), 0 FROM rollup WHERE hour < ? GROUP BY actor, call, place
  ON CONFLICT DO UPDATE SET events = events + excluded.events`;

/** @returns how many. */
function dropFrom(db: Database, segments: Segments, segment: Segment, before: number): number {
  const columns = columnsOf(segments, segment);
  const isOld = (at: number): boolean => (columns.time[at] ?? 0) < before;
  const seqs = [...columns.offset].filter((_, at) => isOld(at)).map(offset => segment.firstSeq + offset);
  const gone = JSON.stringify(seqs);
  // Keys lie in the order of hashes, so to look for these costs more than to look through all.
  db.run('DELETE FROM event_key WHERE seq IN (SELECT value FROM json_each(?))', gone);
  db.run('DELETE FROM record WHERE seq IN (SELECT value FROM json_each(?))', gone);
  if (seqs.length < segment.events) segments.add(thinned(columns, at => !isOld(at)));
  segments.remove(segment);
  return seqs.length;
}

/** So that what went is read again when somebody asks for it. */
function trimCoverage(db: Database, before: number): void {
  db.run('DELETE FROM coverage WHERE to_ms <= ?', before);
  db.run('UPDATE coverage SET from_ms = ? WHERE from_ms < ?', before, before);
}

/** What goes at once when the index is too large: a tenth of its events. */
const PART = 10;

/** Removes the oldest events when the index is larger than that. @returns whether it was. */
export function shrink(index: Pick<TrailIndex, 'db' | 'segments'>, maxBytes: number): boolean {
  const { db } = index;
  if (usedBytes(db) <= maxBytes) return false;
  const row = db.get(TENTH, PART);
  if (row !== undefined) db.transaction(() => dropOlder(index, (Number(row['hour']) + 1) * HOUR));
  return true;
}

/** The hour in which the events so far become that part of all. */
const TENTH = `
  SELECT hour FROM (
    SELECT hour, sum(sum(events)) OVER (ORDER BY hour) AS so_far, sum(sum(events)) OVER () AS total
    FROM activity GROUP BY hour
  ) WHERE so_far * ? >= total ORDER BY hour LIMIT 1`;

/** Without the pages that are free to be used again. */
export function usedBytes(db: Database): number {
  const number = (pragma: string): number => Number(Object.values(db.get(`PRAGMA ${pragma}`) ?? {})[0] ?? 0);
  return (number('page_count') - number('freelist_count')) * number('page_size');
}
