import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { Secret } from '../../../src/base/secret.ts';
import { isIn } from '../../../src/deployment/deployment.ts';
import { awsError, type FakeCloudFormation } from './fakeCloudFormation.ts';
import { nothingLeft, planned, refused, Scene } from './scene.ts';
import type { VirtualClock } from './virtualClock.ts';
import { agentProfile, sessionOf } from './window.ts';

let scene: Scene;
let aws: FakeCloudFormation;
let clock: VirtualClock;

beforeEach(() => {
  scene = new Scene();
  ({ aws, clock } = scene);
});
afterEach(() => scene[Symbol.dispose]());

describe('bad weather', () => {
  const network = (): Error => awsError('TimeoutError', 'connection timed out');
  const throttled = (): Error => awsError('Throttling', 'Rate exceeded');
  const expired = (): Error => awsError('ExpiredToken', 'The security token is expired');

  const following: [string, Error, number, RegExp][] = [
    ['throttled for minutes', throttled(), 20, /asks for patience.*goes on in AWS/],
    ['cut off for minutes', network(), 20, /cannot be reached.*goes on in AWS/],
    ['with an expired session', expired(), 3, /being renewed/],
  ];
  for (const [name, error, times, notice] of following) {
    it(`following goes on ${name}, and says so once`, async () => {
      const window = scene.open();
      const plan = await planned(window);
      aws.failNext('events', error, { times });
      const before = clock.now();
      const end = await scene.applied(window, plan);
      assert.equal(end.state.status, 'succeeded');
      const notices = window.said.flatMap(item => (item.kind === 'notice' ? [item.text] : []));
      assert.equal(notices.length, 2, notices.join('\n'));
      assert.match(notices[0] ?? '', notice);
      if (times > 10) assert.ok(clock.now() - before > 120_000);
    });
  }

  it('a session that AWS has ended is given up, so that the next one is new', async () => {
    const window = scene.open();
    const plan = await planned(window);
    aws.failNext('events', expired(), { times: 2 });
    await scene.applied(window, plan);
    assert.deepEqual(window.ended, [agentProfile.id, agentProfile.id]);
  });

  it('says so anew when the weather changes', async () => {
    const window = scene.open();
    const plan = await planned(window);
    aws.failNext('events', throttled(), { times: 4 });
    aws.failNext('events', network(), { times: 4 });
    await scene.applied(window, plan);
    const notices = window.said.flatMap(item => (item.kind === 'notice' ? [item.text] : []));
    assert.equal(notices.length, 3, notices.join('\n'));
    assert.match(notices[1] ?? '', /cannot be reached/);
  });

  it('an order whose answer was lost is looked for before it would be repeated', async () => {
    const window = scene.open();
    const plan = await planned(window);
    aws.failNext('executeChangeSet', network(), { when: 'after' });
    await scene.applied(window, plan);
    assert.equal(aws.made.filter(call => call === 'executeChangeSet').length, 1);
  });

  it('AccessDenied in the middle is told, and it can be followed again', async () => {
    const window = scene.open();
    const plan = await planned(window);
    aws.failNext(
      'events',
      awsError('AccessDenied', 'not authorized to perform: cloudformation:DescribeStackEvents'),
    );
    await refused(
      scene.applied(window, plan),
      'deployment.notFollowed',
      /goes on in AWS.*DescribeStackEvents/,
    );
    const now = window.deployments.get(plan.id);
    assert.ok(now && isIn(now, 'executing') && now.state.interrupted !== undefined);
    assert.equal((await window.deployments.follow(plan.id, window.say)).state.status, 'succeeded');
    assert.equal(aws.executions().length, 1);
  });

  const orders: [string, Error, 'before' | 'after', number][] = [
    ['is dropped on the way', network(), 'before', 3],
    ['arrives, but its answer is lost', network(), 'after', 1],
    ['is throttled', throttled(), 'before', 5],
    ['meets an expired session', expired(), 'before', 1],
    ['is told that its token is in use', awsError('TokenAlreadyExistsException'), 'after', 1],
    [
      'arrived, and a retry inside the client is refused',
      awsError('InvalidChangeSetStatusException'),
      'after',
      1,
    ],
  ];
  for (const [name, error, when, times] of orders) {
    it(`the order ${name}: it is carried out exactly once`, async () => {
      const window = scene.open();
      const plan = await planned(window);
      aws.failNext('executeChangeSet', error, { when, times });
      assert.equal((await scene.applied(window, plan)).state.status, 'succeeded');
      assert.equal(aws.executions().length, 1);
    });
  }

  it('an order that AWS denies fails the deployment and takes the plan back', async () => {
    const window = scene.open();
    const plan = await planned(window);
    aws.failNext(
      'executeChangeSet',
      awsError('AccessDenied', 'not authorized to perform: cloudformation:ExecuteChangeSet'),
    );
    await refused(scene.applied(window, plan), 'deployment.denied');
    assert.equal(window.deployments.get(plan.id)?.state.status, 'failed');
    assert.deepEqual(await scene.leftovers(), nothingLeft);
  });

  it('a plan that AWS has made obsolete is told as such', async () => {
    const window = scene.open();
    const plan = await planned(window);
    for (const set of aws.changeSets) set.executionStatus = 'OBSOLETE';
    await refused(scene.applied(window, plan), 'deployment.planOutdated', /changed since/);
  });

  it('an order of which nothing is heard for two minutes stays open, and is not repeated later', async () => {
    const window = scene.open();
    const plan = await planned(window);
    aws.failNext('executeChangeSet', network(), { times: 500 });
    await refused(scene.applied(window, plan), 'deployment.notFollowed');
    const end = await window.deployments.follow(plan.id, window.say);
    assert.equal(end.state.status, 'abandoned');
    assert.deepEqual(aws.executions(), []);
  });

  it('a session that is refreshed in the middle is used from then on', async () => {
    let asked = 0;
    const session = async () => {
      asked += 1;
      const current = sessionOf(agentProfile);
      return asked < 8
        ? current
        : { ...current, credentials: { accessKeyId: 'ASIANEW', secretAccessKey: new Secret('n') } };
    };
    assert.equal((await scene.deployed(scene.open('w1', { session }))).state.status, 'succeeded');
    assert.ok(asked > 10);
  });
});
