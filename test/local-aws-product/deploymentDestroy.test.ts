import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { UpdateTerminationProtectionCommand } from '@aws-sdk/client-cloudformation';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { UserError } from '../../src/base/userError.ts';
import { type Deployment, isIn } from '../../src/deployment/deployment.ts';
import { clientsOf } from '../local-aws/testClients.ts';
import { stackRequest } from '../unit/deployment/requests.ts';
import { approvalOf, deployed, never, openScene, type Scene, type Window } from './deploymentScene.ts';

let scene: Scene;
let window: Window;
let alice: ReturnType<typeof clientsOf>;

before(async () => {
  scene = await openScene();
  window = scene.window('w1');
  alice = clientsOf(scene.aws, scene.aws.world.alice);
});
after(() => scene.close());

const planDestroy = (stackName: string, ...retain: string[]): Promise<Deployment> => {
  const { source, ...asked } = stackRequest({ profileId: 'copilot', stackName, text: '' });
  return window.deployments.plan(
    { ...asked, operation: 'destroy', source: { ...source, ...(retain.length > 0 ? { retain } : {}) } },
    never,
  );
};

const apply = (plan: Deployment): Promise<Deployment> =>
  window.deployments.apply(plan.id, approvalOf(plan), window.say);

async function status(stackName: string): Promise<string | undefined> {
  const api = await scene.open(scene.aws.world.region, () => Promise.resolve(scene.user));
  return (await api.stack(stackName))?.status;
}

const changesOf = (plan: Deployment): string[] => {
  assert.ok(isIn(plan, 'awaitingApproval'), JSON.stringify(plan.state));
  return plan.state.plan.changes.map(({ action, address, detail }) =>
    `${action} ${address} ${detail}`.trim(),
  );
};

const count = async (eventName: string): Promise<number> =>
  (await scene.aws.control.records({ eventName })).length;

describe('a stack is destroyed', () => {
  const SHOP = `Resources:
  Queue: { Type: AWS::SQS::Queue }
  Topic: { Type: AWS::SNS::Topic, DeletionPolicy: Retain }
`;

  it('as approved: what is deleted and what stays; a no leaves all of it', async () => {
    await deployed(window, 'shop', SHOP);
    const first = await planDestroy('shop');
    assert.deepEqual(changesOf(first).sort(), [
      'remove Queue',
      'remove Topic it stays in the account, without the stack',
    ]);
    await window.deployments.refuse(first.id, 'alice said no.');
    assert.equal(await status('shop'), 'CREATE_COMPLETE');
    assert.equal(await count('DeleteStack'), 0);

    const end = await apply(await planDestroy('shop'));
    assert.ok(isIn(end, 'succeeded'), JSON.stringify(end.state));
    assert.equal(await status('shop'), undefined);
    assert.equal(await count('DeleteTopic'), 0);
    const [deleted, ...more] = await scene.aws.control.records({ eventName: 'DeleteQueue' });
    assert.equal(more.length, 0);
    assert.match(
      JSON.stringify(deleted),
      /"sourceIdentity":"alice".*"invokedBy":"cloudformation.amazonaws.com"/,
    );
    const skipped = window.deployments.events(end.id).map(event => `${event.address} ${event.status}`);
    assert.ok(skipped.includes('Topic DELETE_SKIPPED'), skipped.join());
  });

  it('not while it has termination protection', async () => {
    await deployed(window, 'kept', SHOP);
    const protect = (on: boolean) =>
      alice.cloudFormation.send(
        new UpdateTerminationProtectionCommand({ StackName: 'kept', EnableTerminationProtection: on }),
      );
    await protect(true);
    await assert.rejects(planDestroy('kept'), { code: 'deployment.terminationProtected' });
    await protect(false);
    const plan = await planDestroy('kept');
    await protect(true);
    await assert.rejects(apply(plan), (error: unknown) => {
      assert.ok(error instanceof UserError);
      return /TerminationProtection|not what it was/.test(error.message);
    });
    assert.equal(await status('kept'), 'CREATE_COMPLETE');
  });

  it('in a second step when a bucket is in the way: the bucket stays', async () => {
    await deployed(
      window,
      'full',
      'Resources: { Bucket: { Type: AWS::S3::Bucket, Properties: { BucketName: full-bucket } } }',
    );
    await alice.s3.send(new PutObjectCommand({ Bucket: 'full-bucket', Key: 'a', Body: 'a' }));
    const failed = await apply(await planDestroy('full'));
    assert.ok(isIn(failed, 'failed'), JSON.stringify(failed.state));
    assert.equal(failed.state.failure.address, 'Bucket');
    assert.match(failed.state.failure.reason, /not empty/);
    assert.equal(await status('full'), 'DELETE_FAILED');
    const again = await planDestroy('full', 'Bucket');
    assert.deepEqual(changesOf(again), ['remove Bucket it stays in the account, without the stack']);
    assert.equal((await apply(again)).state.status, 'succeeded');
    await alice.s3.send(new PutObjectCommand({ Bucket: 'full-bucket', Key: 'b', Body: 'b' }));
  });
});

describe('nested stacks', () => {
  const bucket = 'nested-templates';
  const url = `https://${bucket}.s3.amazonaws.com/queue.yaml`;
  const outer = (depth: number): string => `Resources:
  Nested:
    Type: AWS::CloudFormation::Stack
    Properties: { TemplateURL: "${url}", Parameters: { Depth: "${depth}" } }
Outputs:
  Url: { Value: !GetAtt Nested.Outputs.Url }
`;
  const inner = (name: string): string => `Parameters: { Depth: { Type: Number } }
Resources:
  ${name}: { Type: AWS::SQS::Queue, Properties: { DelaySeconds: !Ref Depth } }
Outputs: { Url: { Value: !Ref ${name} } }
`;
  const put = (text: string) =>
    alice.s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'queue.yaml', Body: text }));

  it('are planned with what is in them, and carried out as approved whatever their file says by then', async () => {
    await deployed(
      window,
      'templates',
      `Resources: { B: { Type: AWS::S3::Bucket, Properties: { BucketName: ${bucket} } } }`,
    );
    await put(inner('Queue'));
    const first = await window.deployments.plan(
      stackRequest({ profileId: 'copilot', stackName: 'outer', text: outer(5) }),
      never,
    );
    assert.deepEqual(changesOf(first), ['add Nested', 'add Nested/Queue']);
    assert.ok(isIn(first, 'awaitingApproval'));
    assert.equal(first.state.plan.changes[1]?.after, '{"DelaySeconds":"5"}');
    await put(inner('Backdoor'));
    const end = await apply(first);
    assert.ok(isIn(end, 'succeeded'), JSON.stringify(end.state));
    assert.match(end.state.outputs[0]?.value ?? '', /Queue/);
    assert.doesNotMatch(
      JSON.stringify(await scene.aws.control.records({ eventName: 'CreateQueue' })),
      /Backdoor/,
    );
  });

  it('change inside, and go with the stack that they are in', async () => {
    await put(inner('Queue'));
    const plan = await window.deployments.plan(
      stackRequest({ profileId: 'copilot', stackName: 'outer', text: outer(7) }),
      never,
    );
    assert.deepEqual(changesOf(plan), [
      'modify Nested Parameters',
      'modify Nested/Queue DelaySeconds (because of Depth)',
    ]);
    assert.ok(isIn(plan, 'awaitingApproval'));
    const [, queue] = plan.state.plan.changes;
    assert.match(queue?.before ?? '', /"DelaySeconds":"5"/);
    assert.match(queue?.after ?? '', /"DelaySeconds":"7"/);
    assert.equal((await apply(plan)).state.status, 'succeeded');
    const destroy = await planDestroy('outer');
    assert.deepEqual(changesOf(destroy), ['remove Nested', 'remove Nested/Queue']);
    assert.equal((await apply(destroy)).state.status, 'succeeded');
    assert.equal(await status('outer'), undefined);
  });

  it('leave nothing behind when the plan is refused', async () => {
    const plan = await window.deployments.plan(
      stackRequest({ profileId: 'copilot', stackName: 'never', text: outer(1) }),
      never,
    );
    await window.deployments.refuse(plan.id, 'alice said no.');
    assert.equal(await status('never'), undefined);
  });
});
