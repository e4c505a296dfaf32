/** The counts of some transactions are what one gets by counting their events again. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUR } from '../../../../src/base/clock.ts';
import { NEVER } from '../../../../src/trail/index/actorCounts.ts';
import { type CountedEvent, createCounts } from '../../../../src/trail/index/counts.ts';
import { databaseFile, openIndexOf } from '../trailSetup.ts';
import { seededRandom } from '../virtualClock.ts';

const KINDS = ['user', 'agent', 'service'];

function events(seed: number, top: { actor: number; call: number }): CountedEvent[] {
  const random = seededRandom(seed);
  const upTo = (most: number): number => Math.floor(random() * most);
  return Array.from({ length: 2000 }, () => {
    const call = (random() < 0.5 ? 0 : top.call) + upTo(6);
    return {
      // Also before 1970.
      time: (upTo(6) - 2) * HOUR + upTo(HOUR),
      actor: (random() < 0.5 ? 1 : top.actor) + upTo(3),
      call,
      isError: call % 6 === 0,
      place: 1 + upTo(2),
      caller: 1,
    };
  });
}

interface Sum {
  events: number;
  errors: number;
  latest: number;
  latestError: number;
}

function counted(all: readonly CountedEvent[], keyOf: (event: CountedEvent) => string): Map<string, Sum> {
  const sums = new Map<string, Sum>();
  for (const event of all) {
    const before = sums.get(keyOf(event)) ?? { events: 0, errors: 0, latest: NEVER, latestError: NEVER };
    sums.set(keyOf(event), {
      events: before.events + 1,
      errors: before.errors + Number(event.isError),
      latest: Math.max(before.latest, event.time),
      latestError: event.isError ? Math.max(before.latestError, event.time) : before.latestError,
    });
  }
  return sums;
}

/** What was kept as one number, what is too large for that, and both at once. */
for (const [name, top] of Object.entries({
  'small numbers': { actor: 4, call: 7 },
  'large actors': { actor: 2 ** 14 - 1, call: 7 },
  'large calls': { actor: 4, call: 2 ** 13 - 1 },
}))
  test(`counts of ${name}, over two transactions`, t => {
    const { db } = openIndexOf(t, databaseFile(t));
    const pages = [events(1, top), events(2, top)];
    const all = pages.flat();
    const kindOf = (actor: number): string => KINDS[actor % KINDS.length] ?? '';
    for (const actor of new Set(all.map(event => event.actor)))
      db.run(
        `INSERT INTO actor (id, kind, name, on_behalf_of, account_id) VALUES (?, ?, ?, '', '')`,
        ...[actor, kindOf(actor), String(actor)],
      );
    const counts = createCounts(db);
    for (const page of pages)
      db.transaction(() => {
        for (const event of page) counts.add(event);
        counts.write();
      });
    const hourOf = ({ time }: CountedEvent): number => Math.floor(time / HOUR);
    const table = (sql: string, columns: number): unknown =>
      new Map(
        db.all(sql).map(row => {
          const values = Object.values(row);
          return [values.slice(0, columns).join(' '), values.slice(columns)];
        }),
      );
    const expected = (keyOf: (event: CountedEvent) => string, pick: (sum: Sum) => number[]): unknown =>
      new Map([...counted(all, keyOf)].map(([key, sum]) => [key, pick(sum)]));
    const latest = ({ events, latest }: Sum): number[] => [events, latest];
    assert.deepEqual(
      table('SELECT hour, actor, call, place, events, latest FROM rollup', 4),
      expected(event => [hourOf(event), event.actor, event.call, event.place].join(' '), latest),
    );
    assert.deepEqual(
      table('SELECT actor, call, place, events, latest FROM total', 3),
      expected(({ actor, call, place }) => [actor, call, place].join(' '), latest),
    );
    assert.deepEqual(
      table('SELECT id, all_events, all_errors, all_latest FROM actor', 1),
      expected(
        ({ actor }) => String(actor),
        ({ events, errors, latest }) => [events, errors, latest],
      ),
    );
    assert.deepEqual(
      table('SELECT hour, kind, events, errors, latest, latest_error FROM activity', 2),
      expected(
        event => [hourOf(event), kindOf(event.actor)].join(' '),
        sum => [sum.events, sum.errors, sum.latest, sum.latestError],
      ),
    );
  });
