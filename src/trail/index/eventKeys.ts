/**
 * Which events of a batch are new. An event is the same when account and event id are, and it happened on the same day; a
 * table of hashes finds the ones that may be, and the events themselves tell. Its keys begin with the day, and are
 * written in order: so what is written together lies together, however large the table is.
 */
import { DAY } from '../../base/clock.ts';
import type { Database } from '../../store/database.ts';
import type { Batch } from '../scan/batch.ts';
import { packEventId, unpackEventId } from '../scan/eventId.ts';
import type { Gathered } from './events/gathered.ts';
import { eventIdAt, positionOf } from './events/positions.ts';
import { type Hash, uuidKey } from './hash.ts';
import type { TrailIndex } from './openIndex.ts';

export interface EventKeys {
  /**
   * @param accounts - of each event of the batch.
   * @returns for each event 1 when it is new; event n then has the number `firstSeq + n`.
   */
  claim(batch: Batch, accounts: readonly string[], firstSeq: number): Uint8Array;
  /** The event's number; undefined when it is not there. */
  find(accountId: string, eventId: string): number | undefined;
}

/** Events whose hashes are equal lie side by side. Two are rare; more do not happen by chance. */
const NEIGHBOURS = 8;
const ROWS = 40;

/** A key is a day, of eleven years, and forty bits of the hash. */
const HASHES = 2 ** 40;
const DAYS = 2 ** 12;

function dayOf(time: number): number {
  return ((Math.floor(time / DAY) % DAYS) + DAYS) % DAYS;
}

/** In each day that has events. */
const FIND = `
  SELECT seq FROM (SELECT DISTINCT ((hour - (hour % 24 + 24) % 24) / 24 % ${DAYS} + ${DAYS}) % ${DAYS} AS day FROM activity)
  CROSS JOIN event_key ON key BETWEEN day * ${HASHES} + ?1 AND day * ${HASHES} + ?1 + ${NEIGHBOURS}`;

const INSERT = `INSERT INTO event_key VALUES ${Array(ROWS).fill('(?,?)').join(',')} ON CONFLICT DO NOTHING`;
const INSERT_ONE = 'INSERT INTO event_key VALUES (?, ?) ON CONFLICT DO NOTHING';

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
  return {
    find(accountId, eventId) {
      const packed = packEventId(eventId);
      const key =
        typeof packed === 'string' ? hash(`${accountId}\n${packed}`) : uuidKey(packed, 0, hash(accountId));
      return db
        .all(FIND, key % HASHES)
        .map(row => Number(row['seq']))
        .find(seq => stored.isEvent(seq, { accountId, eventId }));
    },
    claim(batch, accounts, firstSeq) {
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
