/** Where in a caller's evidence a clue can stand; and, of many clues, those that stand in none. */
import * as v from 'valibot';
import { Marks } from '../../base/marks.ts';
import type { Database } from '../../store/database.ts';
import type { Clue } from '../attribution/learned.ts';
import type { Hash } from './hash.ts';

export type Sort = 'key' | 'session' | 'arn' | 'copy';

export function placeOf(clue: Clue): [Sort, string] {
  const colon = clue.indexOf(':');
  const sort = clue.slice(0, colon);
  const value = clue.slice(colon + 1);
  switch (sort) {
    case 'key':
    case 'session':
    case 'arn':
      return [sort, value];
    case 'id':
      // `AROAEXAMPLE:session-name`; one too many costs no more than another look.
      return ['session', value.slice(value.indexOf(':') + 1)];
    default:
      return ['copy', value];
  }
}

/** Fewer are looked up one by one. */
const MANY = 500;

/** Read at once. */
const ROWS = 5000;

/**
 * The access keys and session names of all callers. An import learns of thousands of sessions, most of which nobody in
 * the index has: to know that without asking the database for each saves it most of that work.
 */
export class CluePlaces {
  readonly #db: Database;
  readonly #hash: Hash;
  #marks: Marks | undefined;
  /** The caller that was read last. */
  #last = 0;

  constructor(db: Database, hash: Hash) {
    this.#db = db;
    this.#hash = hash;
  }

  /** @returns those that a caller may have. */
  possible(clues: ReadonlySet<Clue>): Iterable<Clue> {
    if (clues.size < MANY) return clues;
    this.#marks ??= new Marks();
    this.#readOn(this.#marks);
    const marks = this.#marks;
    return [...clues].filter(clue => {
      const [sort, value] = placeOf(clue);
      return sort === 'key' || sort === 'session' ? marks.has(this.#hashOf(sort, value)) : true;
    });
  }

  /** A transaction that failed may have made callers whose numbers others will have. */
  forget(): void {
    this.#marks = undefined;
    this.#last = 0;
  }

  /** Callers that have come, here or in another window: where a clue can stand in one never changes. */
  #readOn(marks: Marks): void {
    for (let isMore = true; isMore; ) {
      const rows = v.parse(Rows, this.#db.all(SELECT, this.#last, ROWS));
      for (const { id, access_key_id, started_key, session_name } of rows) {
        for (const key of [access_key_id, started_key]) if (key !== null) marks.add(this.#hashOf('key', key));
        if (session_name !== null) marks.add(this.#hashOf('session', session_name));
        this.#last = id;
      }
      isMore = rows.length === ROWS;
    }
  }

  #hashOf(sort: Sort, value: string): number {
    return this.#hash(`${sort}:${value}`);
  }
}

const SELECT =
  'SELECT id, access_key_id, started_key, session_name FROM caller WHERE id > ? ORDER BY id LIMIT ?';

const text = v.nullable(v.string());
const Rows = v.array(
  v.object({ id: v.number(), access_key_id: text, started_key: text, session_name: text }),
);
