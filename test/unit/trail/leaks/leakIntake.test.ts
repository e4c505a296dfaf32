/** Events of the index come before the leaks once each, whatever is cut off in between. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Cancelled } from '../../../../src/base/cancellation.ts';
import { createWriter } from '../../../../src/trail/index/writer.ts';
import type { LeakEvent } from '../../../../src/trail/leaks/leak.ts';
import { createLeakIntake } from '../../../../src/trail/leaks/leakIntake.ts';
import { createTrailStore } from '../../../../src/trail/trailStore.ts';
import { alice, event, iamUser, knownOf } from '../records.ts';
import { databaseFile, never, open, openIndexOf } from '../trailSetup.ts';

const MILLISECOND = 1;
const CLAUDE = 'aws-cli/2.31.0 md/awscrt#0.27 m/E,AN md/prompt#off';

function setUp(t: TestContext) {
  const file = databaseFile(t);
  const [db, index] = [open(t, file), openIndexOf(t, file)];
  const taken: LeakEvent[] = [];
  const reviewed: LeakEvent[] = [];
  const faults = { crash: false };
  let now = 0;
  const into = (list: LeakEvent[]) => (events: readonly LeakEvent[]) => {
    if (faults.crash) throw new Error('the window is gone');
    now += 4 * MILLISECOND;
    list.push(...events);
    return [];
  };
  let pauses = 0;
  const meanwhile: (() => void)[] = [];
  const pause = async (): Promise<void> => {
    pauses++;
    meanwhile.shift()?.();
  };
  const leaks = { take: into(taken), review: into(reviewed) };
  const intake = createLeakIntake({ db, index, leaks, pause, now: () => now });
  let made = 0;
  const keep = (count: number): void => {
    const events = Array.from({ length: count }, () =>
      event({ eventID: `e-${made++}`, userIdentity: iamUser(), userAgent: CLAUDE }),
    );
    const service = event({
      eventID: `s-${made}`,
      userIdentity: { type: 'AWSService', invokedBy: 'x.amazonaws.com' },
    });
    createTrailStore(index).keep([...events, service], knownOf([]));
  };
  return { file, db, index, intake, taken, reviewed, faults, keep, meanwhile, pauses: () => pauses };
}

test('each event of a user or agent once, in lots, with the whole user agent text', async t => {
  const { intake, taken, keep, pauses } = setUp(t);
  keep(250);
  await intake.catchUp(never);
  await intake.catchUp(never);
  assert.equal(taken.length, 250);
  assert.equal(new Set(taken.map(({ id }) => id)).size, 250);
  assert.equal(taken[0]?.userAgent, CLAUDE);
  assert.equal(pauses(), 5, 'every second lot of four milliseconds');
  keep(1);
  await intake.catchUp(never);
  assert.equal(taken.at(-1)?.id, 'e-250');
});

test('a crash in between loses nothing', async t => {
  const { intake, taken, faults, keep } = setUp(t);
  keep(5);
  faults.crash = true;
  await assert.rejects(intake.catchUp(never), /the window is gone/);
  faults.crash = false;
  await intake.catchUp(never);
  assert.equal(taken.length, 5);
});

test('two at once are one after the other, and one that is cancelled stops', async t => {
  const { intake, taken, keep } = setUp(t);
  keep(120);
  await Promise.all([intake.catchUp(never), intake.catchUp(never)]);
  assert.equal(taken.length, 120);
  await assert.rejects(intake.catchUp(AbortSignal.abort()), Cancelled);
});

test('an index that was built anew is looked at from its beginning', async t => {
  const { index, intake, taken, keep } = setUp(t);
  keep(3);
  await intake.catchUp(never);
  index.db.run(`UPDATE state SET value = '7' WHERE key = 'salt'`);
  await intake.catchUp(never);
  assert.equal(taken.length, 6);
});

test('of an event from a file: what the index keeps of it', async t => {
  const { index, intake, taken, keep } = setUp(t);
  keep(1);
  index.db.run('DELETE FROM record');
  await intake.catchUp(never);
  const [only] = taken;
  assert.equal(only?.userAgent, 'm/AN');
  assert.equal(only?.principal.userName, 'alice');
  assert.equal(only?.attribution.actor.kind, 'user');
});

test('a segment that another window replaces while it is read costs no event', async t => {
  const { file, index, intake, taken, keep } = setUp(t);
  keep(3);
  const other = createTrailStore(openIndexOf(t, file));
  const segments = index.segments();
  const { numbered } = segments;
  let left = 3;
  // Between the list of segments and the first of their columns.
  segments.numbered = (...seqs) => {
    const listed = numbered(...seqs);
    const late = event({ eventID: `late-${left}`, userIdentity: iamUser(), userAgent: CLAUDE });
    if (left-- > 0) other.keep([late], knownOf([]));
    return listed;
  };
  await intake.catchUp(never);
  assert.equal(taken.length, 6);
  assert.equal(new Set(taken.map(({ id }) => id)).size, 6);
});

test('millions of events of services are passed over in parts', async t => {
  const { index, intake, taken, keep } = setUp(t);
  const service = { type: 'AWSService', invokedBy: 'x.amazonaws.com' };
  const many = Array.from({ length: 3000 }, (_, at) =>
    event({ eventID: `many-${at}`, userIdentity: service }),
  );
  createTrailStore(index).keep(many, knownOf([]));
  keep(1);
  let parts = 0;
  const { all } = index.db;
  index.db.all = (sql, ...values) => {
    if (sql.includes("actor.kind IN ('user', 'agent')")) parts++;
    return all(sql, ...values);
  };
  await intake.catchUp(never);
  assert.equal(taken.length, 1);
  assert.ok(parts > 3000 / 500, `${parts} parts`);
});

test('events whose verdict has become another one are looked at again, once', async t => {
  const { index, intake, reviewed, keep } = setUp(t);
  keep(60);
  await intake.catchUp(never);
  const writer = createWriter(index);
  const alices = { ...alice, name: 'alice-dev' };
  writer.transaction(() => writer.reconsiderAll(knownOf([], { users: [alices] })));
  await intake.catchUp(never);
  await intake.catchUp(never);
  assert.equal(reviewed.length, 60);
  assert.equal(new Set(reviewed.map(({ id }) => id)).size, 60);
  assert.equal(reviewed[0]?.attribution.actor.name, 'alice-dev');
});

test('a caller judged again while half of it is looked through begins at its first event', async t => {
  const { index, intake, reviewed, keep, meanwhile } = setUp(t);
  keep(60);
  await intake.catchUp(never);
  const judge = (judged: number): void => {
    index.db.run('UPDATE caller SET judged = ? WHERE search LIKE ?', judged, '%alice%');
  };
  judge(1);
  let before = 0;
  meanwhile.push(() => {
    before = reviewed.length;
    judge(2);
  });
  await intake.catchUp(never);
  assert.ok(before > 0 && before < 60, `${before} under the first verdict`);
  const after = new Set(reviewed.slice(before).map(({ id }) => id));
  assert.equal(after.size, 60, 'all under the second');
});

test('a cursor of an older version, which does not say under which verdict, begins that caller anew', async t => {
  const { db, index, intake, taken, reviewed, keep, meanwhile } = setUp(t);
  keep(60);
  await intake.catchUp(never);
  index.db.run('UPDATE caller SET judged = 1 WHERE search LIKE ?', '%alice%');
  const signal = new AbortController();
  meanwhile.push(() => signal.abort());
  await assert.rejects(intake.catchUp(signal.signal), Cancelled);
  db.run(`UPDATE leak_state SET body = json_remove(body, '$.reviewing.judged') WHERE key = 'trail cursor'`);
  const before = reviewed.length;
  await intake.catchUp(never);
  assert.equal(reviewed.length - before, 60);
  assert.equal(taken.length, 60, 'and nothing else is taken anew');
});
