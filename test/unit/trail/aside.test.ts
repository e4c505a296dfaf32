/** What is more than some milliseconds' work happens in a thread, and means the same. */
import assert from 'node:assert/strict';
import { dirname } from 'node:path';
import { type TestContext, test } from 'node:test';
import { isCancelled } from '../../../src/base/cancellation.ts';
import { SECOND } from '../../../src/base/clock.ts';
import { createAside } from '../../../src/trail/aside/aside.ts';
import type { Known } from '../../../src/trail/attribution/attribution.ts';
import type { TrailEvent } from '../../../src/trail/trailEvent.ts';
import { createTrailStore } from '../../../src/trail/trailStore.ts';
import { fakeCloudTrail } from './fakeCloudTrail.ts';
import { alice, event, iamUser, knownOf, START } from './records.ts';
import { databaseFile, IMPORT_WORKER, open, openIndexOf, trailOn } from './trailSetup.ts';
import { virtualClock } from './virtualClock.ts';

function setUp(t: TestContext, events: readonly TrailEvent[]) {
  const clock = virtualClock(START);
  const file = databaseFile(t);
  const index = openIndexOf(t, file);
  const now: { known: Partial<Known> } = { known: { users: [], agents: [] } };
  const trail = trailOn(open(t, file), index, clock, fakeCloudTrail(clock).connect, () => now.known);
  t.after(() => trail.dispose());
  createTrailStore(index).keep(events, knownOf([], { users: [], agents: [] }));
  let heard = 0;
  trail.onChange(() => heard++);
  const names = (): string =>
    trail
      .groups('actor')
      .map(({ label, count }) => `${label} ${count}`)
      .join();
  return { index, now, trail, names, heard: () => heard };
}

const many = (count: number, keys: number): TrailEvent[] =>
  Array.from({ length: count }, (_, number) =>
    event({
      eventID: `e-${number}`,
      eventTime: new Date(START + number * SECOND).toISOString(),
      userIdentity: iamUser({ accessKeyId: `AKIA${number % keys}` }),
    }),
  );

for (const [what, events] of [
  ['many callers', many(300, 300)],
  ['one caller of many events', many(3000, 1)],
] as const)
  test(`a profile changes the verdicts of ${what}: later, all at once, and listeners hear of it`, async t => {
    const { now, trail, names, heard } = setUp(t, events);
    now.known = { users: [{ ...alice, name: 'alice-dev' }], agents: [] };
    assert.equal(names(), `alice ${events.length}`);
    await trail.upToDate();
    assert.equal(names(), `alice-dev ${events.length}`);
    assert.equal(heard(), 1);
    await trail.upToDate();
    assert.equal(heard(), 1);
  });

test('one of few changes them at once', t => {
  const { now, names } = setUp(t, many(300, 30));
  now.known = { users: [{ ...alice, name: 'alice-dev' }], agents: [] };
  assert.equal(names(), 'alice-dev 300');
});

test('groups and events, asked aside, are those that are asked here', async t => {
  const { trail } = setUp(t, many(300, 30));
  const filter = { text: 'alice s3' };
  assert.deepEqual(await trail.aside.groups('actor', filter), trail.groups('actor', filter));
  const ask = { filter, limit: 20 };
  assert.deepEqual(await trail.aside.events(ask), trail.events(ask));
});

test('a question that is cancelled ends at once, and the next one is answered', async t => {
  const { trail } = setUp(t, many(10, 1));
  const cancelling = new AbortController();
  const cut = trail.aside.groups('actor', { text: 's3' }, cancelling.signal);
  cancelling.abort();
  await assert.rejects(cut, isCancelled);
  assert.equal((await trail.aside.groups('actor', { text: 's3' })).length, 1);
});

test('an index that cannot be opened is told in words', async t => {
  const ledgerFile = databaseFile(t);
  const aside = createAside({ worker: IMPORT_WORKER, indexFile: dirname(ledgerFile), ledgerFile });
  t.after(() => aside.dispose());
  await assert.rejects(aside.ask({ is: 'groups', by: 'actor', filter: {} }), {
    code: 'trail.indexUnreachable',
  });
});
