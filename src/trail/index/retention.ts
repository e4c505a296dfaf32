/** Old events go: by age, or when the index has grown too large. Their files stay known, so that they are not read again. */
import { DAY, HOUR } from '../../base/clock.ts';
import type { Database } from '../../store/database.ts';
import { restActors } from './actorCounts.ts';
import { dayOf, removeKeys } from './eventKeys.ts';
import { columnsOf, thinned } from './events/columns.ts';
import { eachEvent } from './events/scan.ts';
import type { Segment, Segments } from './events/segments.ts';
import { failedCalls, LONG_AGO } from './events/selection.ts';
import type { TrailIndex } from './openIndex.ts';
import { keepStateNumber, stateNumber } from './state.ts';
import { type InUse, removeUnused } from './unused.ts';

/** Removes what is older, by whole hours. Inside of a transaction. @returns how many events. */
export function dropOlder({ db, segments }: Pick<TrailIndex, 'db' | 'segments'>, since: number): number {
  const hour = Math.floor(since / HOUR);
  const before = hour * HOUR;
  const old = segments().within(LONG_AGO, before);
  if (old.length === 0) return 0;
  db.run(CALLERS, goneOf(db, segments(), before), before);
  db.run(TOTALS, hour);
  db.run(ACTORS, hour);
  restActors(db);
  db.script('DELETE FROM total WHERE events <= 0');
  db.run('DELETE FROM rollup WHERE hour < ?', hour);
  db.run('DELETE FROM activity WHERE hour < ?', hour);
  db.run('UPDATE file SET since = ? WHERE oldest < ? AND since < ?', before, before, before);
  trimCoverage(db, before);
  const gone = new Gone();
  for (const segment of old) dropFrom(segments(), segment, before, gone);
  removeKeys(db, gone.byDay);
  for (const seqs of gone.byDay.values()) db.run(RECORDS, JSON.stringify(seqs));
  keepStateNumber(db, GONE, stateNumber(db, GONE) + gone.count);
  return gone.count;
}

const RECORDS = 'DELETE FROM record WHERE seq IN (SELECT value FROM json_each(?))';

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

const ACTORS = `
  UPDATE actor SET all_events = all_events - gone.events, all_errors = all_errors - gone.errors
  FROM (
    SELECT actor, sum(events) AS events, sum(iif(call.error <> '', events, 0)) AS errors
    FROM rollup JOIN call ON call.id = rollup.call WHERE hour < ? GROUP BY actor
  ) AS gone
  WHERE actor.id = gone.actor`;

/** A segment without what is older. */
function dropFrom(segments: Segments, segment: Segment, before: number, gone: Gone): void {
  const columns = columnsOf(segments, segment);
  const isOld = (at: number): boolean => (columns.time[at] ?? 0) < before;
  const goneBefore = gone.count;
  for (const [at, time] of columns.time.entries())
    if (isOld(at)) gone.add(time, segment.firstSeq + (columns.offset[at] ?? 0));
  if (gone.count - goneBefore < segment.events) segments.add(thinned(columns, at => !isOld(at)));
  segments.remove(segment);
}

/** The numbers of events that went, by their days. */
class Gone {
  readonly byDay = new Map<number, number[]>();
  count = 0;

  add(time: number, seq: number): void {
    this.count++;
    const day = dayOf(time);
    const seqs = this.byDay.get(day);
    if (seqs === undefined) this.byDay.set(day, [seq]);
    else seqs.push(seq);
  }
}

/** So that what went is read again when somebody asks for it. */
function trimCoverage(db: Database, before: number): void {
  db.run('DELETE FROM coverage WHERE to_ms <= ?', before);
  db.run('UPDATE coverage SET from_ms = ? WHERE from_ms < ?', before, before);
}

/** How many events went since names that nothing uses went as well. */
const GONE = 'events gone';
/** How large the index was when it grew hardly smaller although events went. In bytes. */
const STUCK = 'stuck at';

/**
 * When so much of it went, or it is too large: the index without what no event uses, and no larger than it may be.
 * @returns whether events went.
 */
export function tidy(index: Kept, maxBytes: number, inUse?: InUse): boolean {
  const { db } = index;
  if (stateNumber(db, GONE) * PART >= Math.max(1, events(db))) transaction(index, () => clean(index, inUse));
  let rounds = 0;
  while (shrink(index, maxBytes, inUse)) rounds++;
  return rounds > 0;
}

/** Where the last whole day ends that lies before: between imports events go by days, not anew each hour. */
export function oldDays(since: number): number {
  return Math.floor(since / DAY) * DAY;
}

/** Whether there is more than is to be kept, which takes no time to tell. */
export function isTooMuch({ db, segments }: Kept, since: number, maxBytes: number): boolean {
  return usedBytes(db) > maxBytes || segments().within(LONG_AGO, oldDays(since)).length > 0;
}

type Kept = Pick<TrailIndex, 'db' | 'segments'>;

/** One that fails leaves nothing in memory. */
export function transaction<T>({ db, segments }: Kept, work: () => T): T {
  try {
    return db.transaction(work);
  } catch (error) {
    segments().forget();
    throw error;
  }
}

function events(db: Database): number {
  return Number(db.get('SELECT coalesce(sum(events), 0) AS n FROM segment')?.['n']);
}

function clean(index: Kept, inUse?: InUse): void {
  if (removeUnused(index, inUse)) keepStateNumber(index.db, GONE, 0);
}

/** What goes at once when the index is too large: a tenth of its events. */
const PART = 10;

/**
 * Removes the oldest events when the index is larger than that, and what they alone used. What is large may be something
 * else, such as the names of files that were read: then the events stay.
 * @returns whether any went.
 */
export function shrink(index: Kept, maxBytes: number, inUse?: InUse): boolean {
  const { db } = index;
  if (usedBytes(db) <= maxBytes) return false;
  return transaction(index, () => {
    // From when somebody else had names in use.
    if (stateNumber(db, GONE) > 0) clean(index, inUse);
    const before = usedBytes(db);
    const hour = db.get(TENTH, PART)?.['hour'];
    if (before <= maxBytes || isStuck(db, before) || hour === undefined) return false;
    const since = (Number(hour) + 1) * HOUR;
    dropOlder(index, since);
    clean(index, inUse);
    keepHorizon(db, since, maxBytes);
    const after = usedBytes(db);
    keepStateNumber(db, STUCK, before - after < before * LITTLE ? after : 0);
    return true;
  });
}

const LITTLE = 0.01;
/** How much larger or smaller it must be for another try. */
const OTHER = 0.05;

function isStuck(db: Database, bytes: number): boolean {
  const stuck = stateNumber(db, STUCK);
  return Math.abs(bytes - stuck) < stuck * OTHER;
}

/** Since when events were kept when it was too large, and what too large was. */
const HORIZON = 'horizon';
const HORIZON_BYTES = 'horizon bytes';

function keepHorizon(db: Database, since: number, maxBytes: number): void {
  keepStateNumber(db, HORIZON, keptSince(db, since, maxBytes));
  keepStateNumber(db, HORIZON_BYTES, maxBytes);
}

/**
 * Since when events are wanted: those that went because the index was too large would go again, until it may be larger.
 * @param since - by their age
 */
export function keptSince(db: Database, since: number, maxBytes: number): number {
  return maxBytes > stateNumber(db, HORIZON_BYTES) ? since : Math.max(since, stateNumber(db, HORIZON));
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
