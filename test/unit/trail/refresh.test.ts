import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isCancelled } from '../../../src/base/cancellation.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../../src/base/clock.ts';
import { UserError } from '../../../src/base/userError.ts';
import type { Trail } from '../../../src/trail/trail.ts';
import { awsError, type FakeCloudTrail, fakeCloudTrail, type Moods } from './fakeCloudTrail.ts';
import { ACCOUNT, OTHER_ACCOUNT, REGION, record } from './records.ts';
import { storedIds } from './storedIds.ts';
import { databaseFile, never, open, openIndexOf, source, trailOn } from './trailSetup.ts';
import { seededRandom, type VirtualClock, virtualClock } from './virtualClock.ts';

const NOW = Date.UTC(2026, 2, 10, 12, 0, 0);

function add(cloud: FakeCloudTrail, id: string, time: number, late = 0, region = REGION): void {
  const second = Math.floor(time / SECOND) * SECOND;
  cloud.add({
    id,
    region,
    time: second,
    visibleAt: second + late,
    record: record({ eventID: id, eventTime: new Date(second).toISOString(), awsRegion: region }),
  });
}

/** `count` events, evenly over the hours before now, each visible at once. */
function fill(cloud: FakeCloudTrail, count: number, hours = 10, region = REGION): void {
  for (let index = 0; index < count; index++)
    add(cloud, `${region}-${index}`, NOW - MINUTE - (index * hours * HOUR) / count, 0, region);
}

function setUp(t: import('node:test').TestContext, moods: Moods = {}) {
  const clock = virtualClock(NOW);
  const cloud = fakeCloudTrail(clock, moods);
  const file = databaseFile(t);
  const index = openIndexOf(t, file);
  return { clock, cloud, index, trail: trailOn(open(t, file), index, clock, cloud.connect) };
}

function refresh(trail: Trail, clock: VirtualClock, since = NOW - DAY, signal = never) {
  return clock.run(trail.refresh({ sources: [source()], since, signal }));
}

test('a refresh fetches everything, the next one only what is new', async t => {
  const { clock, cloud, index, trail } = setUp(t);
  fill(cloud, 230);
  assert.deepEqual(await refresh(trail, clock), { stored: 230, failed: [] });
  assert.equal(cloud.requests.length, 5);
  clock.set(NOW + HOUR);
  add(cloud, 'new', NOW + HOUR - MINUTE);
  assert.deepEqual(await refresh(trail, clock), { stored: 1, failed: [] });
  assert.equal(cloud.requests.length, 6, 'one page for the hour, none for the day before');
  assert.equal(new Set(storedIds(index)).size, 231);
});

test('an event that comes late is found by the overlap, once', async t => {
  const { clock, cloud, index, trail } = setUp(t);
  add(cloud, 'early', NOW - 10 * MINUTE);
  add(cloud, 'late', NOW - 10 * MINUTE, 14 * MINUTE);
  assert.equal((await refresh(trail, clock)).stored, 1);
  clock.set(NOW + 5 * MINUTE);
  assert.equal((await refresh(trail, clock)).stored, 1);
  assert.deepEqual(storedIds(index), ['early', 'late']);
});

test('this computer’s clock is an hour ahead: what AWS has not settled is read again', async t => {
  const { clock, cloud, index, trail } = setUp(t, { serverOffset: -HOUR });
  add(cloud, 'a', NOW - 2 * HOUR);
  await refresh(trail, clock);
  add(cloud, 'b', NOW - HOUR + 10 * MINUTE);
  clock.set(NOW + 20 * MINUTE);
  await refresh(trail, clock);
  assert.deepEqual(storedIds(index), ['a', 'b']);
});

test('cut off half-way, the next refresh goes on where it stopped', async t => {
  const cancelling = new AbortController();
  const { clock, cloud, index, trail } = setUp(t, {
    before: ({ number }) => {
      if (number === 4) cancelling.abort();
    },
    latencyMs: () => 10,
  });
  fill(cloud, 500);
  await assert.rejects(refresh(trail, clock, NOW - DAY, cancelling.signal), isCancelled);
  assert.equal(storedIds(index).length, 150);
  const before = cloud.requests.length;
  await refresh(trail, clock);
  assert.equal(new Set(storedIds(index)).size, 500);
  assert.ok(cloud.requests.length - before <= 10, 'it did not begin again with all ten pages and more');
});

test('a gap between two refreshes is known and closed', async t => {
  const cancelling = new AbortController();
  const { clock, cloud, index, trail } = setUp(t);
  fill(cloud, 60, 1);
  await refresh(trail, clock, NOW - HOUR);
  for (let index = 0; index < 200; index++) add(cloud, `later-${index}`, NOW + HOUR + index * 30 * SECOND);
  clock.set(NOW + 4 * HOUR);
  const cut = trail.refresh({
    sources: [source()],
    since: NOW - HOUR,
    signal: cancelling.signal,
    onProgress: () => cancelling.abort(),
  });
  await assert.rejects(clock.run(cut), isCancelled);
  assert.equal(storedIds(index).length, 110);
  const requests = async (): Promise<number> => {
    const before = cloud.requests.length;
    await refresh(trail, clock, NOW - HOUR);
    return cloud.requests.length - before;
  };
  assert.equal(await requests(), 5, 'what is new, and four pages for the gap');
  assert.equal(storedIds(index).length, 260);
  assert.equal(await requests(), 1, 'all of it is covered now');
});

test('a Region that fails is told, the others go on', async t => {
  const { clock, cloud, trail } = setUp(t, {
    before: ({ region }) => {
      if (region === 'eu-central-1') throw awsError('AccessDeniedException');
    },
  });
  fill(cloud, 10);
  fill(cloud, 10, 10, 'us-east-1');
  const outcome = await clock.run(
    trail.refresh({
      sources: [source([REGION, 'eu-central-1', 'us-east-1'])],
      since: NOW - DAY,
      signal: never,
    }),
  );
  assert.equal(outcome.stored, 20);
  const [failure, ...rest] = outcome.failed;
  assert.deepEqual(
    [failure?.region, failure?.accountId, failure?.error.code, rest.length],
    ['eu-central-1', ACCOUNT, 'aws.denied', 0],
  );
  assert.equal(
    failure?.error.message,
    'Agent copilot may not read CloudTrail in eu-central-1 in account 1111-2222-3333.',
  );
});

test('a session of another account is not used', async t => {
  const { clock, cloud, trail } = setUp(t);
  const { failed } = await clock.run(
    trail.refresh({
      sources: [{ ...source(), accountId: OTHER_ACCOUNT }],
      since: NOW - DAY,
      signal: never,
    }),
  );
  assert.equal(failed[0]?.error.code, 'trail.otherAccount');
  assert.equal(cloud.requests.length, 0);
});

test('a session that cannot be had is that Region’s failure, in its own words', async t => {
  const { clock, trail } = setUp(t);
  const error = new UserError('identity.expired', 'The session of agent copilot has ended.');
  const { failed } = await clock.run(
    trail.refresh({
      sources: [{ ...source(), session: () => Promise.reject(error) }],
      since: NOW - DAY,
      signal: never,
    }),
  );
  assert.equal(failed[0]?.error, error);
});

test('a fault of our own is thrown, not told as AWS’s', async t => {
  const { clock, cloud, index, trail } = setUp(t);
  fill(cloud, 10);
  index.db.script('DROP TABLE record');
  await assert.rejects(refresh(trail, clock), /record/);
});

test('a token that is refused: goes on below what is complete', async t => {
  let refused = 0;
  const { clock, cloud, index, trail } = setUp(t, {
    before: ({ request, number }) => {
      if (request.nextToken !== undefined && number % 3 === 0) {
        refused++;
        throw awsError('InvalidNextTokenException');
      }
    },
  });
  fill(cloud, 500);
  assert.equal((await refresh(trail, clock)).stored, 500);
  assert.ok(refused > 2);
  assert.equal(new Set(storedIds(index)).size, 500);
});

test('more events in one second than a page holds', async t => {
  const { clock, cloud, index, trail } = setUp(t);
  for (let index = 0; index < 170; index++) add(cloud, `same-${index}`, NOW - HOUR);
  await refresh(trail, clock);
  assert.equal(storedIds(index).length, 170);
});

test('Regions are read side by side, each at its own pace', async t => {
  const { clock, cloud, trail } = setUp(t);
  const regions = ['eu-west-1', 'eu-central-1', 'us-east-1', 'ap-south-1'];
  for (const region of regions) fill(cloud, 1000, 10, region);
  const { stored } = await clock.run(
    trail.refresh({ sources: [source(regions)], since: NOW - DAY, signal: never }),
  );
  assert.equal(stored, 4000);
  assert.ok(clock.now() - NOW <= 10 * SECOND, `took ${clock.now() - NOW} ms for 20 pages each`);
});

test('older events are loaded stretch by stretch, until CloudTrail has no more', async t => {
  const { clock, cloud, index, trail } = setUp(t);
  for (let day = 1; day <= 100; day++) add(cloud, `day-${day}`, NOW - day * DAY);
  await refresh(trail, clock, NOW - 2 * DAY - HOUR);
  assert.equal(storedIds(index).length, 2);
  const more = () => clock.run(trail.loadMore({ sources: [source()], signal: never }));
  assert.deepEqual(await more(), { stored: 7, failed: [] });
  assert.equal(trail.reachesBackTo({ accountId: ACCOUNT, region: REGION }), NOW - 9 * DAY - HOUR);
  let rounds = 1;
  while ((await more()).end === undefined) rounds++;
  assert.equal(rounds, 12);
  assert.equal(storedIds(index).length, 89, 'ninety days, less the moments that passed meanwhile');
  const before = cloud.requests.length;
  assert.equal((await more()).end, 'not in CloudTrail');
  assert.ok(cloud.requests.length - before <= 1);
});

test('CloudTrail is not asked for what it does not keep', async t => {
  const { clock, cloud, trail } = setUp(t);
  await refresh(trail, clock, NOW - 400 * DAY);
  assert.equal(cloud.requests[0]?.request.startTime, NOW - 90 * DAY);
});

test('two windows refresh one database at once', async t => {
  const file = databaseFile(t);
  const clock = virtualClock(NOW);
  const cloud = fakeCloudTrail(clock, { latencyMs: () => 300 });
  fill(cloud, 600);
  const window = () => trailOn(open(t, file), openIndexOf(t, file), clock, cloud.connect);
  const trails = [window(), window()];
  const outcomes = await clock.run(
    Promise.all(trails.map(trail => trail.refresh({ sources: [source()], since: NOW - DAY, signal: never }))),
  );
  assert.equal(
    outcomes.reduce((sum, { stored }) => sum + stored, 0),
    600,
    'each event was new to one of them',
  );
  assert.equal(storedIds(openIndexOf(t, file)).length, 600);
  const before = cloud.requests.length;
  await refresh(window(), clock);
  assert.equal(cloud.requests.length - before, 1, 'all of it is covered but the last quarter of an hour');
});

test('listeners hear of new events, and not of nothing new', async t => {
  const { clock, cloud, trail } = setUp(t);
  fill(cloud, 60);
  let heard = 0;
  trail.onChange(() => heard++);
  await refresh(trail, clock);
  assert.equal(heard, 2);
  await refresh(trail, clock);
  assert.equal(heard, 2);
});

test('looking a session up stores what it finds, and covers nothing', async t => {
  const { clock, cloud, index, trail } = setUp(t);
  fill(cloud, 20);
  const by = { roleSessionName: 'eu-west-1-7' };
  const ask = { accountId: ACCOUNT, region: REGION, session: source().session, by, since: NOW - DAY };
  assert.equal(await clock.run(trail.lookUp({ ...ask, signal: never })), 1);
  assert.deepEqual(cloud.requests[0]?.request.attribute, { key: 'Username', value: 'eu-west-1-7' });
  assert.deepEqual(storedIds(index), ['eu-west-1-7']);
  assert.equal((await refresh(trail, clock)).stored, 19);
});

for (const seed of [1, 2, 3, 4, 5, 6, 7, 8])
  test(`late, doubled, throttled, failing, cut off: no event lost, none twice (seed ${seed})`, async t => {
    const random = seededRandom(seed);
    const { clock, cloud, index, trail } = setUp(t, {
      pageSize: () => 1 + Math.floor(random() * 12),
      doubling: () => random() < 0.2,
      latencyMs: () => random() * (seed % 2 === 0 ? 5000 : 900),
      before: ({ request }) => {
        const luck = random();
        if (luck < 0.08) throw awsError('ThrottlingException');
        if (luck < 0.12) throw awsError('InternalFailure', 500);
        if (luck < 0.14) throw Object.assign(new Error('x'), { code: 'ECONNRESET' });
        if (luck < 0.16) throw awsError('UnrecognizedClientException');
        if (luck < 0.19 && request.nextToken !== undefined) throw awsError('InvalidNextTokenException');
      },
    });
    const regions = [REGION, 'us-east-1'];
    const count = 260;
    for (let index = 0; index < count; index++)
      add(
        cloud,
        `e-${index}`,
        NOW - 2 * HOUR + random() * 4 * HOUR,
        random() * 14 * MINUTE,
        regions[index % 2],
      );
    for (let round = 0; round < 14; round++) {
      const cancelling = new AbortController();
      const cutAfter = random() < 0.5 ? 1 + Math.floor(random() * 6) : Number.POSITIVE_INFINITY;
      let pages = 0;
      const running = trail.refresh({
        sources: [source(regions)],
        since: NOW - 2 * HOUR,
        signal: cancelling.signal,
        onProgress: () => {
          if (++pages >= cutAfter) cancelling.abort();
        },
      });
      await clock.run(running).catch((error: unknown) => assert.ok(isCancelled(error), String(error)));
      clock.set(clock.now() + random() * 20 * MINUTE);
    }
    clock.set(NOW + 3 * HOUR);
    for (let failed = 1; failed > 0; )
      failed = (
        await clock.run(trail.refresh({ sources: [source(regions)], since: NOW - 2 * HOUR, signal: never }))
      ).failed.length;
    const ids = storedIds(index);
    assert.equal(ids.length, count);
    assert.equal(new Set(ids).size, count);
  });
