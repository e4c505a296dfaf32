/** Verdicts that changed: events of some callers, and how they were counted, go over from one actor to another. */
import { HOUR } from '../../base/clock.ts';
import { NEVER, restActors } from './actorCounts.ts';
import { SUM, SUM_OF_ACTIVITY } from './counts.ts';
import { eachEvent } from './events/scan.ts';
import { ofCallers } from './events/selection.ts';
import type { TrailIndex } from './openIndex.ts';

export interface Move {
  readonly callers: readonly number[];
  readonly before: number;
  readonly after: number;
}

/** Callers that go the same way go together: what their actor did is looked through once. */
export function movesOf(
  changes: readonly { readonly caller: number; readonly before: number; readonly after: number }[],
): Move[] {
  const groups = Map.groupBy(
    changes.filter(({ before, after }) => before !== after),
    ({ before, after }) => `${before} ${after}`,
  );
  return [...groups.values()].flatMap(group => {
    const [first] = group;
    return first === undefined ? [] : [{ ...first, callers: group.map(({ caller }) => caller) }];
  });
}

/** The events themselves know their caller alone, which has its actor already. */
export function moveEvents({ db, segments }: Pick<TrailIndex, 'db' | 'segments'>, move: Move): void {
  const { before, after, callers } = move;
  const counts = new Map<string, Count>();
  const selection = ofCallers(db, callers);
  eachEvent(segments(), selection, segment => {
    const times = segments().times(segment);
    const [calls, places] = [segments().numbers(segment, 'call'), segments().numbers(segment, 'place')];
    return at => count(counts, times[at] ?? 0, calls[at] ?? 0, places[at] ?? 0);
  });
  const rows = JSON.stringify([...counts.values()]);
  for (const [actor, sign] of [
    [before, -1],
    [after, 1],
  ] as const)
    for (const sql of [ROLLUP, TOTAL, ACTOR, ACTIVITY]) db.run(sql, actor, sign, rows);
  db.run('DELETE FROM rollup WHERE actor = ? AND events <= 0', before);
  db.run('DELETE FROM total WHERE actor = ? AND events <= 0', before);
  db.run('DELETE FROM activity WHERE events <= 0');
  restActors(db);
}

/** To pass over so many events takes as long as to count one. */
const PASSED = 200;

/** How many events it has to count anew, with the time it takes to find them. */
export function weight({ db, segments }: Pick<TrailIndex, 'db' | 'segments'>, { callers }: Move): number {
  const row = db.get(
    'SELECT coalesce(sum(events), 0) AS n FROM caller WHERE id IN (SELECT value FROM json_each(?))',
    JSON.stringify(callers),
  );
  const { from, to } = ofCallers(db, callers);
  const passed = segments()
    .within(from, to)
    .reduce((sum, { events }) => sum + events, 0);
  return Number(row?.['n']) + passed / PASSED;
}

type Count = [hour: number, call: number, place: number, events: number, latest: number];

function count(counts: Map<string, Count>, time: number, call: number, place: number): void {
  const hour = Math.floor(time / HOUR);
  const key = `${hour} ${call} ${place}`;
  const known = counts.get(key) ?? [hour, call, place, 0, time];
  known[3]++;
  known[4] = Math.max(known[4], time);
  counts.set(key, known);
}

const MOVED = `(
  SELECT value ->> 0 AS hour, value ->> 1 AS call, value ->> 2 AS place, value ->> 3 AS events, value ->> 4 AS latest
  FROM json_each(?3)) AS moved`;

const ROLLUP = `
  INSERT INTO rollup SELECT hour, ?1, call, place, ?2 * events, latest FROM ${MOVED} WHERE TRUE ${SUM}`;

const TOTAL = `
  INSERT INTO total SELECT ?1, call, place, ?2 * sum(events), max(latest) FROM ${MOVED} WHERE TRUE
  GROUP BY call, place ${SUM}`;

const ACTOR = `
  UPDATE actor SET all_events = all_events + sums.moved, all_errors = all_errors + sums.failed,
    all_latest = max(all_latest, sums.last)
  FROM (
    SELECT ?2 * sum(moved.events) AS moved, ?2 * sum(iif(error <> '', moved.events, 0)) AS failed, max(latest) AS last
    FROM ${MOVED} JOIN call ON call.id = moved.call
  ) AS sums
  WHERE id = ?1 AND sums.moved IS NOT NULL`;

const ACTIVITY = `
  INSERT INTO activity
  SELECT hour, (SELECT kind FROM actor WHERE id = ?1), ?2 * sum(events), ?2 * sum(iif(error <> '', events, 0)),
    max(latest), max(iif(error <> '', latest, ${NEVER}))
  FROM ${MOVED} JOIN call ON call.id = moved.call WHERE TRUE GROUP BY hour ${SUM_OF_ACTIVITY}`;
