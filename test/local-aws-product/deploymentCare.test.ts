import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { CreateChangeSetCommand, ExecuteChangeSetCommand } from '@aws-sdk/client-cloudformation';
import { isIn } from '../../src/deployment/deployment.ts';
import type { KnownStack } from '../../src/deployment/engine.ts';
import { clientsOf, revealed, until } from '../local-aws/testClients.ts';
import { signedFetch } from '../local-aws/testRequests.ts';
import { eventsOf, settled } from '../local-aws/testStacks.ts';
import { stackRequest } from '../unit/deployment/requests.ts';
import {
  approvalOf,
  deployed,
  never,
  openScene,
  planned,
  type Scene,
  type Window,
} from './deploymentScene.ts';

let scene: Scene;
let window: Window;

before(async () => {
  scene = await openScene();
  window = scene.window('w1');
});
after(() => scene.close());

const queue = (name: string, depth: number): string =>
  `  ${name}: { Type: AWS::SQS::Queue, Properties: { QueueName: ${name}, DelaySeconds: "${depth}" } }\n`;
const queues = (names: readonly string[], depth: number): string =>
  `Resources:\n${names.map(name => queue(name, depth)).join('')}`;
/** The agent may not make roles; it comes last. */
const denied = (after: string): string =>
  `  Role: { Type: AWS::IAM::Role, DependsOn: ${after}, Properties: { AssumeRolePolicyDocument: {} } }\n`;

async function known(stackName: string): Promise<KnownStack> {
  const api = await scene.open(scene.aws.world.region, () => Promise.resolve(scene.user));
  const stack = await api.stack(stackName);
  assert.ok(stack, stackName);
  return { profileId: 'copilot', region: scene.aws.world.region, stackId: stack.stackId };
}

const statusOf = async (stack: KnownStack): Promise<string | undefined> =>
  (await window.deployments.stackCondition(stack, never))?.status;

/** Somebody does something to a queue, beside its stack. */
async function beside(operation: string, queueName: string, more: object = {}): Promise<void> {
  const { endpoint, world } = scene.aws;
  const QueueUrl = `${endpoint}/${world.dev.accountId}/${queueName}`;
  const request = { service: 'sqs', target: `AmazonSQS.${operation}`, body: { QueueUrl, ...more } };
  const { status, text } = await signedFetch(scene.aws, world.alice, request);
  assert.equal(status, 200, text);
}

/** Another tool of the agent deploys, without taking back what fails. */
async function deployBeside(
  StackName: string,
  TemplateBody: string,
  DisableRollback: boolean,
): Promise<void> {
  const { arn, externalId } = scene.aws.world.agentRole;
  const { cloudFormation } = clientsOf(
    scene.aws,
    revealed((await scene.mint(arn, externalId, 'other')).credentials),
  );
  const { Id } = await cloudFormation.send(
    new CreateChangeSetCommand({
      StackName,
      ChangeSetName: 'theirs',
      TemplateBody,
      Capabilities: ['CAPABILITY_IAM'],
    }),
  );
  await until(async () => {
    try {
      await cloudFormation.send(new ExecuteChangeSetCommand({ ChangeSetName: Id, DisableRollback }));
      return true;
    } catch (error) {
      assert.match(String(error), /status of \[CREATE_PENDING\]/);
      return undefined;
    }
  });
}

const alice = () => clientsOf(scene.aws, scene.aws.world.alice).cloudFormation;

describe('what a stack has beside its template', () => {
  const POLICY = '{"Statement":[{"Effect":"Allow","Action":"Update:*","Principal":"*","Resource":"*"}]}';

  it('is made with it, seen by AWS, and is a plan of its own when it alone changes', async () => {
    const { source, ...asked } = stackRequest({
      profileId: 'copilot',
      stackName: 'kept',
      text: queues(['Kept'], 1),
    });
    const wanted = { ...asked, source: { ...source, terminationProtection: true, stackPolicy: POLICY } };
    const first = await window.deployments.plan(wanted, never);
    const end = await window.deployments.apply(first.id, approvalOf(first), window.say);
    assert.ok(isIn(end, 'succeeded'), JSON.stringify(end.state));
    assert.equal((await window.deployments.plan(wanted, never)).state.status, 'noChanges');
    const off = await window.deployments.plan(
      { ...asked, source: { ...source, terminationProtection: false } },
      never,
    );
    assert.ok(isIn(off, 'awaitingApproval') && off.state.plan.changes.length === 0);
    const done = await window.deployments.apply(off.id, approvalOf(off), window.say);
    assert.ok(isIn(done, 'succeeded'), JSON.stringify(done.state));
    const records = await scene.aws.control.records({ eventName: 'UpdateTerminationProtection' });
    assert.equal(records.length, 2);
    assert.match(JSON.stringify(records), /"sourceIdentity":"alice"/);
  });
});

describe('a failed stack', () => {
  it('whose update was not rolled back is rolled back as the agent, and takes changes again', async () => {
    await deployed(window, 'half', queues(['Half'], 1));
    await deployBeside('half', queues(['Half'], 5) + denied('Half'), true);
    await settled(alice(), 'half');
    const stack = await known('half');
    assert.equal(await statusOf(stack), 'UPDATE_FAILED');
    await window.deployments.recoverStack({ ...stack, way: 'rollBack' }, never);
    assert.equal(await statusOf(stack), 'UPDATE_ROLLBACK_COMPLETE');
    const [record] = await scene.aws.control.records({ eventName: 'RollbackStack' });
    assert.match(JSON.stringify(record), /"sourceIdentity":"alice"/);
    assert.equal((await planned(window, 'half', queues(['Half'], 2))).state.status, 'awaitingApproval');
  });

  it('whose roll back failed goes on when what was in the way is put right', async () => {
    const names = ['First', ...Array.from({ length: 15 }, (_, i) => `More${i}`)];
    await deployed(window, 'stuck', queues(names, 1));
    await deployBeside('stuck', queues(names, 5) + denied('More14'), false);
    await until(
      async () =>
        (await eventsOf(alice(), 'stuck', 'UPDATE_IN_PROGRESS')).includes('First UPDATE_COMPLETE') ||
        undefined,
    );
    await beside('DeleteQueue', 'First');
    await settled(alice(), 'stuck');
    const stack = await known('stuck');
    assert.equal(await statusOf(stack), 'UPDATE_ROLLBACK_FAILED');
    await assert.rejects(planned(window, 'stuck', queues(names, 2)), (error: unknown) => {
      assert.ok(error instanceof Error && 'code' in error && 'action' in error);
      assert.match(error.message, /could not roll it back\. .*First/);
      assert.match(JSON.stringify(error.action), /"Continue Roll Back".*"way":"continueRollBack"/);
      return error.code === 'deployment.stackFailed';
    });
    const onwards = { ...stack, way: 'continueRollBack' as const };
    await assert.rejects(window.deployments.recoverStack(onwards, never), {
      code: 'deployment.stackNotRecovered',
    });
    await beside('CreateQueue', 'First', { QueueName: 'First', QueueUrl: undefined });
    await window.deployments.recoverStack(onwards, never);
    assert.equal(await statusOf(stack), 'UPDATE_ROLLBACK_COMPLETE');
  });
});

describe('drift', () => {
  it('of a changed and of a deleted queue is found, and what is as it was is not named', async () => {
    await deployed(window, 'drifting', queues(['Same', 'Changed', 'Gone'], 1));
    await beside('SetQueueAttributes', 'Changed', { Attributes: { DelaySeconds: '77' } });
    await beside('DeleteQueue', 'Gone');
    const drift = await window.deployments.detectDrift(await known('drifting'), never);
    assert.equal(drift.status, 'DRIFTED');
    assert.deepEqual(
      drift.resources.map(({ address, status, differences }) => [address, status, differences]),
      [
        ['Same', 'IN_SYNC', []],
        ['Changed', 'MODIFIED', [{ path: '/DelaySeconds', kind: 'NOT_EQUAL', expected: '1', actual: '77' }]],
        ['Gone', 'DELETED', []],
      ],
    );
  });
});
