/**
 * Which events of a batch are new. An event is the same when account and event id are, and it happened on the same day; a
 * table of hashes finds the ones that may be, and the events themselves tell. Its keys begin with the day, and are
 * written in order: so what is written together lies together, however large the table is.
 */
import * as v from 'valibot';
import { DAY } from '../../base/clock.ts';
import type { Database } from '../../store/database.ts';
import type { Batch } from '../scan/batch.ts';
import { packEventId, unpackEventId } from '../scan/eventId.ts';
import type { EventName } from '../trailFilter.ts';
import type { Gathered } from './events/gathered.ts';
import { eventIdAt, positionOf } from './events/positions.ts';
import { type Hash, uuidKey } from './hash.ts';
import type { TrailIndex } from './openIndex.ts';

export interface EventKeys {
  /**
   * @param accounts - of each event of the batch.
   * @returns for each event 1 when it is new; event n then has the number `firstSeq + n`.
   * @throws Error for a batch of more than `MOST_EVENTS`.
   */
  claim(batch: Batch, accounts: readonly string[], firstSeq: number): Uint8Array;
  /** The event's number; undefined when it is not there. */
  find(accountId: string, eventId: string): number | undefined;
  /** The numbers of those that are there. */
  findAll(names: readonly EventName[]): Set<number>;
}

/** Events whose hashes are equal lie side by side. Two are rare; more do not happen by chance. */
const NEIGHBOURS = 8;
const ROWS = 128;

/** A key is a day, of eleven years, and forty bits of the hash. */
const HASHES = 2 ** 40;
const DAYS = 2 ** 12;

export function dayOf(time: number): number {
  return ((Math.floor(time / DAY) % DAYS) + DAYS) % DAYS;
}

/** Events of any of these days whose hash is one of these, with its place among them. */
const FIND = `
  WITH hash AS MATERIALIZED (SELECT key AS at, value AS hash FROM json_each(?1)),
    day AS MATERIALIZED (SELECT value * ${HASHES} AS first FROM json_each(?2))
  SELECT at, seq FROM hash CROSS JOIN day
  CROSS JOIN event_key ON event_key.key BETWEEN first + hash AND first + hash + ${NEIGHBOURS}`;

const Found = v.array(v.object({ at: v.number(), seq: v.number() }));

const INSERT = `INSERT OR FAIL INTO event_key VALUES ${Array(ROWS).fill('(?,?)').join(',')} ON CONFLICT DO NOTHING`;
const INSERT_ONE = 'INSERT OR FAIL INTO event_key VALUES (?, ?) ON CONFLICT DO NOTHING';

/** Of events that go, by their days: `dayOf`. Keys lie in the order of days, so those of other days are not looked at. */
export function removeKeys(db: Database, byDay: ReadonlyMap<number, readonly number[]>): void {
  for (const [day, seqs] of byDay)
    db.run(REMOVE, day * HASHES, (day + 1) * HASHES + NEIGHBOURS, JSON.stringify(seqs));
}

const REMOVE = 'DELETE FROM event_key WHERE key BETWEEN ? AND ? AND seq IN (SELECT value FROM json_each(?))';

/** @param gathered - events of the transaction that are in no segment yet. */
export function createEventKeys(
  { db, hash, segments }: Pick<TrailIndex, 'db' | 'hash' | 'segments'>,
  gathered?: Pick<Gathered, 'find'>,
): EventKeys {
  const accountOf = (place: number): unknown =>
    db.get('SELECT account_id FROM place WHERE id = ?', place)?.['account_id'];
  const eventAt = (seq: number): { place: number; eventId: string } | undefined => {
    const position = positionOf(segments(), seq);
    if (!position) return undefined;
    const { segment, at } = position;
    const place = segments().numbers(segment, 'place')[at] ?? 0;
    return { place, eventId: eventIdAt(segments(), position) };
  };
  const stored: Stored = {
    isEvent(seq, { accountId, eventId }) {
      const found = gathered?.find(seq) ?? eventAt(seq);
      return found !== undefined && found.eventId === eventId && accountOf(found.place) === accountId;
    },
  };
  const findAll = (names: readonly EventName[]): Set<number> => {
    const days = daysOf(segments().within(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER));
    const bySpan = Map.groupBy(names, ({ within }) => within && `${within.from} ${within.to}`);
    const found = [...bySpan.values()].flatMap(some => {
      const hashes = some.map(name => hashOf(name, hash) % HASHES);
      const among = JSON.stringify(daysWithin(days, some[0]?.within));
      const rows = v.parse(Found, db.all(FIND, JSON.stringify(hashes), among));
      return rows.map(({ at, seq }) => ({ name: some[at], seq }));
    });
    return new Set(found.flatMap(({ name, seq }) => (name && stored.isEvent(seq, name) ? seq : [])));
  };
  return {
    find: (accountId, eventId) => [...findAll([{ accountId, eventId }])][0],
    findAll,
    claim(batch, accounts, firstSeq) {
      if (batch.count > MOST_EVENTS) throw new Error(`A batch of ${batch.count} events is too large.`);
      const accountHash = rememberedHash(hash);
      const claiming = new Claiming({ db, stored, batch, accounts, firstSeq });
      const keys = Float64Array.from({ length: batch.count }, (_, event) => {
        const account = accounts[event] ?? '';
        const odd = batch.oddIds.get(event);
        const key =
          odd === undefined
            ? uuidKey(batch.id, event * 16, accountHash(account))
            : hash(`${account}\n${odd}`);
        return dayOf(batch.time[event] ?? 0) * HASHES + (key % HASHES);
      });
      return claiming.claim(keys);
    },
  };
}

function hashOf({ accountId, eventId }: EventName, hash: Hash): number {
  const packed = packEventId(eventId);
  return typeof packed === 'string' ? hash(`${accountId}\n${packed}`) : uuidKey(packed, 0, hash(accountId));
}

/** The days that these times lie in, both ends included. More than a key can tell apart are all of them. */
function daysOf(spans: readonly Span[]): Set<number> {
  const days = new Set<number>();
  for (const { from, to } of spans)
    for (let time = from, count = 0; count < DAYS && dayStart(time) <= to; time += DAY, count++)
      days.add(dayOf(time));
  return days;
}

function dayStart(time: number): number {
  return Math.floor(time / DAY) * DAY;
}

function daysWithin(days: ReadonlySet<number>, within: Span | undefined): number[] {
  const wanted = within && daysOf([within]);
  return [...days].filter(day => wanted?.has(day) ?? true);
}

type Span = NonNullable<EventName['within']>;

interface Identified {
  readonly accountId: string;
  readonly eventId: string;
}

interface Stored {
  isEvent(seq: number, event: Identified): boolean;
}

interface ClaimInput {
  readonly db: Database;
  readonly stored: Stored;
  readonly batch: Batch;
  readonly accounts: readonly string[];
  readonly firstSeq: number;
}

class Claiming {
  readonly #input: ClaimInput;
  readonly #isNew: Uint8Array;

  constructor(input: ClaimInput) {
    this.#input = input;
    this.#isNew = new Uint8Array(input.batch.count).fill(1);
  }

  claim(keys: Float64Array): Uint8Array {
    const { db, firstSeq } = this.#input;
    const order = inOrder(keys);
    for (let from = 0; from < order.length; from += ROWS) {
      const part = order.subarray(from, from + ROWS);
      const values: number[] = [];
      for (const event of part) values.push(keys[event] ?? 0, firstSeq + event);
      const claimed = part.length === ROWS ? db.run(INSERT, ...values) : 0;
      if (claimed < part.length) for (const event of part) this.#settle(event, keys[event] ?? 0);
    }
    return this.#isNew;
  }

  /** One by one, when of some together at least one key was taken: by the same event, or one whose hash is equal. */
  #settle(event: number, key: number): void {
    const { db, firstSeq } = this.#input;
    for (let at = key; at <= key + NEIGHBOURS; at++) {
      if (db.run(INSERT_ONE, at, firstSeq + event) === 1) return;
      const seq = Number(db.get('SELECT seq FROM event_key WHERE key = ?', at)?.['seq']);
      if (seq === firstSeq + event) return;
      if (this.#isSame(seq, event)) break;
    }
    this.#isNew[event] = 0;
  }

  #isSame(seq: number, event: number): boolean {
    const { stored, batch, firstSeq } = this.#input;
    const other = seq - firstSeq;
    if (other < 0 || other >= batch.count) return stored.isEvent(seq, this.#identified(event));
    const [one, two] = [this.#identified(other), this.#identified(event)];
    return one.accountId === two.accountId && one.eventId === two.eventId;
  }

  #identified(event: number): Identified {
    const { batch, accounts } = this.#input;
    const eventId = batch.oddIds.get(event) ?? unpackEventId(batch.id.subarray(event * 16, event * 16 + 16));
    return { accountId: accounts[event] ?? '', eventId };
  }
}

function rememberedHash(hash: Hash): Hash {
  const hashes = new Map<string, number>();
  return text => {
    const known = hashes.get(text) ?? hash(text);
    hashes.set(text, known);
    return known;
  };
}

/** Events as they follow by key. Sorted as plain numbers, which has no comparison to call: key above, event below. */
function inOrder(keys: Float64Array): Uint32Array {
  const packed = keys.map((key, event) => Math.floor(key / MOST_EVENTS) * MOST_EVENTS + event).sort();
  return Uint32Array.from(packed, each => each % MOST_EVENTS);
}

/** In one batch. */
export const MOST_EVENTS = 2 ** 17;
