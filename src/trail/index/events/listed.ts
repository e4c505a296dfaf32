/** Events of segments as rows of SQL, so that names, callers and records can be joined to them. */
import { eventIdAt, type Position, seqAt } from './positions.ts';
import type { NumberColumn, Segment, Segments } from './segments.ts';

/** A table `event` with `seq, time, id, place, call, caller, origin, file, position, resources`; takes what `listed` gives. */
export const LISTED = `
  (SELECT value ->> 0 AS seq, value ->> 1 AS time, value ->> 2 AS id, value ->> 3 AS place, value ->> 4 AS call,
     value ->> 5 AS caller, value ->> 6 AS origin, value ->> 7 AS file, value ->> 8 AS position, value -> 9 AS resources
   FROM json_each(?)) AS event`;

/** In the order of the positions. */
export function listed(segments: Segments, positions: readonly Position[]): string {
  const rows: unknown[] = new Array(positions.length);
  // Segment by segment: of many not all columns are in memory at once.
  const rowsOf = Map.groupBy(positions.keys(), row => positions[row]?.segment.id);
  for (const row of [...rowsOf.values()].flat()) {
    const position = positions[row];
    if (position) rows[row] = rowOf(segments, position.segment, position.at);
  }
  return JSON.stringify(rows);
}

function rowOf(segments: Segments, segment: Segment, at: number): unknown[] {
  const number = (column: NumberColumn): number => segments.numbers(segment, column)[at] ?? 0;
  const [from, all] = [segments.numbers(segment, 'resourceFrom'), segments.numbers(segment, 'resources')];
  return [
    seqAt(segments, { segment, at }),
    segments.times(segment)[at] ?? 0,
    eventIdAt(segments, { segment, at }),
    ...[number('place'), number('call'), number('caller'), number('origin')],
    ...[number('file'), number('position')],
    [...all.subarray(from[at] ?? 0, from[at + 1] ?? 0)],
  ];
}
