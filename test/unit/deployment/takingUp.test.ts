import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MINUTE } from '../../../src/base/clock.ts';
import { type Deployment, hasEnded, isIn } from '../../../src/deployment/deployment.ts';
import { LEASE_MS } from '../../../src/deployment/deploymentStore.ts';
import { awsError } from './fakeCloudFormation.ts';
import { nothingLeft, planned, Scene } from './scene.ts';
import { agentProfile, request, sessionOf, type Window } from './window.ts';

const QUEUE = {
  address: 'Queue',
  type: 'AWS::SQS::Queue',
  action: 'add',
  replacement: 'no',
  detail: '',
} as const;

/** Ended, or left alone because nobody could follow it. */
async function settled(scene: Scene, window: Window, id: string): Promise<Deployment> {
  for (let second = 0; second < 600; second++) {
    const now = window.deployments.get(id);
    if (now && hasEnded(now)) return now;
    await scene.clock.sleep(1000);
  }
  throw new Error(`${id} does not end: ${JSON.stringify(window.deployments.get(id)?.state)}`);
}

interface Cut {
  readonly name: string;
  readonly at: number;
}

/** Runs a whole deployment, and kills its window at the `at`th call or write. @returns undefined when it came to its end. */
async function killedAt(scene: Scene, at: number): Promise<Cut | undefined> {
  let steps = 0;
  let cut: Cut | undefined;
  const window = scene.open('killed', {
    cut: name => {
      steps += 1;
      if (steps < at || cut) return;
      cut = { name, at };
      window.kill();
    },
  });
  try {
    await scene.applied(window, await planned(window));
  } catch (error) {
    assert.ok(cut, String(error));
  }
  return cut;
}

/** What the next window makes of it. @returns undefined when nothing had been recorded. */
async function takenUp(scene: Scene, where: string): Promise<Deployment | undefined> {
  const next = scene.open('next');
  next.deployments.resume(next.say);
  const [left] = next.deployments.list();
  if (!left) return undefined;
  const end = await settled(scene, next, left.id);
  const executions = scene.aws.executions().length;
  assert.ok(executions <= 1, where);
  assert.equal(end.state.status, expectedEnd(end, executions === 1), where);
  assert.deepEqual(await scene.leftovers(), nothingLeft, where);
  const told = new Set(next.deployments.events(left.id).map(event => event.eventId));
  assert.equal(told.size, executions === 1 ? 6 : 0, where);
  return end;
}

/** Kills a window at its first step, another at its second, and so on until one comes to its end. */
async function killedEverywhere(stack: string | undefined): Promise<{ cuts: string[]; ends: string[] }> {
  const ends: string[] = [];
  const cuts: string[] = [];
  for (let at = 1; ; at++) {
    using scene = new Scene();
    if (stack) scene.aws.addStack('web', stack);
    const cut = await killedAt(scene, at);
    if (!cut) return { cuts, ends };
    cuts.push(cut.name);
    const end = await takenUp(scene, `cut ${at}, ${cut.name}`);
    if (end) ends.push(end.state.status);
  }
}

describe('a window is killed', () => {
  for (const [work, stack] of [['a creation'], ['an update', 'CREATE_COMPLETE']] as const) {
    it(`at any step of ${work}: nothing is done twice, nothing is lost`, async () => {
      const { cuts, ends } = await killedEverywhere(stack);
      assert.ok(cuts.length > 30, `${cuts.length} cuts`);
      for (const status of ['abandoned', 'succeeded'])
        assert.ok(ends.filter(end => end === status).length > 5, `${status} in ${ends.join()}`);
      for (const step of ['after createChangeSet', 'before executeChangeSet', 'after executeChangeSet'])
        assert.ok(cuts.includes(step), step);
    });
  }
});

/** Where the error of the killed window was recorded before it died, it had failed or ended by itself. */
function expectedEnd(end: Deployment, ordered: boolean): string {
  if (ordered) return 'succeeded';
  return end.state.status === 'failed' ? 'failed' : 'abandoned';
}

describe('taking up', () => {
  it('never orders anything, whatever the store says was approved', async () => {
    using scene = new Scene();
    const first = scene.open('first');
    const plan = await planned(first);
    scene.aws.failNext('executeChangeSet', awsError('TimeoutError'), { times: 1 });
    const end = scene.applied(first, plan);
    first.kill();
    await end.catch(() => undefined);
    const next = scene.open('next');
    const before = next.deployments.get(plan.id);
    assert.ok(before && isIn(before, 'executing') && before.state.approval.approvedBy === 'alice');
    next.deployments.resume(next.say);
    assert.equal((await settled(scene, next, plan.id)).state.status, 'abandoned');
    assert.deepEqual(scene.aws.executions(), []);
  });

  it('waits until the lease of the other window has ended', async () => {
    using scene = new Scene();
    const first = scene.open('first');
    const plan = await planned(first);
    first.kill();
    const next = scene.open('next');
    const begun = scene.clock.now();
    next.deployments.resume(next.say);
    await settled(scene, next, plan.id);
    assert.ok(scene.clock.now() - begun >= LEASE_MS, `${scene.clock.now() - begun} ms`);
  });

  it('leaves to a living window what it works on, however long that takes', async () => {
    using scene = new Scene();
    const first = scene.open('first');
    const plan = await planned(first);
    const next = scene.open('next');
    next.deployments.resume(next.say);
    await scene.clock.sleep(10 * MINUTE);
    assert.equal(next.deployments.get(plan.id)?.state.status, 'awaitingApproval');
    assert.equal((await scene.applied(first, plan)).state.status, 'succeeded');
  });

  it('happens at once when the window was closed in order', async () => {
    using scene = new Scene();
    const first = scene.open('first');
    const plan = await planned(first);
    const end = scene.applied(first, plan);
    await scene.clock.sleep(2500);
    first.deployments.dispose();
    await assert.rejects(end, { name: 'AbortError' });
    const next = scene.open('next');
    assert.equal((await next.deployments.follow(plan.id, next.say)).state.status, 'succeeded');
    assert.equal(scene.aws.executions().length, 1);
  });

  it('of two windows only one follows, and each event is told once', async () => {
    using scene = new Scene();
    const first = scene.open('first');
    const plan = await planned(first);
    const order = scene.applied(first, plan);
    await scene.clock.sleep(1500);
    first.kill();
    const others = [scene.open('second'), scene.open('third')];
    for (const other of others) other.deployments.resume(other.say);
    await Promise.all(others.map(other => settled(scene, other, plan.id)));
    const said = others.map(other => other.said.length);
    assert.ok(said.includes(0) && Math.max(...said) > 0, said.join());
    assert.equal(
      new Set(others.flatMap(other => other.deployments.events(plan.id).map(event => event.eventId))).size,
      6,
    );
    order.catch(() => undefined);
  });

  it('by another window, after a sleep of the machine, makes the first one stop and wait', async () => {
    using scene = new Scene();
    scene.aws.changes = Array.from({ length: 20 }, (_, i) => ({ ...QUEUE, address: `Queue${i}` }));
    let looks = 0;
    const first = scene.open('first', {
      cut: at => {
        if (at === 'before events') looks += 1;
      },
    });
    const plan = await planned(first);
    const end = scene.applied(first, plan);
    await scene.clock.sleep(1500);
    scene.clock.jump(10 * MINUTE);
    const before = looks;
    const next = scene.open('next');
    next.deployments.resume(next.say);
    assert.equal((await end).state.status, 'succeeded');
    assert.equal((await settled(scene, next, plan.id)).state.status, 'succeeded');
    assert.equal(scene.aws.executions().length, 1);
    assert.ok(looks - before <= 1, `the first window looked ${looks - before} times more`);
  });

  it('by another window keeps the first one from giving an order that it was still preparing', async () => {
    using scene = new Scene();
    let slow = 0;
    const first = scene.open('first', {
      session: async () => {
        await scene.clock.sleep(slow);
        return sessionOf(agentProfile);
      },
    });
    const plan = await planned(first);
    slow = 2000;
    const end = scene.applied(first, plan);
    await scene.clock.sleep(1000);
    scene.clock.jump(2 * MINUTE);
    scene.aws.failNext('changeSet', awsError('AccessDenied'), { times: 1 });
    const next = scene.open('next');
    next.deployments.resume(next.say);
    await end;
    assert.deepEqual(scene.aws.executions(), []);
    assert.equal((await next.deployments.follow(plan.id, next.say)).state.status, 'abandoned');
  });

  it('waits for the next time when AWS does not let it', async () => {
    using scene = new Scene();
    const first = scene.open('first');
    const plan = await planned(first);
    first.deployments.dispose();
    scene.aws.failNext('changeSet', awsError('AccessDenied'));
    const next = scene.open('next');
    next.deployments.resume(next.say);
    await scene.clock.sleep(5 * MINUTE);
    assert.equal(next.deployments.get(plan.id)?.state.status, 'awaitingApproval');
    assert.match(next.logged.join(), /was not taken up/);
    const third = scene.open('third');
    third.deployments.resume(third.say);
    assert.equal((await settled(scene, third, plan.id)).state.status, 'abandoned');
  });

  it('tells other windows that something has changed', async () => {
    using scene = new Scene();
    const [first, second] = [scene.open('first'), scene.open('second')];
    const seen: (string | undefined)[] = [];
    second.deployments.onChange(id => seen.push(id));
    second.deployments.resume(second.say);
    await planned(first, { ...request, stackName: 'api' });
    await scene.clock.sleep(MINUTE);
    assert.ok(seen.length > 0 && seen.every(id => id === undefined));
  });
});
