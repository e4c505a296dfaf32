import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { isCancelled } from '../../../src/base/cancellation.ts';
import { HOUR, MINUTE, SECOND } from '../../../src/base/clock.ts';
import { createLedger } from '../../../src/identity/ledger.ts';
import type { Expected } from '../../../src/trail/verification.ts';
import { verifyStored, type WatchAsk, watchDeployment } from '../../../src/trail/watchDeployment.ts';
import { awsError, type FakeCloudTrail, fakeCloudTrail, type Moods } from './fakeCloudTrail.ts';
import { ACCOUNT, AGENT_KEY, agentEntry, assumedRole, REGION, record, SESSION, START } from './records.ts';
import { databaseFile, never, open, openIndexOf, source, trailOn } from './trailSetup.ts';
import { virtualClock } from './virtualClock.ts';

const ENDED = START + MINUTE;

const expected: Expected = {
  deploymentId: 'd-1',
  sessionNames: [SESSION],
  accessKeyIds: [AGENT_KEY],
  expectedCalls: [{ eventName: 'CreateChangeSet' }, { eventName: 'CreateRole' }],
  resourceNames: ['orders'],
  startedAt: START,
  endedAt: ENDED,
};

function setUp(t: TestContext, moods: Moods = {}) {
  const clock = virtualClock(ENDED);
  const cloud = fakeCloudTrail(clock, moods);
  const file = databaseFile(t);
  const db = open(t, file);
  createLedger(db).record(agentEntry);
  const trail = trailOn(db, openIndexOf(t, file), clock, cloud.connect);
  const said: string[] = [];
  const problems: string[] = [];
  const watch = (change: Partial<WatchAsk> = {}) =>
    watchDeployment(
      { trail, clock },
      {
        accountId: ACCOUNT,
        region: REGION,
        session: source().session,
        expected,
        until: ENDED + HOUR,
        signal: never,
        onState: ({ summary }, problem) => {
          said.push(summary);
          if (problem) problems.push(problem.code);
        },
        ...change,
      },
    );
  return { clock, cloud, trail, said, problems, watch };
}

function made(cloud: FakeCloudTrail, name: string, late: number, region = REGION): void {
  const eventTime = new Date(START + 10 * SECOND).toISOString();
  cloud.add({
    id: name,
    region,
    time: START + 10 * SECOND,
    visibleAt: START + late,
    record: record({ eventID: name, eventName: name, eventTime, userIdentity: assumedRole() }),
  });
}

test('waits with growing pauses until CloudTrail has the calls, those of global services too', async t => {
  const { clock, cloud, said, watch } = setUp(t);
  made(cloud, 'CreateChangeSet', 4 * MINUTE);
  made(cloud, 'CreateRole', 7 * MINUTE, 'us-east-1');
  const { summary } = await clock.run(watch());
  assert.equal(summary, 'verified: 2 of 2 by agent copilot for alice');
  assert.match(said[0] ?? '', /none of the calls yet/);
  assert.ok(said.some(text => /Not in CloudTrail yet: CreateRole/.test(text)));
  assert.ok(said.length < 10, `${said.length} looks in seven minutes`);
  assert.deepEqual([...new Set(cloud.requests.map(({ region }) => region))].toSorted(), [
    REGION,
    'us-east-1',
  ]);
  assert.deepEqual(
    [...new Set(cloud.requests.map(({ request }) => request.attribute?.key))],
    ['Username', 'ResourceName'],
  );
});

test('without a session name it looks the access key up', async t => {
  const { clock, cloud, watch } = setUp(t);
  await clock.run(watch({ expected: { ...expected, sessionNames: [], resourceNames: [] }, until: ENDED }));
  assert.deepEqual(cloud.requests[0]?.request.attribute, { key: 'AccessKeyId', value: AGENT_KEY });
});

test('at the time limit it is still waiting, and can be watched again', async t => {
  const { clock, cloud, watch } = setUp(t);
  made(cloud, 'CreateChangeSet', 2 * HOUR);
  made(cloud, 'CreateRole', 2 * HOUR);
  const first = await clock.run(watch());
  assert.equal(first.state, 'waiting');
  assert.match(first.summary, /Still not in CloudTrail: CreateChangeSet, CreateRole\. Either/);
  assert.equal(clock.now(), ENDED + HOUR);
  clock.set(START + 3 * HOUR);
  assert.equal((await clock.run(watch({ until: clock.now() + HOUR }))).state, 'verified');
});

test('cut off, it goes on with what the store has', async t => {
  const { clock, cloud, trail, watch } = setUp(t);
  made(cloud, 'CreateChangeSet', 0);
  const cancelling = new AbortController();
  const running = watch({ signal: cancelling.signal, onState: () => setImmediate(() => cancelling.abort()) });
  await assert.rejects(running, isCancelled);
  const { state, matched } = verifyStored({ trail, clock }, { accountId: ACCOUNT, expected });
  assert.deepEqual([state, matched], ['waiting', 1]);
  made(cloud, 'CreateRole', 0, 'us-east-1');
  assert.equal((await clock.run(watch())).state, 'verified');
});

test('a session that is gone for a while is told, and the watch goes on', async t => {
  const { clock, cloud, problems, watch } = setUp(t, {
    before: ({ number }) => {
      if (number <= 4) throw awsError('ExpiredTokenException');
    },
  });
  made(cloud, 'CreateChangeSet', 0);
  made(cloud, 'CreateRole', 0, 'us-east-1');
  assert.equal((await clock.run(watch())).state, 'verified');
  assert.ok(problems.includes('identity.expired'));
});

test('who may not read CloudTrail does not wait for nothing', async t => {
  const { clock, watch } = setUp(t, {
    before: () => {
      throw awsError('AccessDeniedException');
    },
  });
  await assert.rejects(clock.run(watch()), { code: 'aws.denied' });
  assert.ok(clock.now() < ENDED + MINUTE);
});

test('who may not read the Region of global services still sees the rest', async t => {
  const { clock, cloud, problems, watch } = setUp(t, {
    before: ({ region }) => {
      if (region === 'us-east-1') throw awsError('AccessDeniedException');
    },
  });
  made(cloud, 'CreateChangeSet', 0);
  const { state } = await clock.run(
    watch({ expected: { ...expected, expectedCalls: [{ eventName: 'CreateChangeSet' }] } }),
  );
  assert.equal(state, 'verified');
  assert.deepEqual(problems, ['aws.denied']);
});
