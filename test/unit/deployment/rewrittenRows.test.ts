/** Any program of this person can write the store. From the yes to the end a window goes by what it drafted itself. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { openDatabase } from '../../../src/store/database.ts';
import { planned, Scene } from './scene.ts';
import { request } from './window.ts';

const OPEN_POLICY = JSON.stringify({
  Statement: [{ Effect: 'Allow', Action: 'Update:*', Principal: '*', Resource: '*' }],
});

let scene: Scene;
beforeEach(() => {
  scene = new Scene();
});
afterEach(() => scene[Symbol.dispose]());

function rewrite(id: string, changes: Readonly<Record<string, unknown>>): void {
  const db = openDatabase(scene.file);
  for (const [path, value] of Object.entries(changes))
    db.run(
      'UPDATE deployment SET body = json_set(body, ?, json(?)) WHERE id = ?',
      ...[path, JSON.stringify(value), id],
    );
  db.close();
}

describe('a row that is rewritten while the order is given', () => {
  const moments = ['before executeChangeSet', 'after executeChangeSet'];
  for (const moment of moments) {
    it(`${moment}: nothing is done to the stack it names, and the record says what was approved`, async () => {
      const { stackId } = scene.aws.addStack('payroll', 'UPDATE_COMPLETE');
      let id = '';
      const window = scene.open('w1', {
        cut: at => {
          if (at !== moment) return;
          rewrite(id, {
            '$.state.plan.stackId': stackId,
            '$.state.plan.changeSetArn': 'arn:none',
            '$.state.plan.settings': { terminationProtection: false, stackPolicy: OPEN_POLICY },
          });
        },
      });
      const plan = await planned(window);
      ({ id } = plan);
      const end = await scene.applied(window, plan);
      assert.equal(end.state.status, 'succeeded');
      assert.deepEqual('plan' in end.state && end.state.plan, 'plan' in plan.state && plan.state.plan);
      assert.deepEqual(
        scene.aws.arrived.filter(call => /setStackPolicy|setTerminationProtection/.test(call)),
        [],
      );
    });
  }
});

describe('a row of a window that is gone', () => {
  it("names somebody else's change set: it is not touched", async () => {
    const first = scene.open('first');
    const plan = await planned(first);
    const other = await planned(first, { ...request, stackName: 'other' });
    first.deployments.dispose();
    rewrite(plan.id, { '$.state.plan.changeSetArn': scene.aws.changeSets.at(-1)?.arn });
    const next = scene.open('next');
    await next.deployments.follow(plan.id, next.say);
    assert.deepEqual(
      scene.aws.arrived.filter(call => call.startsWith('deleteChangeSet')),
      [`deleteChangeSet no-wing-${plan.id}`],
    );
    assert.equal(next.deployments.get(other.id)?.state.status, 'awaitingApproval');
  });
});
