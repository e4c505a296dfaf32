/** What is to be kept is kept to whenever CloudTrail is read, not only when files are imported. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { DAY, HOUR, MINUTE, SECOND } from '../../../src/base/clock.ts';
import { keepTo } from '../../../src/trail/aside/keep.ts';
import type { Keeping } from '../../../src/trail/import/messages.ts';
import { beginImport } from '../../../src/trail/import/underWay.ts';
import type { TrailIndex } from '../../../src/trail/index/openIndex.ts';
import { usedBytes } from '../../../src/trail/index/retention.ts';
import { fakeCloudTrail } from './fakeCloudTrail.ts';
import { ACCOUNT, iamUser, REGION, record } from './records.ts';
import { storedIds } from './storedIds.ts';
import { databaseFile, never, open, openIndexOf, source, trailOn } from './trailSetup.ts';
import { virtualClock } from './virtualClock.ts';

const NOW = Date.UTC(2026, 2, 10, 12, 0, 0);
const ALL: Keeping = { since: 0, maxBytes: 2 ** 40 };

/** An event an hour, of a key of its own, back from now. */
function setUp(t: TestContext, hours: number) {
  const clock = virtualClock(NOW);
  const cloud = fakeCloudTrail(clock);
  for (let hour = 0; hour < hours; hour++) {
    const time = NOW - hour * HOUR - MINUTE;
    const userIdentity = iamUser({ accessKeyId: `AKIA${hour}`, arn: `arn:aws:iam::${ACCOUNT}:user/${hour}` });
    const own = { eventID: `${hour}`, eventTime: new Date(time).toISOString(), userIdentity };
    cloud.add({ id: `${hour}`, region: REGION, time, visibleAt: time, record: record(own) });
  }
  const file = databaseFile(t);
  const index = openIndexOf(t, file);
  const trail = trailOn(open(t, file), index, clock, cloud.connect);
  t.after(() => trail.dispose());
  const begin = (keeping: Keeping) =>
    trail.refresh({ sources: [source()], since: NOW - 20 * DAY, keeping, signal: never });
  return {
    ...{ clock, cloud, index, trail },
    refresh: (keeping: Keeping) => clock.run(begin(keeping)),
    /** When something goes, a thread lets it go, in real time; then CloudTrail is read. */
    async refreshAndLetGo(keeping: Keeping) {
      const gone = new Promise<void>(resolve => trail.onChange(resolve));
      const refreshing = begin(keeping);
      await gone;
      await clock.run(refreshing);
    },
  };
}

function callersIn({ db }: TrailIndex): unknown {
  return db.get('SELECT count(*) AS n FROM caller')?.['n'];
}

test('what is older than is to be kept goes, by days, and is not asked for again', async t => {
  const { cloud, index, refresh, refreshAndLetGo } = setUp(t, 240);
  await refresh(ALL);
  assert.equal(storedIds(index).length, 240);
  const asked = cloud.requests.length;
  const since = NOW - 3 * DAY;
  await refreshAndLetGo({ ...ALL, since });
  const oldest = Math.floor(since / DAY) * DAY;
  assert.equal(storedIds(index).length, Math.ceil((NOW - MINUTE - oldest) / HOUR));
  for (const { request } of cloud.requests.slice(asked)) assert.ok((request.startTime ?? 0) >= since);
  assert.equal(callersIn(index), storedIds(index).length);
});

test('an index that is too large grows smaller, and does not read again what went', async t => {
  const { cloud, index, refresh, refreshAndLetGo } = setUp(t, 400);
  await refresh(ALL);
  const most = usedBytes(index.db) * 0.8;
  await refreshAndLetGo({ ...ALL, maxBytes: most });
  const left = storedIds(index).length;
  assert.ok(usedBytes(index.db) <= most && left > 100 && left < 390, `${left} events`);
  const asked = cloud.requests.length;
  assert.deepEqual(await refresh({ ...ALL, maxBytes: most }), { stored: 0, failed: [] });
  assert.ok(cloud.requests.length - asked <= 1, `${cloud.requests.length - asked} requests`);
});

test('older events are loaded as far back as they are kept', async t => {
  const { clock, trail, refresh } = setUp(t, 800);
  const keeping = { ...ALL, since: NOW - 25 * DAY };
  await refresh(keeping);
  const more = () => clock.run(trail.loadMore({ sources: [source()], keeping, signal: never }));
  assert.equal((await more()).end, 'not kept');
  const back = trail.reachesBackTo({ accountId: ACCOUNT, region: REGION }) ?? 0;
  assert.ok(Math.abs(back - keeping.since) <= 2 * SECOND);
  assert.deepEqual(await more(), { stored: 0, failed: [], end: 'not kept' });
});

test('while an import remembers names they stay; they go when it has ended', async t => {
  const { index, refresh } = setUp(t, 240);
  await refresh(ALL);
  const { db } = index;
  const underWay = db.transaction(() => beginImport(index));
  assert.equal(keepTo(index, { ...ALL, since: NOW - DAY }), true);
  assert.equal(callersIn(index), 240);
  db.transaction(() => underWay.end());
  assert.equal(keepTo(index, { ...ALL, since: NOW - DAY }), false);
  assert.equal(callersIn(index), storedIds(index).length);
});
