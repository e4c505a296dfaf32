// What a deployment's verification expects, held against what CloudTrail really has: for a creation, an update with a
// replacement and a removal, its roll back, one that fails, and a deletion.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Deployment, isIn } from '../../src/deployment/deployment.ts';
import type { DeployRequest } from '../../src/deployment/engine.ts';
import { reverseOf } from '../../src/deployment/rollBack.ts';
import { approvalOf, deployed, never, openScene, type Scene, type Window } from './deploymentScene.ts';

const FIRST = `
Parameters:
  Days: { Type: Number, Default: 4 }
  Secret: { Type: String, NoEcho: true, Default: none }
Resources:
  Queue: { Type: AWS::SQS::Queue, Properties: { QueueName: trail-jobs } }
  Late: { Type: AWS::SQS::Queue, Properties: { QueueName: trail-late, MessageRetentionPeriod: !Ref Days } }
  Topic: { Type: AWS::SNS::Topic, Properties: { TopicName: trail-done } }
`;
const SECOND = FIRST.replace('trail-jobs', 'trail-jobs-2').replace(/ {2}Topic:.*\n/, '');
const DENIED = `${SECOND}  User: { Type: AWS::IAM::User, DependsOn: Extra }
  Extra: { Type: AWS::SNS::Topic, Properties: { TopicName: trail-extra } }
`;

let scene: Scene;
let window: Window;

before(async () => {
  scene = await openScene();
  window = scene.window('w1');
});
after(() => scene.close());

async function carriedOut(request: Omit<DeployRequest, 'askedBy'>): Promise<Deployment> {
  const askedBy = { kind: 'user', name: 'alice', door: 'window' } as const;
  const plan = await window.deployments.plan({ ...request, askedBy }, never);
  return await window.deployments.apply(plan.id, approvalOf(plan), window.say);
}

/** The calls of a deployment's session by name, without reads. */
async function callsOf({ id }: Deployment): Promise<Map<string, number>> {
  const name = await sessionNameOf(id);
  const records = (await scene.aws.control.records()).filter(
    record => record['readOnly'] === false && JSON.stringify(record['userIdentity']).includes(name),
  );
  for (const record of records)
    assert.match(
      JSON.stringify(record['userIdentity']),
      /"sourceIdentity":"alice"/,
      String(record['eventName']),
    );
  const counts = new Map<string, number>();
  for (const record of records) {
    const event = `${String(record['eventSource'])} ${String(record['eventName'])}`;
    counts.set(event, (counts.get(event) ?? 0) + 1);
  }
  return counts;
}

async function sessionNameOf(id: string): Promise<string> {
  const deployment = window.deployments.get(id);
  assert.ok(deployment && 'plan' in deployment.state && deployment.state.plan);
  return deployment.state.plan.identityArn.split('/').at(-1) ?? '';
}

/** Everything that is expected is there. @returns what was expected. */
async function expectedOf(deployment: Deployment): Promise<string[]> {
  const expected = window.deployments.expectedTrail(deployment.id);
  assert.ok(expected, deployment.state.status);
  const calls = await callsOf(deployment);
  for (const { eventName, eventSource, minimum } of expected.expectedCalls)
    assert.ok(
      (calls.get(`${eventSource} ${eventName}`) ?? 0) >= minimum,
      `${minimum} ${eventName} of ${[...calls]}`,
    );
  return expected.expectedCalls.map(({ eventName, minimum }) => `${minimum} ${eventName}`).slice(1);
}

describe('CloudTrail has what is expected of', () => {
  it('a creation, an update that replaces and removes, and its roll back', async () => {
    const created = await deployed(window, 'trail', FIRST, { Days: '60', Secret: 'hunter2' });
    assert.deepEqual(await expectedOf(created), ['1 ExecuteChangeSet', '2 CreateQueue', '1 CreateTopic']);

    const updated = await deployed(window, 'trail', SECOND, { Days: '61' });
    assert.equal(updated.state.status, 'succeeded');
    assert.deepEqual((await expectedOf(updated)).toSorted(), [
      '1 CreateQueue',
      '1 DeleteQueue',
      '1 DeleteTopic',
      '1 ExecuteChangeSet',
      '1 SetQueueAttributes',
    ]);
    const touched = window.deployments.expectedTrail(updated.id)?.touched.map(({ name }) => name);
    for (const name of ['trail-jobs', 'trail-jobs-2', 'trail-late']) assert.ok(touched?.includes(name), name);

    const back = await carriedOut(reverseOf(updated, window.deployments));
    assert.ok(isIn(back, 'succeeded'), JSON.stringify(back.state));
    assert.equal(back.reverses, updated.id);
    assert.equal(back.state.plan.reverses, updated.id);
    assert.equal(back.state.plan.parameters['Days'], '60', 'the value of the version that comes back');
    assert.deepEqual((await expectedOf(back)).toSorted(), [
      '1 CreateQueue',
      '1 CreateTopic',
      '1 DeleteQueue',
      '1 ExecuteChangeSet',
      '1 SetQueueAttributes',
    ]);
  });

  it('one that fails and that AWS undoes', async () => {
    const failed = await deployed(window, 'trail', DENIED);
    assert.equal(failed.state.status, 'rolledBack');
    await expectedOf(failed);
  });

  it('the roll back of a creation, which deletes the stack', async () => {
    const created = window.deployments.list().findLast(({ stackName }) => stackName === 'trail');
    assert.ok(created);
    const gone = await carriedOut(reverseOf(created, window.deployments));
    assert.ok(isIn(gone, 'succeeded'), JSON.stringify(gone.state));
    assert.equal(gone.operation, 'destroy');
    assert.deepEqual((await expectedOf(gone)).toSorted(), ['1 DeleteTopic', '2 DeleteQueue']);
  });
});
