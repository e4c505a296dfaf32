/** Events of the index as leaks are found by them, in parts of a few milliseconds' reading. */
import * as v from 'valibot';
import type { Database, Row } from '../../store/database.ts';
import { Attribution } from '../attribution/attribution.ts';
import { StoredEvidence } from '../index/callers.ts';
import { unpackEventId } from '../scan/eventId.ts';
import { parseTrailEvent } from '../trailEvent.ts';
import { type LeakEvent, mayLeak } from './leak.ts';

/** How far the events of an index were looked at. */
export interface LeakCursor {
  /** Which index it is. */
  readonly index: string;
  /** The last event. */
  readonly seq: number;
  /** The last verdict that became another one. */
  readonly judged: number;
  /** Of the caller whose verdict is the next one: how far its events were looked at again. */
  readonly reviewing?: { readonly caller: number; readonly time: number; readonly seq: number };
}

export interface IndexedPart {
  readonly events: readonly LeakEvent[];
  readonly cursor: LeakCursor;
}

/** Events that are looked at closely, and those that are passed over to find them. */
const MOST = 25;
const MOST_PASSED = 500;

/** New events of users and agents: of an organisation's millions, most are of services and of roles. */
export function nextEvents(index: Database, at: LeakCursor): IndexedPart | undefined {
  const newest = Number(index.get('SELECT max(seq) AS seq FROM event')?.['seq'] ?? 0);
  if (newest <= at.seq) return undefined;
  const last = Math.min(newest, at.seq + MOST_PASSED);
  const rows = parsed(
    index.all(
      `${SELECT} JOIN actor ON actor.id = event.actor
       WHERE event.seq > ? AND event.seq <= ? AND actor.kind IN ('user', 'agent') ORDER BY event.seq LIMIT ?`,
      at.seq,
      last,
      MOST,
    ),
  );
  const seq = rows.length === MOST ? (rows.at(-1)?.seq ?? last) : last;
  return { events: rows.map(leakEvent).filter(isRelevant), cursor: { ...at, seq } };
}

function isRelevant({ attribution }: LeakEvent): boolean {
  return mayLeak(attribution);
}

/**
 * Events that were looked at under another verdict.
 * @param hasLeaks - without any, only verdicts that may be leaks are of interest.
 */
export function reviewNext(index: Database, at: LeakCursor, hasLeaks: boolean): IndexedPart | undefined {
  const row = index.get(NEXT_CALLER, at.judged);
  if (row === undefined) return undefined;
  const caller = v.parse(JudgedCaller, row);
  const { reviewing: _, ...rest } = at;
  const done = { ...rest, judged: caller.judged };
  if (!hasLeaks && !mayLeak(caller.attribution)) return { events: [], cursor: done };
  const from = at.reviewing?.caller === caller.id ? at.reviewing : { time: caller.first_time, seq: 0 };
  const passed = v.parse(
    Passed,
    index.all(PASS, caller.actor, from.time, from.seq, caller.last_time, MOST_PASSED),
  );
  const own = passed.filter(event => event.caller === caller.id && event.seq <= at.seq).slice(0, MOST);
  const events = parsed(
    index.all(`${SELECT} WHERE event.seq IN (SELECT value FROM json_each(?))`, list(own)),
  );
  const end = own.length === MOST ? own.at(-1) : passed.length === MOST_PASSED ? passed.at(-1) : undefined;
  return {
    events: events.map(leakEvent),
    cursor:
      end === undefined ? done : { ...at, reviewing: { caller: caller.id, time: end.time, seq: end.seq } },
  };
}

function list(events: readonly { readonly seq: number }[]): string {
  return JSON.stringify(events.map(({ seq }) => seq));
}

const NEXT_CALLER = `
  SELECT id, actor, judged, first_time, last_time, attribution FROM caller
  WHERE judged > 0 AND judged > ? ORDER BY judged LIMIT 1`;

const PASS = `
  SELECT seq, time, caller FROM actor_event WHERE actor = ? AND (time, seq) > (?, ?) AND time <= ?
  ORDER BY time, seq LIMIT ?`;

const verdict = v.pipe(v.string(), v.parseJson(), Attribution);

const JudgedCaller = v.object({
  id: v.number(),
  actor: v.number(),
  judged: v.number(),
  first_time: v.number(),
  last_time: v.number(),
  attribution: verdict,
});

const Passed = v.array(v.object({ seq: v.number(), time: v.number(), caller: v.number() }));

const SELECT = `
  SELECT event.seq, place.account_id, event.id AS event_id, time, call.name, source, read_only, error, address, evidence,
    attribution, body
  FROM event
  JOIN place ON place.id = event.place
  JOIN call ON call.id = event.call
  JOIN caller ON caller.id = event.caller
  LEFT JOIN origin ON origin.id = event.origin
  LEFT JOIN record ON record.seq = event.seq`;

const LeakRow = v.object({
  seq: v.number(),
  account_id: v.string(),
  event_id: v.union([v.string(), v.instance(Uint8Array)]),
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

function parsed(rows: readonly Row[]): LeakRow[] {
  return rows.map(row => v.parse(LeakRow, row));
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
      id: unpackEventId(row.event_id),
      attribution,
    };
  return {
    ...evidence,
    id: unpackEventId(row.event_id),
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
