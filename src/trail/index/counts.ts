/** What a batch adds to the roll-ups and to the events of actors: gathered first, so that each row is written once. */
import { HOUR } from '../../base/clock.ts';
import type { Database } from '../../store/database.ts';
import { type ActorEvent, ActorEvents } from './actorEvents.ts';
import { createBulk } from './bulk.ts';

export interface CountedEvent extends ActorEvent {
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

interface Count {
  readonly hour: number;
  readonly actor: number;
  readonly call: number;
  readonly place: number;
  readonly isError: boolean;
  events: number;
  latest: number;
}

export function createCounts(db: Database): Counts {
  const byHour = new Map<string | number, Count>();
  const callers = new Map<number, CallerCount>();
  const ofActors = new ActorEvents();
  const forget = (): void => {
    ofActors.forget();
    byHour.clear();
    callers.clear();
  };
  return {
    add(event) {
      count(byHour, event);
      countCaller(callers, event);
      ofActors.add(event);
    },
    write() {
      ofActors.write(db);
      const counts = [...byHour.values()].sort(
        (a, b) => a.hour - b.hour || a.actor - b.actor || a.call - b.call || a.place - b.place,
      );
      writeRollup(db, counts);
      writeTotals(db, counts);
      writeActivity(db, counts, kindsOf(db));
      writeCallers(db, [...callers.values()]);
      forget();
    },
    forget,
  };
}

/** Numbers up to these make one key; larger ones are rare and make a text. */
const SMALL = { actor: 2 ** 14, call: 2 ** 13, place: 2 ** 7 };

function count(counts: Map<string | number, Count>, event: CountedEvent): void {
  const { time, actor, call, place, isError } = event;
  const hour = Math.floor(time / HOUR);
  const isSmall =
    actor < SMALL.actor && call < SMALL.call && place < SMALL.place && hour >= 0 && hour < 2 ** 19;
  const key = isSmall
    ? ((hour * SMALL.actor + actor) * SMALL.call + call) * SMALL.place + place
    : `${hour} ${actor} ${call} ${place}`;
  const known = counts.get(key);
  if (known === undefined) {
    counts.set(key, { hour, actor, call, place, isError, events: 1, latest: time });
    return;
  }
  known.events++;
  if (time > known.latest) known.latest = time;
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

function writeRollup(db: Database, counts: readonly Count[]): void {
  const rows = createBulk(db, {
    insert: 'INSERT INTO rollup VALUES',
    columns: 6,
    rest: `ON CONFLICT DO UPDATE SET events = events + excluded.events, latest = max(latest, excluded.latest)`,
  });
  for (const { hour, actor, call, place, events, latest } of counts)
    rows.add(hour, actor, call, place, events, latest);
  rows.flush();
}

function writeTotals(db: Database, counts: readonly Count[]): void {
  const totals = new Map<string, Count>();
  for (const one of counts) {
    const key = `${one.actor} ${one.call} ${one.place}`;
    const known = totals.get(key);
    if (known === undefined) totals.set(key, { ...one });
    else {
      known.events += one.events;
      known.latest = Math.max(known.latest, one.latest);
    }
  }
  const rows = createBulk(db, {
    insert: 'INSERT INTO total VALUES',
    columns: 5,
    rest: `ON CONFLICT DO UPDATE SET events = events + excluded.events, latest = max(latest, excluded.latest)`,
  });
  for (const { actor, call, place, events, latest } of totals.values())
    rows.add(actor, call, place, events, latest);
  rows.flush();
}

function writeActivity(db: Database, counts: readonly Count[], kindOf: (actor: number) => string): void {
  const activity = new Map<string, { hour: number; kind: string; events: number; errors: number }>();
  for (const { hour, actor, isError, events } of counts) {
    const kind = kindOf(actor);
    const key = `${hour} ${kind}`;
    const known = activity.get(key) ?? { hour, kind, events: 0, errors: 0 };
    known.events += events;
    if (isError) known.errors += events;
    activity.set(key, known);
  }
  const rows = createBulk(db, {
    insert: 'INSERT INTO activity VALUES',
    columns: 4,
    rest: `ON CONFLICT DO UPDATE SET events = events + excluded.events, errors = errors + excluded.errors`,
  });
  for (const { hour, kind, events, errors } of activity.values()) rows.add(hour, kind, events, errors);
  rows.flush();
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
