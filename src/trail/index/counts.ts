/** What a transaction adds to the roll-ups: gathered first, so that each row is written once. */
import { HOUR } from '../../base/clock.ts';
import type { Database } from '../../store/database.ts';
import { ActorCounts, NEVER } from './actorCounts.ts';
import { createBulk } from './bulk.ts';
import { Tallies } from './tallies.ts';

export interface CountedEvent {
  readonly time: number;
  readonly actor: number;
  readonly caller: number;
  readonly call: number;
  readonly isError: boolean;
  readonly place: number;
}

export interface Counts {
  add(event: CountedEvent): void;
  /** Inside of the transaction whose events they count. */
  write(): void;
  forget(): void;
}

export function createCounts(db: Database): Counts {
  let counted = new Counted();
  const callers = new Map<number, CallerCount>();
  const forget = (): void => {
    counted = new Counted();
    callers.clear();
  };
  return {
    add(event) {
      counted.add(event);
      countCaller(callers, event);
    },
    write() {
      counted.write(db);
      writeCallers(db, [...callers.values()]);
      forget();
    },
    forget,
  };
}

interface Count {
  readonly hour: number;
  readonly actor: number;
  readonly call: number;
  readonly place: number;
  readonly isError: boolean;
  events: number;
  latest: number;
}

/** Numbers up to these make one key of 53 bits, all that a number can hold; larger ones are rare and make a text. */
const SMALL = { actor: 2 ** 14, call: 2 ** 13, place: 2 ** 7 };

class Counted {
  readonly #small = new Tallies();
  readonly #large = new Map<string, Count>();

  add({ time, actor, call, place, isError }: CountedEvent): void {
    const hour = Math.floor(time / HOUR);
    const isSmall =
      actor < SMALL.actor && call < SMALL.call && place < SMALL.place && hour >= 0 && hour < 2 ** 19;
    if (isSmall) {
      const key = ((hour * SMALL.actor + actor) * SMALL.call + call) * SMALL.place + place;
      this.#small.add(key, 1, time, isError);
      return;
    }
    const key = `${hour} ${actor} ${call} ${place}`;
    const known = this.#large.get(key);
    if (known === undefined) {
      this.#large.set(key, { hour, actor, call, place, isError, events: 1, latest: time });
      return;
    }
    known.events++;
    known.latest = Math.max(known.latest, time);
  }

  write(db: Database): void {
    const rollup = createBulk(db, {
      insert: 'INSERT OR FAIL INTO rollup VALUES',
      columns: 6,
      rest: SUM,
    });
    const total = createBulk(db, {
      insert: 'INSERT OR FAIL INTO total VALUES',
      columns: 5,
      rest: SUM,
    });
    const activity = new Activity(db);
    const actors = new ActorCounts();
    const totals = new Tallies();
    this.#each(({ hour, actor, call, place, isError, events, latest }) => {
      rollup.add(hour, actor, call, place, events, latest);
      activity.add(hour, actor, events, latest, isError);
      actors.add(actor, events, latest, isError);
      const isSmall = actor < SMALL.actor && call < SMALL.call && place < SMALL.place;
      if (isSmall) totals.add((actor * SMALL.call + call) * SMALL.place + place, events, latest, isError);
      else total.add(actor, call, place, events, latest);
    });
    totals.each((key, events, latest) => total.add(...partsOf(key), events, latest));
    rollup.flush();
    total.flush();
    activity.write();
    actors.write(db);
  }

  /** In the order in which the roll-ups have them. */
  #each(take: (count: Count) => void): void {
    this.#small.each((key, events, latest, isError) => {
      const hour = Math.floor(key / (SMALL.actor * SMALL.call * SMALL.place));
      const [actor, call, place] = partsOf(key - hour * (SMALL.actor * SMALL.call * SMALL.place));
      take({ hour, actor, call, place, events, latest, isError });
    });
    for (const count of this.#large.values()) take(count);
  }
}

/** By subtraction: `%` of numbers this large is slow. */
function partsOf(key: number): [actor: number, call: number, place: number] {
  const calls = Math.floor(key / SMALL.place);
  const actor = Math.floor(calls / SMALL.call);
  return [actor, calls - actor * SMALL.call, key - calls * SMALL.place];
}

/** What follows rows that are added to those of `rollup` or `total`; a count may be less than nothing. */
export const SUM =
  'ON CONFLICT DO UPDATE SET events = events + excluded.events, latest = max(latest, excluded.latest)';

/** The same for `activity`. */
export const SUM_OF_ACTIVITY = `
  ON CONFLICT DO UPDATE SET events = events + excluded.events, errors = errors + excluded.errors,
    latest = max(latest, excluded.latest), latest_error = max(latest_error, excluded.latest_error)`;

interface Sums {
  readonly hour: number;
  readonly kind: string;
  events: number;
  errors: number;
  latest: number;
  latestError: number;
}

/** Per hour and kind of actor. */
class Activity {
  readonly #db: Database;
  readonly #kindOf: (actor: number) => string;
  readonly #sums = new Map<string, Sums>();
  /** Counts come by hour and actor, so what the one before was added to is mostly wanted again. */
  #last: Sums | undefined;
  #lastActor = 0;

  constructor(db: Database) {
    this.#db = db;
    this.#kindOf = kindsOf(db);
  }

  add(hour: number, actor: number, events: number, latest: number, isError: boolean): void {
    const sums = this.#last?.hour === hour && this.#lastActor === actor ? this.#last : this.#of(hour, actor);
    sums.events += events;
    if (latest > sums.latest) sums.latest = latest;
    if (!isError) return;
    sums.errors += events;
    if (latest > sums.latestError) sums.latestError = latest;
  }

  #of(hour: number, actor: number): Sums {
    const kind = this.#kindOf(actor);
    const key = `${hour} ${kind}`;
    const none = { hour, kind, events: 0, errors: 0, latest: NEVER, latestError: NEVER };
    const sums = this.#sums.get(key) ?? none;
    this.#sums.set(key, sums);
    this.#last = sums;
    this.#lastActor = actor;
    return sums;
  }

  write(): void {
    const insert = 'INSERT OR FAIL INTO activity (hour, kind, events, errors, latest, latest_error) VALUES';
    const rows = createBulk(this.#db, { insert, columns: 6, rest: SUM_OF_ACTIVITY });
    for (const { hour, kind, events, errors, latest, latestError } of this.#sums.values())
      rows.add(hour, kind, events, errors, latest, latestError);
    rows.flush();
  }
}

interface CallerCount {
  readonly caller: number;
  events: number;
  errors: number;
  first: number;
  last: number;
}

function countCaller(callers: Map<number, CallerCount>, { caller, isError, time }: CountedEvent): void {
  const known = callers.get(caller);
  if (known === undefined) {
    callers.set(caller, { caller, events: 1, errors: Number(isError), first: time, last: time });
    return;
  }
  known.events++;
  known.errors += Number(isError);
  if (time < known.first) known.first = time;
  if (time > known.last) known.last = time;
}

function writeCallers(db: Database, callers: readonly CallerCount[]): void {
  for (const { caller, events, errors, first, last } of callers)
    db.run(
      `UPDATE caller SET events = events + ?, errors = errors + ?, first_time = min(first_time, ?),
         last_time = max(last_time, ?) WHERE id = ?`,
      events,
      errors,
      first,
      last,
      caller,
    );
}

function kindsOf(db: Database): (actor: number) => string {
  const kinds = new Map<number, string>();
  return actor => {
    const kind = kinds.get(actor) ?? String(db.get('SELECT kind FROM actor WHERE id = ?', actor)?.['kind']);
    kinds.set(actor, kind);
    return kind;
  };
}
