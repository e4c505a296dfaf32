/**
 * Leaks, kept with what a person said of them. "This is fine" is an act with a reason; it covers the shapes that were
 * seen by then, so a leak that takes another shape is open again.
 */
import * as v from 'valibot';
import { UserError } from '../../base/userError.ts';
import type { Database, Row } from '../../store/database.ts';
import { parseBody } from '../../store/parseRow.ts';
import { CONFIDENCES, EventRef, type Finding, LEAK_KINDS, SEVERITIES } from './leak.ts';

const Leak = v.object({
  key: v.string(),
  kind: v.picklist(LEAK_KINDS),
  /** The heaviest of its events. */
  severity: v.picklist(SEVERITIES),
  /** The surest. */
  confidence: v.picklist(CONFIDENCES),
  sentence: v.string(),
  whatToDo: v.string(),
  /** The newest first, of those that are kept. */
  events: v.array(EventRef),
  /** How many there were. */
  count: v.number(),
  firstAt: v.number(),
  lastAt: v.number(),
  shapes: v.array(v.string()),
  acknowledged: v.optional(v.object({ at: v.number(), reason: v.string(), shapes: v.array(v.string()) })),
});
type Kept = v.InferOutput<typeof Leak>;

export interface Leak extends Readonly<Kept> {
  /** `reopened`: a person said it is fine, and then it took another shape. */
  readonly status: 'open' | 'acknowledged' | 'reopened';
}

export interface LeakStore {
  /** In a transaction of the caller's. @returns the leaks that are new, or open again by them. */
  keep(findings: readonly Finding[]): Leak[];
  /** The leaks that an event speaks for. */
  of(event: EventRef): Leak[];
  /** The event speaks for it no more; nor is it one when none is left. In a transaction of the caller's. */
  clear(key: string, event: EventRef): void;
  /** The newest first, acknowledged ones too. */
  list(): Leak[];
  get(key: string): Leak | undefined;
  /** "This is fine." @throws UserError `leak.reason` when no reason is given, `leak.unknown` */
  acknowledge(key: string, reason: string, at: number): Leak;
  /** "It is not, after all." */
  withdraw(key: string): void;
}

/** More are counted, not kept. */
const MOST_EVENTS = 50;
const MOST_SHAPES = 200;

export function createLeakStore(db: Database): LeakStore {
  return {
    keep: findings => keepAll(db, findings),
    of: ({ accountId, eventId }) =>
      db
        .all(
          `SELECT body FROM leak WHERE key IN
             (SELECT leak_key FROM leak_event WHERE account_id = ? AND event_id = ?)`,
          accountId,
          eventId,
        )
        .map(parse)
        .map(withStatus),
    clear: (key, event) => clear(db, key, event),
    list: () => db.all('SELECT body FROM leak ORDER BY last_at DESC, key').map(parse).map(withStatus),
    get: key => read(db, key),
    acknowledge: (key, reason, at) => db.transaction(() => acknowledge(db, key, reason, at)),
    withdraw: key =>
      db.transaction(() => {
        const leak = read(db, key);
        if (leak) write(db, { ...stripped(leak), acknowledged: undefined });
      }),
  };
}

function keepAll(db: Database, findings: readonly Finding[]): Leak[] {
  const told: Leak[] = [];
  for (const [key, ones] of Map.groupBy(findings, finding => finding.key)) {
    const before = read(db, key);
    const fresh = ones.filter(({ event }) => isNew(db, key, event));
    if (fresh.length === 0) continue;
    const after = fresh.reduce(merged, before && stripped(before));
    if (after === undefined) continue;
    write(db, after);
    const leak = withStatus(after);
    if (leak.status !== 'acknowledged' && leak.status !== before?.status) told.push(leak);
  }
  return told;
}

/** What the leak says of its other events stays: its weight, its shapes, its times. */
function clear(db: Database, key: string, { accountId, eventId }: EventRef): void {
  const gone = db.run(
    'DELETE FROM leak_event WHERE leak_key = ? AND account_id = ? AND event_id = ?',
    key,
    accountId,
    eventId,
  );
  const leak = read(db, key);
  if (gone === 0 || leak === undefined) return;
  if (leak.count <= 1) {
    db.run('DELETE FROM leak WHERE key = ?', key);
    return;
  }
  const isOther = (one: EventRef): boolean => one.accountId !== accountId || one.eventId !== eventId;
  write(db, { ...stripped(leak), count: leak.count - 1, events: leak.events.filter(isOther) });
}

/** An event counts once, though it is read again with every overlap. */
function isNew(db: Database, key: string, { accountId, eventId }: EventRef): boolean {
  return db.run('INSERT OR IGNORE INTO leak_event VALUES (?, ?, ?)', key, accountId, eventId) === 1;
}

function merged(leak: Kept | undefined, finding: Finding): Kept {
  const { key, kind, event, shape, sentence, whatToDo } = finding;
  const isNewest = leak === undefined || event.time >= leak.lastAt;
  return {
    key,
    kind,
    severity: heavier(SEVERITIES, leak?.severity, finding.severity),
    confidence: heavier(CONFIDENCES, leak?.confidence, finding.confidence),
    sentence: isNewest ? sentence : leak.sentence,
    whatToDo: isNewest ? whatToDo : leak.whatToDo,
    events: [...(leak?.events ?? []), event]
      .toSorted((one, other) => other.time - one.time)
      .slice(0, MOST_EVENTS),
    count: (leak?.count ?? 0) + 1,
    firstAt: Math.min(leak?.firstAt ?? event.time, event.time),
    lastAt: Math.max(leak?.lastAt ?? event.time, event.time),
    shapes: [...new Set([...(leak?.shapes ?? []), shape])].slice(0, MOST_SHAPES),
    acknowledged: leak?.acknowledged,
  };
}

function heavier<T extends string>(order: readonly T[], one: T | undefined, other: T): T {
  return one !== undefined && order.indexOf(one) > order.indexOf(other) ? one : other;
}

function acknowledge(db: Database, key: string, reason: string, at: number): Leak {
  const leak = read(db, key);
  if (leak === undefined)
    throw new UserError('leak.unknown', 'This leak is not in the list any more.', {
      hint: 'Refresh the audit trail.',
    });
  if (reason.trim() === '')
    throw new UserError('leak.reason', 'No Wing keeps why a leak is fine, so it needs a reason.', {
      hint: 'Say in a few words why; whoever reads the list later sees it.',
    });
  const after = { ...stripped(leak), acknowledged: { at, reason: reason.trim(), shapes: leak.shapes } };
  write(db, after);
  return withStatus(after);
}

function withStatus(leak: Kept): Leak {
  const { acknowledged, shapes } = leak;
  if (acknowledged === undefined) return { ...leak, status: 'open' };
  const isCovered = shapes.every(shape => acknowledged.shapes.includes(shape));
  return { ...leak, status: isCovered ? 'acknowledged' : 'reopened' };
}

function stripped({ status: _, ...leak }: Leak): Kept {
  return leak;
}

function read(db: Database, key: string): Leak | undefined {
  const row = db.get('SELECT body FROM leak WHERE key = ?', key);
  return row === undefined ? undefined : withStatus(parse(row));
}

function write(db: Database, leak: Kept): void {
  db.run(
    `INSERT INTO leak VALUES (?, ?, ?)
     ON CONFLICT (key) DO UPDATE SET last_at = excluded.last_at, body = excluded.body`,
    leak.key,
    leak.lastAt,
    JSON.stringify(leak),
  );
}

function parse(row: Row): Kept {
  return parseBody(Leak, row);
}
