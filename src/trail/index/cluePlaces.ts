/** Where in a caller's evidence a clue can stand; and, of many clues, those that stand in none. */
import type { Database } from '../../store/database.ts';
import type { Evidence } from '../attribution/attribution.ts';
import type { Clue } from '../attribution/learned.ts';

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

/**
 * The access keys and session names of all callers. An import learns of thousands of sessions, most of which nobody in
 * the index has: to know that without asking the database for each saves it most of that work.
 */
export class CluePlaces {
  readonly #db: Database;
  #known: Readonly<Record<'key' | 'session', Set<string>>> | undefined;

  constructor(db: Database) {
    this.#db = db;
  }

  /** @returns those that a caller may have. */
  possible(clues: ReadonlySet<Clue>): Iterable<Clue> {
    if (clues.size < MANY) return clues;
    this.#known ??= this.#read();
    const known = this.#known;
    return [...clues].filter(clue => {
      const [sort, value] = placeOf(clue);
      return sort === 'key' || sort === 'session' ? known[sort].has(value) : true;
    });
  }

  /** Of a caller that is new. */
  add({ principal, requestedSession }: Evidence): void {
    if (this.#known === undefined) return;
    for (const key of [principal.accessKeyId, requestedSession?.accessKeyId])
      if (key !== undefined) this.#known.key.add(key);
    if (principal.sessionName !== undefined) this.#known.session.add(principal.sessionName);
  }

  forget(): void {
    this.#known = undefined;
  }

  #read(): Record<'key' | 'session', Set<string>> {
    const of = (column: string): string[] =>
      this.#db
        .all(`SELECT DISTINCT ${column} AS value FROM caller WHERE ${column} IS NOT NULL`)
        .map(({ value }) => String(value));
    return {
      key: new Set([...of('access_key_id'), ...of('started_key')]),
      session: new Set(of('session_name')),
    };
  }
}
