import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { troubleOf } from '../../../src/deployment/cloudformation/waysOut.ts';
import type { FailedStack, WayOut } from '../../../src/deployment/engine.ts';
import { driftText } from '../../../src/ui/driftText.ts';
import { awsError } from './fakeCloudFormation.ts';
import { never, planned, refused, Scene } from './scene.ts';

let scene: Scene;
beforeEach(() => {
  scene = new Scene();
});
afterEach(() => scene[Symbol.dispose]());

function failedStack(status: string, way: WayOut): FailedStack {
  const { stackId } = scene.aws.addStack('web', status);
  return { profileId: 'p-agent', region: 'eu-west-1', stackId, way };
}

const recover = (stack: FailedStack): Promise<void> => scene.open().deployments.recoverStack(stack, never);

describe('a stack in trouble', () => {
  const out: [string, WayOut, RegExp, string][] = [
    ['CREATE_FAILED', 'rollBack', /^rollBackStack no-wing-w1-1$/, 'ROLLBACK_COMPLETE'],
    ['UPDATE_FAILED', 'rollBack', /^rollBackStack no-wing-w1-1$/, 'UPDATE_ROLLBACK_COMPLETE'],
    [
      'UPDATE_ROLLBACK_FAILED',
      'continueRollBack',
      /^continueRollBack no-wing-w1-1$/,
      'UPDATE_ROLLBACK_COMPLETE',
    ],
    ['ROLLBACK_FAILED', 'delete', /^deleteStack web no-wing-w1-1$/, 'DELETE_COMPLETE'],
  ];
  for (const [status, way, order, end] of out) {
    it(`of ${status} is led out by ${way}`, async () => {
      await recover(failedStack(status, way));
      assert.equal(scene.aws.arrived.length, 1);
      assert.match(scene.aws.arrived[0] ?? '', order);
      assert.equal(scene.aws.stacks[0]?.status, end);
    });
  }

  const wrong: [string, WayOut][] = [
    ['CREATE_COMPLETE', 'rollBack'],
    ['UPDATE_COMPLETE', 'delete'],
    ['UPDATE_ROLLBACK_FAILED', 'delete'],
    ['ROLLBACK_COMPLETE', 'rollBack'],
    ['UPDATE_FAILED', 'continueRollBack'],
  ];
  for (const [status, way] of wrong) {
    it(`of ${status} is not touched by ${way}`, async () => {
      await refused(recover(failedStack(status, way)), 'deployment.stackNotFailed');
      assert.deepEqual(scene.aws.arrived, []);
    });
  }

  it('that stays in trouble names what is in the way', async () => {
    scene.aws.resourceFailure = { address: 'Queue', reason: 'it is gone' };
    const stack = failedStack('UPDATE_ROLLBACK_FAILED', 'continueRollBack');
    await refused(
      recover(stack),
      'deployment.stackNotRecovered',
      /UPDATE_ROLLBACK_FAILED.*Queue: it is gone/,
    );
  });

  it('sits out what passes while it is waited for', async () => {
    const stack = failedStack('UPDATE_FAILED', 'rollBack');
    const work = recover(stack);
    while (scene.aws.arrived.length === 0) await Promise.resolve();
    scene.aws.failNext('stack', awsError('Throttling'), { times: 3 });
    await work;
    assert.equal(scene.aws.made.filter(call => call === 'stack').length, 5);
    assert.equal(scene.aws.stacks[0]?.status, 'UPDATE_ROLLBACK_COMPLETE');
  });

  it('says its condition, and has ways out for each state in which it takes no change', async () => {
    const stack = failedStack('DELETE_FAILED', 'delete');
    assert.deepEqual(await scene.open().deployments.stackCondition(stack, never), {
      status: 'DELETE_FAILED',
    });
    for (const status of ['CREATE_FAILED', 'ROLLBACK_COMPLETE', 'ROLLBACK_FAILED', 'UPDATE_ROLLBACK_FAILED'])
      assert.ok((troubleOf(status)?.ways.length ?? 0) > 0, status);
    assert.equal(troubleOf('UPDATE_COMPLETE'), undefined);
    assert.equal(troubleOf('constructor'), undefined);
  });

  it('takes a corrected template after an update that was not rolled back', async () => {
    scene.aws.addStack('web', 'UPDATE_FAILED');
    assert.equal((await planned(scene.open())).state.status, 'awaitingApproval');
  });
});

describe('drift', () => {
  const where = { agent: 'copilot', accountId: '111122223333', region: 'eu-west-1', stackName: 'web' };

  it('is waited for, through what passes, and told with what differs', async () => {
    const { stackId } = scene.aws.addStack('web', 'UPDATE_COMPLETE');
    scene.aws.driftDetections.push({ status: 'DETECTION_IN_PROGRESS', stackStatus: 'NOT_CHECKED' });
    scene.aws.driftDetections.push({ status: 'DETECTION_COMPLETE', stackStatus: 'DRIFTED' });
    scene.aws.failNext('drift', awsError('Throttling'), { times: 2 });
    const differences = [{ path: '/DelaySeconds', kind: 'NOT_EQUAL', expected: '5', actual: '9|`x`' }];
    scene.aws.drifts = [
      { address: 'Queue', type: 'AWS::SQS::Queue', status: 'MODIFIED', differences },
      { address: 'Topic', type: 'AWS::SNS::Topic', status: 'DELETED', differences: [] },
      { address: 'Role', type: 'AWS::IAM::Role', status: 'IN_SYNC', differences: [] },
      { address: 'Thing', type: 'A::B::C', status: 'NOT_CHECKED', differences: [] },
    ];
    const stack = { profileId: 'p-agent', region: 'eu-west-1', stackId };
    const text = driftText(where, await scene.open().deployments.detectDrift(stack, never));
    assert.match(text, /copilot in account 1111-2222-3333, eu-west-1: 4 resources/);
    assert.match(text, /Somebody changed resources beside the template/);
    assert.match(text, /## `Queue`[\s\S]*`\/DelaySeconds` \| differs \| `5` \|/);
    assert.match(text, /## `Topic`[\s\S]*was deleted/);
    assert.match(text, /## Not compared[\s\S]*`Thing`/);
    assert.doesNotMatch(text, /`Role`/);
    assert.deepEqual(scene.aws.arrived, []);
  });

  it('of a stack that is gone is refused', async () => {
    const stack = {
      profileId: 'p-agent',
      region: 'eu-west-1',
      stackId: 'arn:aws:cloudformation:x:1:stack/web/9',
    };
    await refused(scene.open().deployments.detectDrift(stack, never), 'deployment.noStack');
  });
});
