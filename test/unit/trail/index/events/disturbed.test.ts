import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { HOUR, MINUTE } from '../../../../../src/base/clock.ts';
import { queryDeployment } from '../../../../../src/trail/deploymentEvents.ts';
import { weight } from '../../../../../src/trail/index/moveEvents.ts';
import { onIndex, type TrailIndex } from '../../../../../src/trail/index/openIndex.ts';
import { queryEvents } from '../../../../../src/trail/trailQueries.ts';
import { createTrailStore } from '../../../../../src/trail/trailStore.ts';
import { ACCOUNT, knownOf, REGION, record, START } from '../../records.ts';
import { databaseFile, openIndexOf } from '../../trailSetup.ts';

function keep(index: TrailIndex, ids: readonly number[], bucketOf = (_id: number) => 'bucket'): void {
  const events = ids.map(id => {
    const time = START + id * MINUTE;
    const json = JSON.stringify(
      record({
        eventID: `e-${id}`,
        eventTime: new Date(time).toISOString(),
        requestParameters: { bucketName: bucketOf(id) },
      }),
    );
    return { json, id: `e-${id}`, time, accountId: ACCOUNT, region: REGION };
  });
  createTrailStore(index).keep(events, knownOf([]));
}

function twoWindows(t: TestContext): [TrailIndex, TrailIndex] {
  const file = databaseFile(t);
  return [openIndexOf(t, file), openIndexOf(t, file)];
}

/** Another window keeps an event whenever this one has listed its segments, before it reads their columns. */
function disturb(index: TrailIndex, other: TrailIndex, ids: Iterator<number>): void {
  const segments = index.segments();
  const { within } = segments;
  segments.within = (...time) => {
    const listed = within(...time);
    const { value, done } = ids.next();
    if (!done) keep(other, [value]);
    return listed;
  };
}

test('a question whose segment another window replaces meanwhile is asked again', t => {
  const [mine, other] = twoWindows(t);
  keep(mine, [1]);
  disturb(mine, other, [2, 3, 4].values());
  const ids = onIndex(mine, () => queryEvents(mine, { limit: 9 })).events.map(({ eventId }) => eventId);
  assert.deepEqual(ids, ['e-4', 'e-3', 'e-2', 'e-1']);
});

test('a window that is disturbed without end says so, and does not hang', t => {
  const [mine, other] = twoWindows(t);
  keep(mine, [1]);
  disturb(mine, other, Array.from({ length: 500 }, (_, id) => id + 2).values());
  assert.throws(() => onIndex(mine, () => queryEvents(mine, { limit: 9 })));
});

test("of resources only those of a deployment's time are compared with its names", t => {
  const [index] = twoWindows(t);
  const numbers = Array.from({ length: 500 }, (_, number) => number);
  keep(index, numbers, id => `bucket-${id}`);
  const { get } = index.db;
  const compared: number[] = [];
  index.db.get = (sql, ...values) => {
    if (sql.includes('instr(resource.name')) compared.push(JSON.parse(String(values[0])).length);
    return get(sql, ...values);
  };
  const trace = { accountId: ACCOUNT, deploymentId: 'd', sessionNames: [], accessKeyIds: [] };
  const found = queryDeployment(index, {
    ...trace,
    resourceNames: ['bucket-490', 'bucket-3'],
    from: START + 8 * HOUR,
    to: START + 10 * HOUR,
  });
  assert.deepEqual(
    found.map(({ eventId }) => eventId),
    ['e-490'],
  );
  assert.deepEqual(compared, [20]);
});

test('a verdict whose few events lie among very many is no work of milliseconds', t => {
  const [index] = twoWindows(t);
  keep(index, [1, 2]);
  const [segment] = index.segments().within(0, Number.MAX_SAFE_INTEGER);
  assert.ok(segment);
  const move = { callers: [1], before: 1, after: 2 };
  assert.ok(weight(index, move) < 10);
  const wide = { ...index.segments(), within: () => Array(30).fill({ ...segment, events: 48_000 }) };
  assert.ok(weight({ db: index.db, segments: () => wide }, move) > 1000);
});
