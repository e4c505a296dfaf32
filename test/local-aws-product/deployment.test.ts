import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { UserError } from '../../src/base/userError.ts';
import { type Deployment, isIn } from '../../src/deployment/deployment.ts';
import { approvalOf, deployed, openScene, planned, type Scene, type Window } from './deploymentScene.ts';

const SITE = `
Parameters:
  Days: { Type: Number, Default: 4, MinValue: 1 }
  Secret: { Type: String, NoEcho: true, Default: none }
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties: { MessageRetentionPeriod: !Ref Days }
  Topic: { Type: AWS::SNS::Topic }
Outputs:
  QueueUrl: { Value: !Ref Queue, Description: Where to send }
`;
const MANY = `Resources:\n${Array.from({ length: 12 }, (_, i) => `  T${i}: { Type: AWS::SNS::Topic }`).join('\n')}\n`;
const DENIED = `${MANY}  Role:
    Type: AWS::IAM::Role
    DependsOn: T11
    Properties: { AssumeRolePolicyDocument: { Version: "2012-10-17", Statement: [] } }
`;

let scene: Scene;
let window: Window;

before(async () => {
  scene = await openScene();
  window = scene.window('w1');
});
after(() => scene.close());

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));

async function until(what: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; i < 1000; i++) {
    if (await what()) return;
    await pause(5);
  }
  throw new Error(`It did not come to: ${String(what)}`);
}

const untilProgress = (of: Window, count: number): Promise<void> => {
  const had = of.said.length;
  return until(() => of.said.length >= had + count);
};

async function executionsOf(deployment: Deployment): Promise<number> {
  const records = await scene.aws.control.records({ eventName: 'ExecuteChangeSet' });
  return records.filter(record => JSON.stringify(record).includes(`no-wing-${deployment.id}`)).length;
}

describe('deployments at the local AWS', () => {
  it('creates a stack with outputs, under the agent for the human', async () => {
    const plan = await planned(window, 'site', SITE, { Days: '60', Secret: 'hunter2' });
    assert.ok(isIn(plan, 'awaitingApproval'));
    assert.deepEqual(
      plan.state.plan.changes.map(change => `${change.action} ${change.address} ${change.type}`).sort(),
      ['add Queue AWS::SQS::Queue', 'add Topic AWS::SNS::Topic'],
    );
    const end = await window.deployments.apply(plan.id, approvalOf(plan), window.say);
    assert.ok(isIn(end, 'succeeded'), JSON.stringify(end.state));
    assert.equal(end.onBehalfOf, 'alice');
    assert.match(end.state.outputs[0]?.value ?? '', /queue/i);
    const told = window.said.flatMap(item =>
      item.kind === 'resource' ? [`${item.address} ${item.status}`] : [],
    );
    assert.ok(
      told.includes('Queue CREATE_COMPLETE') && told.at(-1) === 'site CREATE_COMPLETE',
      told.join('\n'),
    );
    assert.equal(await executionsOf(end), 1);
    const created = await scene.aws.control.records({ eventName: 'CreateQueue' });
    assert.match(JSON.stringify(created), /"sourceIdentity":"alice"/);
  });

  it('updates it, keeping parameters that were not given', async () => {
    const plan = await planned(window, 'site', SITE.replace('Topic: {', 'Other: {'), { Days: '90' });
    assert.ok(isIn(plan, 'awaitingApproval'));
    assert.equal(plan.state.plan.action, 'update');
    const changes = plan.state.plan.changes.map(change => `${change.action} ${change.address}`).sort();
    assert.deepEqual(changes, ['add Other', 'modify Queue', 'remove Topic']);
    assert.match(
      plan.state.plan.changes.find(change => change.address === 'Queue')?.detail ?? '',
      /MessageRetentionPeriod.*Days/,
    );
    const end = await window.deployments.apply(plan.id, approvalOf(plan), window.say);
    assert.equal(end.state.status, 'succeeded');
  });

  it('says when there is nothing to change', async () => {
    const end = await deployed(window, 'site', SITE.replace('Topic: {', 'Other: {'));
    assert.equal(end.state.status, 'noChanges');
  });

  it('names the resource that AWS denied, then deletes the failed stack as confirmed', async () => {
    const end = await deployed(window, 'denied', DENIED);
    assert.ok(isIn(end, 'rolledBack'), JSON.stringify(end.state));
    assert.equal(end.state.failure.address, 'Role');
    assert.match(end.state.failure.reason, /not authorized to perform: iam:CreateRole/);
    assert.ok(end.state.plan.engine === 'cloudformation');
    const { stackId } = end.state.plan;
    const failed = { profileId: 'copilot', region: scene.aws.world.region, stackId, way: 'delete' as const };
    await assert.rejects(planned(window, 'denied', MANY), (error: unknown) => {
      assert.ok(error instanceof UserError && error.code === 'deployment.stackFailed', String(error));
      assert.deepEqual(error.action?.args, [failed]);
      return true;
    });
    await window.deployments.recoverStack(failed, new AbortController().signal);
    assert.equal((await planned(window, 'denied', MANY)).state.status, 'awaitingApproval');
  });

  it('cancels a creation by deleting the new stack', async () => {
    const plan = await planned(window, 'cancelled', MANY);
    const end = window.deployments.apply(plan.id, approvalOf(plan), window.say);
    await untilProgress(window, 4);
    assert.equal(window.deployments.cancelEffect(plan.id), 'deleteNewStack');
    const cancelled = await window.deployments.cancel(plan.id, 'deleteNewStack', window.say);
    assert.ok(isIn(cancelled, 'cancelled'), JSON.stringify(cancelled.state));
    assert.deepEqual(await end, cancelled);
  });

  it('cancels an update by rolling it back', async () => {
    await deployed(window, 'steady', 'Resources: { One: { Type: AWS::SNS::Topic } }');
    const plan = await planned(window, 'steady', `${MANY}  One: { Type: AWS::SNS::Topic }\n`);
    const end = window.deployments.apply(plan.id, approvalOf(plan), window.say);
    await untilProgress(window, 4);
    const cancelled = await window.deployments.cancel(plan.id, 'rollBackUpdate', window.say);
    assert.ok(isIn(cancelled, 'cancelled'), JSON.stringify(cancelled.state));
    assert.deepEqual(await end, cancelled);
  });

  it('takes back a plan that was refused, with its empty stack', async () => {
    const plan = await planned(window, 'refused', MANY);
    await window.deployments.refuse(plan.id, 'no');
    const api = await scene.open(scene.aws.world.region, () => Promise.resolve(scene.user));
    for (let i = 0; i < 50 && (await api.stack('refused')); i++)
      await new Promise(resolve => setTimeout(resolve, 20));
    assert.equal(await api.stack('refused'), undefined);
  });

  it('goes on where a closed window stopped, without doing anything twice', async () => {
    const first = scene.window('first');
    const plan = await planned(first, 'resumed', MANY);
    const end = first.deployments.apply(plan.id, approvalOf(plan), first.say);
    await untilProgress(first, 4);
    first.deployments.dispose();
    await assert.rejects(end, { name: 'AbortError' });
    const next = scene.window('next');
    const resumed = await next.deployments.follow(plan.id, next.say);
    assert.equal(resumed.state.status, 'succeeded');
    const ids = next.deployments.events(plan.id).map(event => event.eventId);
    assert.equal(new Set(ids).size, ids.length);
    assert.equal(ids.length, 2 + 12 * 3);
    assert.equal(await executionsOf(resumed), 1);
  });

  it('sits out throttling and lost connections, and says so', async () => {
    const plan = await planned(window, 'weather', MANY);
    const before = window.said.length;
    const events = { service: 'cloudformation', operation: 'DescribeStackEvents', times: 5 } as const;
    await scene.aws.control.fail({ ...events, kind: 'throttle' });
    await scene.aws.control.fail({ ...events, kind: 'drop' });
    const end = await window.deployments.apply(plan.id, approvalOf(plan), window.say);
    assert.equal(end.state.status, 'succeeded');
    const notices = window.said.slice(before).flatMap(item => (item.kind === 'notice' ? [item.text] : []));
    assert.match(notices[0] ?? '', /asks for patience/);
    assert.match(notices.at(-1) ?? '', /answers again/);
  });

  it('goes on with a new session when the old one ends in the middle', async () => {
    const { arn, externalId } = scene.aws.world.agentRole;
    let session = scene.mint(arn, externalId, 'x');
    const own = scene.window('renewed', () => session);
    const plan = await planned(own, 'renewed', MANY);
    const end = own.deployments.apply(plan.id, approvalOf(plan), own.say);
    await untilProgress(own, 2);
    await scene.aws.control.expireSession((await session).credentials.accessKeyId);
    await until(() => own.said.some(item => item.kind === 'notice' && /session has ended/.test(item.text)));
    session = scene.mint(arn, externalId, 'y');
    assert.ok(isIn(await end, 'succeeded', 'rolledBack'), JSON.stringify((await end).state));
  });
});
