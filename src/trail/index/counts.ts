/** What a batch adds to the roll-ups and to the events of actors: gathered first, so that each row is written once. */
import { HOUR } from '../../base/clock.ts';
import type { Database } from '../../store/database.ts';
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
    const rollup = createBulk(db, { insert: 'INSERT INTO rollup VALUES', columns: 6, rest: SUM });
    const total = createBulk(db, { insert: 'INSERT INTO total VALUES', columns: 5, rest: SUM });
    const activity = new Activity(db);
    const totals = new Tallies();
    this.#each(({ hour, actor, call, place, isError, events, latest }) => {
      rollup.add(hour, actor, call, place, events, latest);
      activity.add({ hour, actor, events, latest, isError });
      const isSmall = actor < SMALL.actor && call < SMALL.call && place < SMALL.place;
      if (isSmall) totals.add((actor * SMALL.call + call) * SMALL.place + place, events, latest, isError);
      else total.add(actor, call, place, events, latest);
    });
    totals.each((key, events, latest) => total.add(...partsOf(key), events, latest));
    rollup.flush();
    total.flush();
    activity.write();
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

function partsOf(key: number): [actor: number, call: number, place: number] {
  const calls = Math.floor(key / SMALL.place);
  return [Math.floor(calls / SMALL.call), calls % SMALL.call, key % SMALL.place];
}

export const SUM =
  'ON CONFLICT DO UPDATE SET events = events + excluded.events, latest = max(latest, excluded.latest)';

/** The time of an event that was never. */
export const NEVER = Number.MIN_SAFE_INTEGER;

export const SUM_OF_ACTIVITY = `ON CONFLICT DO UPDATE SET events = events + excluded.events,
  errors = errors + excluded.errors, latest = max(latest, excluded.latest),
  latest_error = max(latest_error, excluded.latest_error)`;

interface Sums {
  events: number;
  errors: number;
  latest: number;
  latestError: number;
}

/** Per hour and kind of actor. */
class Activity {
  readonly #db: Database;
  readonly #kindOf: (actor: number) => string;
  readonly #hours = new Map<number, Map<string, Sums>>();

  constructor(db: Database) {
    this.#db = db;
    this.#kindOf = kindsOf(db);
  }

  add({ hour, actor, events, latest, isError }: Omit<Count, 'call' | 'place'>): void {
    const kind = this.#kindOf(actor);
    const kinds = this.#hours.get(hour) ?? new Map<string, Sums>();
    const sums = kinds.get(kind) ?? { events: 0, errors: 0, latest: NEVER, latestError: NEVER };
    this.#hours.set(hour, kinds);
    kinds.set(kind, sums);
    sums.events += events;
    sums.latest = Math.max(sums.latest, latest);
    if (!isError) return;
    sums.errors += events;
    sums.latestError = Math.max(sums.latestError, latest);
  }

  write(): void {
    const rows = createBulk(this.#db, {
      insert: 'INSERT INTO activity VALUES',
      columns: 6,
      rest: SUM_OF_ACTIVITY,
    });
    for (const [hour, kinds] of this.#hours)
      for (const [kind, { events, errors, latest, latestError }] of kinds)
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
