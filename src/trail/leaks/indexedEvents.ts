/** Events of the index as leaks are found by them, in parts of a few milliseconds' reading. */
import * as v from 'valibot';
import type { Row } from '../../store/database.ts';
import { Attribution } from '../attribution/attribution.ts';
import { StoredEvidence } from '../index/callers.ts';
import { LISTED, listed } from '../index/events/listed.ts';
import { firstFrom, type Position, seqAt } from '../index/events/positions.ts';
import type { Segments } from '../index/events/segments.ts';
import type { TrailIndex } from '../index/openIndex.ts';
import { parseTrailEvent } from '../trailEvent.ts';
import { type LeakEvent, mayLeak } from './leak.ts';

export type Indexed = Pick<TrailIndex, 'db' | 'segments'>;

/** How far the events of an index were looked at. */
export interface LeakCursor {
  /** Which index it is. */
  readonly index: string;
  /** The last event. */
  readonly seq: number;
  /** The last verdict that became another one. */
  readonly judged: number;
  /** How far a caller's events were looked at again, under the verdict of that number. Another one begins anew. */
  readonly reviewing?: { readonly caller: number; readonly judged: number; readonly seq: number } | undefined;
}

export interface IndexedPart {
  readonly events: readonly LeakEvent[];
  readonly cursor: LeakCursor;
}

/** Events that are looked at closely, and those that are passed over to find them. */
const MOST = 25;
const MOST_PASSED = 500;

/** New events of users and agents: of an organisation's millions, most are of services and of roles. */
export function nextEvents(index: Indexed, at: LeakCursor): IndexedPart | undefined {
  const segments = index.segments();
  const newest = segments.last()?.lastSeq ?? 0;
  if (newest <= at.seq) return undefined;
  const passed = eventsFrom(segments, at.seq + 1, MOST_PASSED);
  const callers = new Set(passed.map(position => callerAt(segments, position)));
  const persons = new Set(
    v.parse(Ids, index.db.all(PERSONS, JSON.stringify([...callers]))).map(({ id }) => id),
  );
  const own = passed.filter(position => persons.has(callerAt(segments, position))).slice(0, MOST);
  const last = own.length === MOST ? own.at(-1) : passed.length === MOST_PASSED ? passed.at(-1) : undefined;
  return {
    events: leakEvents(index, own).filter(isRelevant),
    cursor: { ...at, seq: last === undefined ? newest : seqAt(segments, last) },
  };
}

const PERSONS = `
  SELECT caller.id FROM caller JOIN actor ON actor.id = caller.actor
  WHERE actor.kind IN ('user', 'agent') AND caller.id IN (SELECT value FROM json_each(?))`;
const Ids = v.array(v.object({ id: v.number() }));

/** In the order of their numbers, from that number on. */
function eventsFrom(segments: Segments, seq: number, most: number): Position[] {
  const found: Position[] = [];
  for (const segment of segments.numbered(seq, Number.MAX_SAFE_INTEGER)) {
    const offsets = segments.numbers(segment, 'offset');
    const first = firstFrom(offsets.length, at => segment.firstSeq + (offsets[at] ?? 0) >= seq);
    for (let at = first; at < offsets.length && found.length < most; at++) found.push({ segment, at });
    if (found.length === most) break;
  }
  return found;
}

function callerAt(segments: Segments, { segment, at }: Position): number {
  return segments.numbers(segment, 'caller')[at] ?? 0;
}

function isRelevant({ attribution }: LeakEvent): boolean {
  return mayLeak(attribution);
}

/**
 * Events that were looked at under another verdict.
 * @param hasLeaks - without any, only verdicts that may be leaks are of interest.
 */
export function reviewNext(index: Indexed, at: LeakCursor, hasLeaks: boolean): IndexedPart | undefined {
  const row = index.db.get(NEXT_CALLER, at.judged);
  if (row === undefined) return undefined;
  const caller = v.parse(JudgedCaller, row);
  const { reviewing, ...rest } = at;
  const { id, judged } = caller;
  const done = { ...rest, judged };
  if (!hasLeaks && !mayLeak(caller.attribution)) return { events: [], cursor: done };
  const from = reviewing?.caller === id && reviewing.judged === judged ? reviewing.seq + 1 : 0;
  const { own, next } = eventsOf(index.segments(), caller, from, at.seq);
  return {
    events: leakEvents(index, own),
    cursor: next === undefined ? done : { ...at, reviewing: { caller: id, judged, seq: next - 1 } },
  };
}

/**
 * Events of a caller in the order of their numbers, both included; a segment at a time.
 * @returns the number to go on with; undefined at the end.
 */
function eventsOf(
  segments: Segments,
  { id, first_time, last_time }: JudgedCaller,
  from: number,
  to: number,
): { own: Position[]; next: number | undefined } {
  const segment = segments.numbered(from, to).find(each => each.to >= first_time && each.from <= last_time);
  if (!segment) return { own: [], next: undefined };
  const callers = segments.numbers(segment, 'caller');
  const offsets = segments.numbers(segment, 'offset');
  const own: Position[] = [];
  let at = firstFrom(offsets.length, place => segment.firstSeq + (offsets[place] ?? 0) >= from);
  for (; at < callers.length && own.length < MOST; at++) if (callers[at] === id) own.push({ segment, at });
  const isIn = own.filter(position => seqAt(segments, position) <= to);
  return { own: isIn, next: segment.firstSeq + (offsets[at] ?? segment.lastSeq - segment.firstSeq + 1) };
}

const NEXT_CALLER = `
  SELECT id, judged, first_time, last_time, attribution FROM caller
  WHERE judged > 0 AND judged > ? ORDER BY judged LIMIT 1`;

const verdict = v.pipe(v.string(), v.parseJson(), Attribution);

const JudgedCaller = v.object({
  id: v.number(),
  judged: v.number(),
  first_time: v.number(),
  last_time: v.number(),
  attribution: verdict,
});

type JudgedCaller = v.InferOutput<typeof JudgedCaller>;

const SELECT = `
  SELECT event.seq, place.account_id, event.id AS event_id, event.time, call.name, source, read_only, error, address, evidence,
    attribution, body
  FROM ${LISTED}
  CROSS JOIN place ON place.id = event.place
  CROSS JOIN call ON call.id = event.call
  CROSS JOIN caller ON caller.id = event.caller
  LEFT JOIN origin ON origin.id = event.origin
  LEFT JOIN record ON record.seq = event.seq`;

const LeakRow = v.object({
  seq: v.number(),
  account_id: v.string(),
  event_id: v.string(),
  time: v.number(),
  name: v.string(),
  source: v.string(),
  read_only: v.number(),
  error: v.string(),
  address: v.nullable(v.string()),
  evidence: StoredEvidence,
  attribution: verdict,
  body: v.nullable(v.string()),
}) satisfies v.GenericSchema<Row, unknown>;
type LeakRow = v.InferOutput<typeof LeakRow>;

function leakEvents({ db, segments }: Indexed, positions: readonly Position[]): LeakEvent[] {
  if (positions.length === 0) return [];
  return db.all(SELECT, listed(segments(), positions)).map(row => leakEvent(v.parse(LeakRow, row)));
}

/**
 * The whole record where the index has it. Of one that was imported from a file there is what the index keeps: of the user
 * agent's text, which agent it names.
 */
function leakEvent(row: LeakRow): LeakEvent {
  const { account_id: accountId, time, name, source, error, evidence, attribution, body, address } = row;
  if (body !== null)
    return {
      ...parseTrailEvent({ json: body }, { accountId, region: '', at: time }),
      id: row.event_id,
      attribution,
    };
  return {
    ...evidence,
    id: row.event_id,
    time,
    name,
    source,
    accountId,
    readOnly: row.read_only < 0 ? undefined : row.read_only === 1,
    error: error === '' ? undefined : error,
    sourceIp: address ?? undefined,
    attribution,
  };
}
