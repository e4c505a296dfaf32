/**
 * Which events of a batch are new. An event is the same when account and event id are; a table of hashes finds the ones
 * that may be, and the events themselves tell. It is written in the order of the hashes, so that pages are filled one
 * after the other.
 */
import type { Database } from '../../store/database.ts';
import type { Batch } from '../scan/batch.ts';
import { packEventId, unpackEventId } from '../scan/eventId.ts';
import { type Hash, uuidKey } from './hash.ts';

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

const INSERT = `INSERT INTO event_key VALUES ${Array(ROWS).fill('(?,?)').join(',')} ON CONFLICT DO NOTHING`;
const INSERT_ONE = 'INSERT INTO event_key VALUES (?, ?) ON CONFLICT DO NOTHING';

export function createEventKeys(db: Database, hash: Hash): EventKeys {
  const stored: Stored = {
    isEvent(seq, { accountId, eventId }) {
      const row = db.get(SELECT_ID, seq);
      return row !== undefined && row['account_id'] === accountId && unpackId(row['id']) === eventId;
    },
  };
  return {
    find(accountId, eventId) {
      const packed = packEventId(eventId);
      const key =
        typeof packed === 'string' ? hash(`${accountId}\n${packed}`) : uuidKey(packed, 0, hash(accountId));
      return db
        .all('SELECT seq FROM event_key WHERE key BETWEEN ? AND ?', key, key + NEIGHBOURS)
        .map(row => Number(row['seq']))
        .find(seq => stored.isEvent(seq, { accountId, eventId }));
    },
    claim(batch, accounts, firstSeq) {
      const accountHash = rememberedHash(hash);
      const claiming = new Claiming({ db, stored, batch, accounts, firstSeq });
      const keys = Float64Array.from({ length: batch.count }, (_, event) => {
        const account = accounts[event] ?? '';
        const odd = batch.oddIds.get(event);
        return odd === undefined
          ? uuidKey(batch.id, event * 16, accountHash(account))
          : hash(`${account}\n${odd}`);
      });
      return claiming.claim(keys);
    },
  };
}

const SELECT_ID = 'SELECT event.id, account_id FROM event JOIN place ON place.id = event.place WHERE seq = ?';

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

export function unpackId(id: unknown): string {
  return id instanceof Uint8Array || typeof id === 'string' ? unpackEventId(id) : '';
}
