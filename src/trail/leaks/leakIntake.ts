/**
 * Brings the index's events before the leaks, once each, in lots so small that a window goes on drawing. How far it came is
 * kept after each lot: cut off in between, a lot is taken again, which adds nothing.
 */
import * as v from 'valibot';
import { Cancelled } from '../../base/cancellation.ts';
import type { Database, Row } from '../../store/database.ts';
import { Attribution } from '../attribution/attribution.ts';
import { StoredEvidence } from '../index/callers.ts';
import type { TrailIndex } from '../index/openIndex.ts';
import { unpackEventId } from '../scan/eventId.ts';
import { parseTrailEvent } from '../trailEvent.ts';
import { type LeakEvent, mayLeak } from './leak.ts';
import type { Leak } from './leakStore.ts';
import type { Leaks } from './leaks.ts';

export interface LeakIntake {
  /**
   * Takes what has come since the last time. Several calls at once are one after the other.
   * @returns the leaks that are new, or open again. @throws Cancelled, what SQLite does
   */
  catchUp(signal: AbortSignal): Promise<Leak[]>;
}

export interface LeakIntakeInput {
  /** Where the leaks are, and how far the intake came. */
  readonly db: Database;
  readonly index: Pick<TrailIndex, 'db'>;
  readonly leaks: Pick<Leaks, 'take'>;
  /** Lets everything else run. */
  readonly pause: () => Promise<void>;
}

/** Some milliseconds' work. */
const LOT = 25;

export function createLeakIntake(input: LeakIntakeInput): LeakIntake {
  let last: Promise<unknown> = Promise.resolve();
  return {
    catchUp(signal) {
      const work = last.then(() => takeAll(input, signal));
      last = work.catch(() => undefined);
      return work;
    },
  };
}

async function takeAll(input: LeakIntakeInput, signal: AbortSignal): Promise<Leak[]> {
  const told = new Map<string, Leak>();
  for (;;) {
    if (signal.aborted) throw new Cancelled();
    const from = cursor(input);
    const rows = input.index.db.all(SELECT, from.seq, LOT).map(row => v.parse(LeakRow, row));
    const newest = rows.at(-1);
    if (newest === undefined) return [...told.values()];
    for (const leak of input.leaks.take(rows.map(leakEvent).filter(isRelevant))) told.set(leak.key, leak);
    keepCursor(input.db, { ...from, seq: newest.seq });
    await input.pause();
  }
}

function isRelevant({ attribution }: LeakEvent): boolean {
  return mayLeak(attribution);
}

const Cursor = v.pipe(v.string(), v.parseJson(), v.object({ index: v.string(), seq: v.number() }));
type Cursor = v.InferOutput<typeof Cursor>;

/** Of this index: one that was built anew begins to count anew, and has another salt. */
function cursor({ db, index }: LeakIntakeInput): Cursor {
  const salt = String(index.db.get(`SELECT value FROM state WHERE key = 'salt'`)?.['value']);
  const kept = v.safeParse(Cursor, db.get(`SELECT body FROM leak_state WHERE key = ?`, KEY)?.['body']);
  return kept.success && kept.output.index === salt ? kept.output : { index: salt, seq: 0 };
}

function keepCursor(db: Database, next: Cursor): void {
  db.run('INSERT OR REPLACE INTO leak_state VALUES (?, ?)', KEY, JSON.stringify(next));
}

const KEY = 'trail cursor';

/** Events of users and agents only: of an organisation's millions, most are of services and of roles. */
const SELECT = `
  SELECT event.seq, place.account_id, event.id AS event_id, time, call.name, source, read_only, error, address, evidence,
    attribution, body
  FROM event
  JOIN place ON place.id = event.place
  JOIN call ON call.id = event.call
  JOIN caller ON caller.id = event.caller
  JOIN actor ON actor.id = event.actor
  LEFT JOIN origin ON origin.id = event.origin
  LEFT JOIN record ON record.seq = event.seq
  WHERE event.seq > ? AND actor.kind IN ('user', 'agent')
  ORDER BY event.seq LIMIT ?`;

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
  attribution: v.pipe(v.string(), v.parseJson(), Attribution),
  body: v.nullable(v.string()),
}) satisfies v.GenericSchema<Row, unknown>;

/**
 * The whole record where the index has it. Of one that was imported from a file there is what the index keeps: of the user
 * agent's text, which agent it names.
 */
function leakEvent(row: v.InferOutput<typeof LeakRow>): LeakEvent {
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
