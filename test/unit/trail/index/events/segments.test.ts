import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { HOUR, MINUTE } from '../../../../../src/base/clock.ts';
import { createEventKeys } from '../../../../../src/trail/index/eventKeys.ts';
import type { TrailIndex } from '../../../../../src/trail/index/openIndex.ts';
import { dropOlder } from '../../../../../src/trail/index/retention.ts';
import type { TrailFilter } from '../../../../../src/trail/trailFilter.ts';
import { queryGroups } from '../../../../../src/trail/trailGroups.ts';
import { type Cursor, queryEvents } from '../../../../../src/trail/trailQueries.ts';
import { createTrailStore } from '../../../../../src/trail/trailStore.ts';
import { ACCOUNT, knownOf, REGION, record, START } from '../../records.ts';
import { databaseFile, openIndexOf } from '../../trailSetup.ts';

const PEOPLE = ['alice', 'bob', 'carol'] as const;
const CALLS = ['PutObject', 'GetObject', 'DeleteObject'] as const;
const known = knownOf([], { users: [], agents: [] });

interface Happened {
  readonly id: number;
  readonly minute: number;
  readonly person: number;
  readonly call: number;
  readonly failed: boolean;
  readonly bucket: number;
}

const happened: fc.Arbitrary<Happened> = fc
  .record({ id: fc.nat(400), bucket: fc.nat(3), failed: fc.boolean() })
  // The same id is the same event: all else of it hangs on the id.
  .map(({ id, bucket, failed }) => ({
    ...{ id, failed: failed && id % 2 === 0, bucket: id % (bucket + 1) },
    ...{ minute: (id * 37) % 300, person: id % 3, call: (id >> 2) % 3 },
  }));

function json({ id, person, call, failed, bucket, minute }: Happened): string {
  return JSON.stringify(
    record({
      eventID: id % 5 === 0 ? `odd-${id}` : `00000000-0000-4000-8000-${String(id).padStart(12, '0')}`,
      eventTime: new Date(timeOf({ minute })).toISOString(),
      eventName: CALLS[call],
      userIdentity: {
        type: 'IAMUser',
        arn: `arn:aws:iam::${ACCOUNT}:user/${PEOPLE[person]}`,
        accountId: ACCOUNT,
        userName: PEOPLE[person],
      },
      requestParameters: { bucketName: `bucket-${bucket}` },
      resources: [{ ARN: `arn:aws:s3:::bucket-${bucket}` }],
      ...(failed ? { errorCode: 'AccessDenied' } : { errorCode: undefined }),
    }),
  );
}

function timeOf({ minute }: Pick<Happened, 'minute'>): number {
  return START + minute * MINUTE;
}

function computer(t: TestContext) {
  const index = openIndexOf(t, databaseFile(t));
  const store = createTrailStore(index);
  const keep = (events: readonly Happened[]): number =>
    store.keep(
      events.map(event => ({
        ...{ json: json(event), id: String(event.id), time: timeOf(event) },
        ...{ accountId: ACCOUNT, region: REGION },
      })),
      known,
    );
  return { index, store, keep };
}

function numbersOf(index: TrailIndex, filter: TrailFilter, limit: number): number[] {
  const found: number[] = [];
  for (let after: Cursor | undefined, isFirst = true; isFirst || after; isFirst = false) {
    const page = queryEvents(index, { filter, limit, ...(after && { after }) });
    found.push(...page.events.map(({ eventId }) => Number(/\d+$/.exec(eventId)?.[0])));
    after = page.next;
  }
  return found;
}

const filters: fc.Arbitrary<TrailFilter & { readonly is: (event: Happened) => boolean }> = fc.oneof(
  fc.constant({ is: () => true }),
  fc.nat(2).map(person => ({
    actor: PEOPLE[person] ?? '',
    is: (event: Happened) => event.person === person,
  })),
  fc.nat(2).map(call => ({ event: CALLS[call] ?? '', is: (event: Happened) => event.call === call })),
  fc.constant({ errorsOnly: true, is: ({ failed }: Happened) => failed }),
  fc.tuple(fc.nat(300), fc.nat(300)).map(([from, length]) => ({
    from: START + from * MINUTE,
    to: START + (from + length) * MINUTE,
    is: ({ minute }: Happened) => minute >= from && minute < from + length,
  })),
  fc.nat(3).map(bucket => ({ text: `bucket-${bucket}`, is: (event: Happened) => event.bucket === bucket })),
  fc.tuple(fc.nat(2), fc.nat(2)).map(([person, call]) => ({
    text: `${PEOPLE[person]} ${CALLS[call]?.slice(0, 4)}`,
    is: (event: Happened) => event.person === person && event.call === call,
  })),
);

test('whatever came, in whatever pieces, however often: each event once, newest first, for every filter', t => {
  fc.assert(
    fc.property(
      fc.array(fc.array(happened, { maxLength: 60 }), { maxLength: 12 }),
      fc.array(filters, { minLength: 3, maxLength: 3 }),
      fc.integer({ min: 1, max: 50 }),
      fc.option(fc.nat(5)),
      (pages, asked, limit, hours) => {
        const { index, keep } = computer(t);
        const all = new Map<number, Happened>();
        for (const page of pages) {
          keep(page);
          for (const event of page) if (!all.has(event.id)) all.set(event.id, event);
        }
        const since = hours === null ? 0 : START + hours * HOUR;
        index.db.transaction(() => dropOlder(index, since));
        const kept = [...all.values()].filter(event => timeOf(event) >= since);
        for (const { is, ...filter } of asked) {
          isFound(index, filter, limit, kept.filter(is));
          isCounted(index, filter, kept.filter(is));
        }
      },
    ),
    { numRuns: 60 },
  );
});

function isFound(index: TrailIndex, filter: TrailFilter, limit: number, wanted: readonly Happened[]): void {
  const found = numbersOf(index, filter, limit);
  assert.deepEqual(found.toSorted(up), wanted.map(({ id }) => id).toSorted(up));
  const minutes = found.map(id => wanted.find(event => event.id === id)?.minute ?? 0);
  assert.deepEqual(minutes, minutes.toSorted(up).reverse(), 'newest first');
}

function isCounted(index: TrailIndex, filter: TrailFilter, wanted: readonly Happened[]): void {
  for (const by of ['actor', 'day', 'deployment'] as const) {
    const groups = queryGroups(index, by, filter);
    const sum = (of: 'count' | 'errors'): number => groups.reduce((all, group) => all + group[of], 0);
    assert.equal(sum('count'), wanted.length, by);
    assert.equal(sum('errors'), wanted.filter(({ failed }) => failed).length, by);
    if (wanted.length > 0)
      assert.equal(groups[0]?.latest, Math.max(...wanted.map(timeOf)), `${by}: the newest`);
  }
}

function up(one: number, other: number): number {
  return one - other;
}

const one = (id: number): Happened => ({ id, minute: id, person: 0, call: 0, failed: false, bucket: 0 });
const many = (from: number, count: number): Happened[] =>
  Array.from({ length: count }, (_, index) => ({ ...one(from + index), minute: (from + index) % 300 }));

test('pages of fifty become one segment, until it has some thousand events', t => {
  const { index, keep } = computer(t);
  for (let page = 0; page < 60; page++) keep(many(page * 50, 50));
  const segments = index.segments().within(0, Number.MAX_SAFE_INTEGER);
  assert.deepEqual(segments.map(({ events }) => events).toSorted(up), [1000, 2000]);
});

test('numbers of events that went are not given again', t => {
  const { index, keep } = computer(t);
  keep(many(0, 10));
  const last = index.segments().last()?.lastSeq;
  index.db.transaction(() => dropOlder(index, START + 24 * HOUR));
  assert.equal(index.segments().last(), undefined);
  keep([one(1000)]);
  assert.ok((index.segments().last()?.firstSeq ?? 0) > (last ?? 0));
});

test('what a transaction that failed had made is nowhere, in no memory either', t => {
  const { index, store, keep } = computer(t);
  keep(many(0, 10));
  const before = numbersOf(index, {}, 100);
  for (const table of ['segment', 'rollup', 'record']) {
    index.db.script(
      `CREATE TRIGGER full BEFORE INSERT ON ${table} BEGIN SELECT RAISE(ABORT, 'disk full'); END`,
    );
    assert.throws(() => keep(many(10, 10)), /disk full/);
    index.db.script('DROP TRIGGER full');
  }
  assert.deepEqual(numbersOf(index, {}, 100), before);
  assert.equal(keep(many(10, 10)), 10);
  assert.equal(numbersOf(index, {}, 100).length, 20);
  assert.equal(store.size(), 20);
});

test('another window sees a segment that has grown as it is now', t => {
  const file = databaseFile(t);
  const [mine, other] = [openIndexOf(t, file), openIndexOf(t, file)];
  const keepIn = (index: TrailIndex, id: number): number =>
    createTrailStore(index).keep(
      [{ json: json(one(id)), id: String(id), time: timeOf(one(id)), accountId: ACCOUNT, region: REGION }],
      known,
    );
  for (let id = 0; id < 20; id++) {
    assert.equal(keepIn(id % 2 === 0 ? mine : other, id), 1);
    assert.equal(keepIn(id % 2 === 0 ? other : mine, id), 0, 'and knows that the event is there');
    for (const index of [mine, other]) assert.equal(numbersOf(index, {}, 7).length, id + 1);
  }
});

test('another window does not take a new segment for one that went', t => {
  const file = databaseFile(t);
  const [mine, other] = [openIndexOf(t, file), openIndexOf(t, file)];
  const keepIn = (id: number): number =>
    createTrailStore(mine).keep(
      [{ json: json(one(id)), id: String(id), time: timeOf(one(id)), accountId: ACCOUNT, region: REGION }],
      known,
    );
  keepIn(1);
  assert.deepEqual(numbersOf(other, {}, 7), [1]);
  mine.db.transaction(() => dropOlder(mine, START + 24 * HOUR));
  keepIn(2);
  assert.deepEqual(numbersOf(other, {}, 7), [2]);
});

test('segments whose times lie across one another are read as one', t => {
  const { index, keep } = computer(t);
  const lots = [many(0, 2500), many(2500, 2500), many(5000, 2500)];
  for (const lot of lots) keep(lot);
  assert.equal(index.segments().within(0, Number.MAX_SAFE_INTEGER).length, 3);
  const minutes = numbersOf(index, {}, 400).map(id => id % 300);
  assert.equal(minutes.length, 7500);
  assert.deepEqual(minutes, minutes.toSorted(up).reverse());
});

test('an event is found by its id alone, on whatever day it happened', t => {
  const { index, keep } = computer(t);
  const days = [0, 1, 40, 400].map((day, id) => ({ ...one(id + 1), minute: day * 24 * 60 }));
  keep(days);
  const keys = createEventKeys(index);
  for (const { id } of days) {
    const eventId = id % 5 === 0 ? `odd-${id}` : `00000000-0000-4000-8000-${String(id).padStart(12, '0')}`;
    assert.ok(keys.find(ACCOUNT, eventId) !== undefined, eventId);
    assert.equal(keys.find('999999999999', eventId), undefined);
  }
});

function uuid(id: number): string {
  return `00000000-0000-4000-8000-${String(id).padStart(12, '0')}`;
}

/** How often the keys of events are asked for. */
function askedIn(index: TrailIndex): () => number {
  const { all } = index.db;
  let asked = 0;
  index.db.all = (sql, ...values) => {
    if (sql.includes('event_key')) asked++;
    return all(sql, ...values);
  };
  return () => asked;
}

test('the events of a leak are looked up together, and only in the days that it was seen in', t => {
  const { index, keep } = computer(t);
  keep(many(0, 100));
  const asked = askedIn(index);
  const names = Array.from({ length: 50 }, (_, at) => at * 5 + 1)
    .filter(id => id < 100)
    .map(id => ({ accountId: ACCOUNT, eventId: uuid(id) }));
  const count = (within?: { from: number; to: number }): number => {
    const among = names.map(name => ({ ...name, ...(within && { within }) }));
    return queryEvents(index, { filter: { among }, limit: 100 }).events.length;
  };
  assert.equal(count(), names.length);
  assert.equal(asked(), 1);
  assert.equal(count({ from: START, to: START + 5 * HOUR }), names.length);
  assert.equal(count({ from: START - 24 * HOUR, to: START + 24_000 * 24 * HOUR }), names.length);
  assert.equal(count({ from: START - 72 * HOUR, to: START - 48 * HOUR }), 0);
});

test('a word is looked up as the id of an event only where it can be one', t => {
  const { index, keep } = computer(t);
  keep([1, 2, 3].map(one));
  const asked = askedIn(index);
  assert.deepEqual(numbersOf(index, { text: 'nothing-of-that-name' }, 9), []);
  assert.equal(asked(), 0, 'a word');
  assert.deepEqual(numbersOf(index, { text: uuid(2) }, 9), [2]);
  assert.equal(asked(), 1, 'a UUID, in all accounts');
  keep([one(5)]);
  assert.deepEqual(numbersOf(index, { text: 'odd-5' }, 9), [5]);
});
