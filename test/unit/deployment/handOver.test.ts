/** What a command has asked for, in the window of a human: planned anew, and the old plan is gone. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { Cancelled } from '../../../src/base/cancellation.ts';
import type { DeployRequest } from '../../../src/deployment/engine.ts';
import type { Wish } from '../../../src/deployment/plannedHere.ts';
import { never, nothingLeft, planned, refused, Scene } from './scene.ts';
import { request, source } from './window.ts';

let scene: Scene;
beforeEach(() => {
  scene = new Scene();
});
afterEach(() => scene[Symbol.dispose]());

const byCommand: DeployRequest = {
  ...request,
  askedBy: { kind: 'agent', name: 'copilot', door: 'command' },
  folder: '/home/alice/orders',
};
const asItIs = (wish: Wish): Promise<Wish> => Promise.resolve(wish);

describe('handing over', () => {
  it('plans anew in the window, which alone can approve it, and takes the old plan back', async () => {
    const command = scene.open('command');
    const asked = await planned(command, byCommand);
    const window = scene.open('window');
    const anew = await window.deployments.handOver(asked.id, asItIs, never);
    const old = command.deployments.get(asked.id);
    assert.deepEqual(
      [old?.state.status === 'handedOver' && old.state.to, anew.askedBy, anew.folder],
      [anew.id, byCommand.askedBy, byCommand.folder],
    );
    await refused(window.deployments.handOver(anew.id, asItIs, never), 'deployment.cancelChanged');
    await refused(scene.applied(command, asked), 'deployment.notAwaiting');
    assert.equal((await scene.applied(window, anew)).state.status, 'succeeded');
    assert.equal(scene.aws.executions().length, 1);
  });

  it('asks for the secret values, which are not kept', async () => {
    const asked = await planned(scene.open('command'), byCommand);
    const window = scene.open('window');
    const seen: Wish[] = [];
    await window.deployments.handOver(
      asked.id,
      wish => {
        seen.push(wish);
        return Promise.resolve(wish);
      },
      never,
    );
    assert.ok(!JSON.stringify(seen).includes('hunter2'), JSON.stringify(seen));
  });

  it('leaves it with the command when the human goes away while being asked', async () => {
    const command = scene.open('command');
    const asked = await planned(command, byCommand);
    const leaving = scene
      .open('window')
      .deployments.handOver(asked.id, () => Promise.reject(new Cancelled()), never);
    await assert.rejects(leaving, /Cancelled/);
    assert.equal(command.deployments.get(asked.id)?.state.status, 'awaitingApproval');
  });

  it('is not for what a window has planned itself, nor for what has ended', async () => {
    const window = scene.open('window');
    const own = await planned(window);
    await refused(window.deployments.handOver(own.id, asItIs, never), 'deployment.cancelChanged');
    const asked = await planned(scene.open('command'), { ...byCommand, stackName: 'other' });
    await window.deployments.refuse(asked.id, 'no');
    await refused(window.deployments.handOver(asked.id, asItIs, never), 'deployment.cancelChanged');
  });

  it('is done by one window only', async () => {
    const asked = await planned(scene.open('command'), byCommand);
    const results = await Promise.allSettled(
      ['one', 'two'].map(name => scene.open(name).deployments.handOver(asked.id, asItIs, never)),
    );
    assert.deepEqual(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
  });

  it('leaves nothing when the window cannot plan it', async () => {
    const asked = await planned(scene.open('command'), byCommand);
    const broken = (wish: Wish): Promise<Wish> =>
      Promise.resolve({ ...wish, source: { ...source, template: { name: 'x', text: 'a: [' } } });
    await refused(scene.open('window').deployments.handOver(asked.id, broken, never), 'template.syntax');
    assert.deepEqual([scene.aws.executions(), await scene.leftovers()], [[], nothingLeft]);
  });
});
