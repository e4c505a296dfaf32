import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { isCancelled } from '../../../src/base/cancellation.ts';
import { isIn } from '../../../src/deployment/deployment.ts';
import { awsError, type FakeCloudFormation } from './fakeCloudFormation.ts';
import { nothingLeft, planned, refused, Scene } from './scene.ts';
import type { VirtualClock } from './virtualClock.ts';
import { request } from './window.ts';

let scene: Scene;
let aws: FakeCloudFormation;
let clock: VirtualClock;

beforeEach(() => {
  scene = new Scene();
  ({ aws, clock } = scene);
});
afterEach(() => scene[Symbol.dispose]());

describe('cancelling', () => {
  it('a draft takes it back, also when AWS is still at it', async () => {
    const window = scene.open();
    const planning = planned(window);
    await clock.sleep(1);
    const id = window.deployments.list()[0]?.id ?? '';
    assert.equal(window.deployments.cancelEffect(id), 'discardPlan');
    const [plan, end] = await Promise.allSettled([
      planning,
      window.deployments.cancel(id, 'discardPlan', window.say),
    ]);
    assert.ok(plan.status === 'rejected' && isCancelled(plan.reason));
    assert.ok(end.status === 'fulfilled' && end.value.state.status === 'cancelled');
    assert.deepEqual(await scene.leftovers(), nothingLeft);
  });

  it('by the signal of the door does the same', async () => {
    const window = scene.open();
    const stop = new AbortController();
    const planning = window.deployments.plan(request, stop.signal);
    await clock.sleep(1);
    stop.abort();
    await assert.rejects(planning, isCancelled);
    assert.equal(window.deployments.list()[0]?.state.status, 'cancelled');
    assert.deepEqual(await scene.leftovers(), nothingLeft);
  });

  it('a waiting plan takes it back, from another window as well', async () => {
    const plan = await planned(scene.open('w1'));
    const end = await scene.open('w2').deployments.cancel(plan.id, 'discardPlan', () => undefined);
    assert.equal(end.state.status, 'cancelled');
    assert.deepEqual(await scene.leftovers(), nothingLeft);
    const [first] = scene.windows;
    assert.ok(first);
    await refused(scene.applied(first, plan), 'deployment.notAwaiting');
    assert.deepEqual(aws.executions(), []);
  });

  const running: [string, string | undefined, 'deleteNewStack' | 'rollBackUpdate', RegExp][] = [
    ['a creation deletes the new stack', undefined, 'deleteNewStack', /^deleteStack web no-wing-.*-stop$/],
    ['an update rolls it back', 'CREATE_COMPLETE', 'rollBackUpdate', /^cancelUpdate no-wing-.*-stop$/],
  ];
  for (const [name, stack, effect, arrived] of running) {
    for (const where of ['w1', 'w2']) {
      it(`${name} and follows it to the end (asked in ${where})`, async () => {
        if (stack) aws.addStack('web', stack);
        const window = scene.open('w1');
        const plan = await planned(window);
        const end = scene.applied(window, plan);
        await clock.sleep(2500);
        const asker = where === 'w1' ? window : scene.open(where);
        assert.equal(asker.deployments.cancelEffect(plan.id), effect);
        const cancelled = await asker.deployments.cancel(plan.id, effect, asker.say);
        assert.ok(isIn(cancelled, 'cancelled'));
        assert.equal(cancelled.state.effect, effect);
        assert.deepEqual(await end, cancelled);
        assert.match(aws.arrived.at(-1) ?? '', arrived);
      });
    }
  }

  it('does not do what was not confirmed', async () => {
    const window = scene.open();
    const plan = await planned(window);
    const end = scene.applied(window, plan);
    await clock.sleep(2500);
    await refused(window.deployments.cancel(plan.id, 'discardPlan', window.say), 'deployment.cancelChanged');
    assert.equal((await end).state.status, 'succeeded');
  });

  it('does not delete a stack where rolling back was the answer', async () => {
    aws.addStack('web', 'CREATE_COMPLETE');
    const window = scene.open();
    const plan = await planned(window);
    const end = scene.applied(window, plan);
    await clock.sleep(2500);
    await refused(
      window.deployments.cancel(plan.id, 'deleteNewStack', window.say),
      'deployment.cancelChanged',
    );
    assert.equal((await end).state.status, 'succeeded');
  });

  it('right after the approval stops the order before it is given', async () => {
    const window = scene.open();
    const plan = await planned(window);
    const end = scene.applied(window, plan);
    const cancelled = await window.deployments.cancel(plan.id, 'deleteNewStack', window.say);
    assert.deepEqual([cancelled.state.status, (await end).state.status], ['cancelled', 'cancelled']);
    assert.deepEqual([aws.executions(), await scene.leftovers()], [[], nothingLeft]);
  });

  it('that AWS denies is told, and the deployment goes on', async () => {
    const window = scene.open();
    const plan = await planned(window);
    const end = scene.applied(window, plan);
    await clock.sleep(2500);
    aws.failNext(
      'deleteStack',
      awsError('AccessDenied', 'not authorized to perform: cloudformation:DeleteStack'),
    );
    await refused(window.deployments.cancel(plan.id, 'deleteNewStack', window.say), 'deployment.denied');
    assert.equal((await end).state.status, 'succeeded');
  });

  it('that comes too late ends as the deployment did', async () => {
    const window = scene.open();
    const plan = await planned(window);
    const end = scene.applied(window, plan);
    await clock.sleep(2500);
    for (const stack of aws.stacks) while (stack.script.length > 0) await aws.api().stack(stack.stackId);
    const ended = await window.deployments.cancel(plan.id, 'deleteNewStack', window.say);
    assert.equal(ended.state.status, 'succeeded');
    assert.equal((await end).state.status, 'succeeded');
    assert.ok(!aws.arrived.some(text => text.startsWith('deleteStack')));
  });
});
