/** What a disk does to an index that is open: a damaged one is begun anew, and everything else is said in words. */
import assert from 'node:assert/strict';
import { closeSync, existsSync, openSync, statSync, writeSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { HOUR, SECOND } from '../../../../src/base/clock.ts';
import type { TrailIndex } from '../../../../src/trail/index/openIndex.ts';
import { indexError, isUnwritable } from '../../../../src/trail/index/sqliteErrors.ts';
import { createTrailStore } from '../../../../src/trail/trailStore.ts';
import { type FakeEvent, fakeCloudTrail } from '../fakeCloudTrail.ts';
import { event, iamUser, knownOf, REGION, record } from '../records.ts';
import { databaseFile, never, open, openIndexOf, source, trailOn } from '../trailSetup.ts';
import { virtualClock } from '../virtualClock.ts';

const events = Array.from({ length: 300 }, (_, number) =>
  event({ eventID: `e-${number}`, userIdentity: iamUser({ accessKeyId: `AKIA${number}` }) }),
);

function setUp(t: TestContext) {
  const clock = virtualClock(0);
  const file = databaseFile(t);
  const [db, index] = [open(t, file), openIndexOf(t, file)];
  const cloudTrail = fakeCloudTrail(clock);
  let told = 0;
  index.onRebuilt(() => told++);
  return { file, index, trail: trailOn(db, index, clock, cloudTrail.connect), told: () => told };
}

/** Rubbish over all but its first pages, as a bad disk leaves it; and nothing of it is in memory. */
function spoil({ file, db }: TrailIndex): void {
  db.script('PRAGMA wal_checkpoint(TRUNCATE); PRAGMA cache_size = 1; PRAGMA shrink_memory');
  const handle = openSync(file, 'r+');
  for (let at = 8192; at < statSync(file).size; at += 4096)
    writeSync(handle, Buffer.alloc(2048, 'rubbish'), 0, 2048, at);
  closeSync(handle);
}

test('damage that a question finds: the index is begun anew, told once, and takes events again', t => {
  const { index, trail, told } = setUp(t);
  createTrailStore(index).keep(events, knownOf([]));
  assert.equal(trail.groups('actor').length, 1);
  spoil(index);
  assert.deepEqual(trail.groups('actor'), []);
  assert.deepEqual(trail.events({ limit: 10 }).events, []);
  assert.equal(told(), 1);
  assert.ok(existsSync(`${index.file}.damaged`));
  assert.equal(createTrailStore(index).keep(events, knownOf([])), 300);
  assert.equal(trail.groups('actor')[0]?.count, 300);
});

test('damage that a writer finds: what it remembered of the old index means nothing in the new one', t => {
  const { index, trail } = setUp(t);
  const store = createTrailStore(index);
  store.keep(events.slice(0, 200), knownOf([]));
  spoil(index);
  trail.groups('actor');
  assert.equal(store.keep(events, knownOf([])), 300);
  assert.equal(trail.groups('actor')[0]?.count, 300);
  assert.equal(store.keep(events, knownOf([])), 0);
});

test('another window has begun anew: this one goes over to the new index', t => {
  const { file, index, trail, told } = setUp(t);
  createTrailStore(index).keep(events, knownOf([]));
  const theirs = openIndexOf(t, file);
  theirs.rebuild();
  createTrailStore(theirs).keep(events.slice(0, 3), knownOf([]));
  assert.equal(trail.groups('actor')[0]?.count, 3);
  assert.equal(told(), 1);
  createTrailStore(index).keep(events.slice(3, 5), knownOf([]));
  assert.equal(createTrailStore(theirs).size(), 5);
});

test('an index that cannot be written can be read', t => {
  const { index, trail } = setUp(t);
  createTrailStore(index).keep(events, knownOf([]));
  index.db.script('PRAGMA query_only = ON');
  assert.equal(trail.groups('actor')[0]?.count, 300);
});

for (const [errcode, code] of [
  [5, 'trail.indexBusy'],
  [6, 'trail.indexBusy'],
  [8, 'trail.indexReadOnly'],
  [8 + 256 * 4, 'trail.indexReadOnly'],
  [10 + 256 * 3, 'trail.indexUnreachable'],
  [11, 'trail.indexDamaged'],
  [13, 'trail.indexFull'],
  [14, 'trail.indexUnreachable'],
] as const)
  test(`SQLite's ${errcode} in words: ${code}`, () => {
    const words = indexError(Object.assign(new Error('of SQLite'), { errcode }), '/somewhere/trail.db');
    assert.ok(words instanceof Error && 'code' in words && 'hint' in words);
    assert.equal(words.code, code);
    assert.match(`${words.message} ${String(words.hint)}`, /index.*\. .*\.$/s);
    assert.equal(indexError(words, ''), words, 'once');
  });

test('an error of ours stays what it is', () => {
  const ours = new TypeError('a mistake');
  assert.equal(indexError(ours, ''), ours);
  assert.equal(isUnwritable(ours), false);
});

test('the disk is full while events are fetched: the Region says so in words, and the next time it goes on', async t => {
  const now = Date.UTC(2026, 2, 10, 12);
  const clock = virtualClock(now);
  const file = databaseFile(t);
  const [db, index] = [open(t, file), openIndexOf(t, file)];
  const cloudTrail = fakeCloudTrail(clock);
  for (let number = 0; number < 400; number++) cloudTrail.add(oneOf(number, now));
  const trail = trailOn(db, index, clock, cloudTrail.connect);
  trail.groups('actor');
  const pages = Number(index.db.get('PRAGMA page_count')?.['page_count']);
  index.db.script(`PRAGMA max_page_count = ${pages + 4}`);
  const refresh = () =>
    clock.run(trail.refresh({ sources: [source()], since: now - 2 * HOUR, signal: never }));
  assert.deepEqual(
    (await refresh()).failed.map(({ error }) => error.code),
    ['trail.indexFull'],
  );
  index.db.script('PRAGMA max_page_count = 1000000');
  assert.deepEqual((await refresh()).failed, []);
  assert.equal(createTrailStore(index).size(), 400);
});

function oneOf(number: number, now: number): FakeEvent {
  const time = now - HOUR + number * SECOND;
  const id = `e-${number}`;
  return {
    id,
    time,
    region: REGION,
    visibleAt: time,
    record: record({ eventID: id, eventTime: new Date(time).toISOString() }),
  };
}
