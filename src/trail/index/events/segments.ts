/**
 * Events by columns: some tens of thousands lie together as one segment, each column of it as one value, since a row for
 * each event and its places in b-trees cost more than reading the event did. A segment never changes; one that grows or
 * loses events is replaced by another with a number of its own, so a column that was read once stays true.
 */
import * as v from 'valibot';
import type { Database } from '../../../store/database.ts';
import { ColumnCache } from './columnCache.ts';
import { type Column, packColumn, packTimes, unpackColumn, unpackTimes } from './columnCodec.ts';

export interface Segment {
  readonly id: number;
  /** The numbers of its events lie between these, with gaps. */
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly events: number;
  /** The times of its oldest and of its newest event; milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
}

/** Columns of whole numbers. */
export const NUMBER_COLUMNS = [
  /** What is to be added to the segment's first number; increasing. */
  'offset',
  /** Its events from the oldest to the newest; of the same time, in the order of their numbers. */
  'order',
  ...['place', 'call', 'caller', 'origin', 'file', 'position'],
  /** The resources of event n are those from `resourceFrom[n]` to `resourceFrom[n + 1]`. */
  'resourceFrom',
  'resources',
] as const;
export type NumberColumn =
  | 'offset'
  | 'order'
  | 'place'
  | 'call'
  | 'caller'
  | 'origin'
  | 'file'
  | 'position'
  | 'resourceFrom'
  | 'resources';

type OddIds = ReadonlyMap<number, string>;

export interface EventColumns extends Readonly<Record<NumberColumn, Column>> {
  readonly firstSeq: number;
  /** Milliseconds since the epoch. */
  readonly time: Float64Array;
  /** Sixteen bytes each; nothing for those with an id of another form. */
  readonly id: Uint8Array;
  readonly oddIds: OddIds;
}

export interface Segments {
  /** Those that have events of that time, half-open: by their newest event, newest first. */
  within(from: number, to: number): Segment[];
  /** Those that may have an event of these numbers, both included, in their order. */
  numbered(from: number, to: number): Segment[];
  /** The one that has the highest numbers. */
  last(): Segment | undefined;
  numbers(segment: Segment, column: NumberColumn): Column;
  times(segment: Segment): Float64Array;
  ids(segment: Segment): Uint8Array;
  oddIds(segment: Segment): OddIds;
  /** Inside of a transaction, like what follows. */
  add(columns: EventColumns): void;
  remove(segment: Segment): void;
  /** What was read in a transaction that failed may never have been. */
  forget(): void;
}

/** The place of a column's value: `segment * PLACES + place`. */
const PLACES = 16;
const TIME = 0;
const ID = 1;
const ODD_IDS = 2;
const FIRST_NUMBERS = 3;

/** @param cacheBytes - of columns that are kept in memory. */
export function createSegments(db: Database, cacheBytes: number): Segments {
  const columns = new ColumnCache<Column>(cacheBytes);
  const times = new ColumnCache<Float64Array>(cacheBytes / 4);
  const ids = new ColumnCache<Uint8Array>(cacheBytes / 4);
  const odd = new ColumnCache<KeptOddIds>(cacheBytes / 4);
  const body = ({ id }: Segment, place: number): Uint8Array => bodyOf(db, id * PLACES + place);
  return {
    within: (from, to) =>
      parsed(db.all(`${SELECT} WHERE to_ms >= ? AND from_ms < ? ORDER BY to_ms DESC`, from, to)),
    numbered: (from, to) =>
      parsed(db.all(`${SELECT} WHERE last_seq >= ? AND first_seq <= ? ORDER BY first_seq`, from, to)),
    last: () => parsed(db.all(`${SELECT} ORDER BY last_seq DESC LIMIT 1`))[0],
    numbers(segment, name) {
      const place = FIRST_NUMBERS + NUMBER_COLUMNS.indexOf(name);
      const read = (): Column => unpackColumn(body(segment, place));
      return columns.get(segment.id * PLACES + place, read);
    },
    times: segment => times.get(segment.id, () => unpackTimes(body(segment, TIME), segment.from)),
    ids: segment => ids.get(segment.id, () => body(segment, ID)),
    oddIds: segment => odd.get(segment.id, () => oddIdsIn(body(segment, ODD_IDS))).byPlace,
    add: added => add(db, added),
    remove({ id }) {
      db.run('DELETE FROM segment WHERE id = ?', id);
      db.run('DELETE FROM segment_column WHERE id >= ? AND id < ?', id * PLACES, (id + 1) * PLACES);
    },
    forget() {
      for (const cache of [columns, times, ids, odd]) cache.clear();
    },
  };
}

const SELECT = 'SELECT id, first_seq, last_seq, events, from_ms, to_ms FROM segment';

const Segments = v.array(
  v.pipe(
    v.object({
      id: v.number(),
      first_seq: v.number(),
      last_seq: v.number(),
      events: v.number(),
      from_ms: v.number(),
      to_ms: v.number(),
    }),
    v.transform(
      ({ id, events, ...row }): Segment => ({
        id,
        events,
        firstSeq: row.first_seq,
        lastSeq: row.last_seq,
        from: row.from_ms,
        to: row.to_ms,
      }),
    ),
  ),
);

function parsed(rows: readonly unknown[]): Segment[] {
  return v.parse(Segments, rows);
}

/** Another window has replaced the segment since it was listed: who lists them again finds its events in another. */
export class SegmentGone extends Error {
  override readonly name = 'SegmentGone';
}

const Body = v.object({ body: v.instance(Uint8Array) });

function bodyOf(db: Database, key: number): Uint8Array {
  const row = db.get('SELECT body FROM segment_column WHERE id = ?', key);
  if (row === undefined) throw new SegmentGone();
  return v.parse(Body, row).body;
}

const OddIdsText = v.pipe(v.string(), v.parseJson(), v.array(v.tuple([v.number(), v.string()])));
interface KeptOddIds {
  readonly byPlace: OddIds;
  readonly byteLength: number;
}

function oddIdsIn(body: Uint8Array): KeptOddIds {
  const pairs = body.length === 0 ? [] : v.parse(OddIdsText, new TextDecoder().decode(body));
  // A map takes several times the bytes of its text.
  return { byPlace: new Map(pairs), byteLength: body.length * 4 };
}

function add(db: Database, columns: EventColumns): void {
  const { firstSeq, time, id, offset, order, oddIds } = columns;
  const count = time.length;
  if (count === 0) return;
  const [from, to] = [time[order[0] ?? 0] ?? 0, time[order[count - 1] ?? 0] ?? 0];
  const lastSeq = firstSeq + (offset[count - 1] ?? 0);
  const at = Number(db.get(INSERT, firstSeq, lastSeq, count, from, to)?.['id']) * PLACES;
  const odd = oddIds.size === 0 ? '' : JSON.stringify([...oddIds]);
  const bodies: [place: number, body: Uint8Array][] = [
    [TIME, packTimes(time, from, to)],
    [ID, id],
    [ODD_IDS, new TextEncoder().encode(odd)],
    ...NUMBER_COLUMNS.map((name, place): [number, Uint8Array] => [
      FIRST_NUMBERS + place,
      packColumn(columns[name]),
    ]),
  ];
  for (const [place, body] of bodies)
    db.run('INSERT OR FAIL INTO segment_column VALUES (?, ?)', at + place, body);
}

const INSERT =
  'INSERT OR FAIL INTO segment (first_seq, last_seq, events, from_ms, to_ms) VALUES (?, ?, ?, ?, ?) RETURNING id';
