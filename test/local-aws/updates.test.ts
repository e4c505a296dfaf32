import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  CancelUpdateStackCommand,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  GetTemplateCommand,
  ListStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { HeadBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { type LocalAws, startLocalAws } from './index.ts';
import { agentSession, clientsOf, refusalOf, until } from './testClients.ts';
import { deploy, eventsOf, reasonsOf, settled } from './testStacks.ts';

let aws: LocalAws;
let agent: ReturnType<typeof clientsOf>;
before(async () => {
  aws = await startLocalAws({ stackStepMs: 5 });
  agent = clientsOf(aws, await agentSession(aws));
});
after(() => aws.close());

const queue = (name: string, more = '') => `
  ${name}:
    Type: AWS::SQS::Queue
    Properties: {${more}}`;
const role = `
  Role:
    Type: AWS::IAM::Role
    Properties: {AssumeRolePolicyDocument: {Version: '2012-10-17', Statement: []}}`;
const CAPABILITY_IAM = { Capabilities: ['CAPABILITY_IAM' as const] };

describe('an update', () => {
  const start = async (StackName: string, TemplateBody: string) => {
    const stack = await deploy(agent.cloudFormation, { StackName, ChangeSetType: 'CREATE', TemplateBody });
    assert.equal(stack.StackStatus, 'CREATE_COMPLETE');
  };
  const update = async (StackName: string, TemplateBody: string) => {
    await agent.cloudFormation.send(new UpdateStackCommand({ StackName, TemplateBody, ...CAPABILITY_IAM }));
    return settled(agent.cloudFormation, StackName);
  };

  it('changes, adds, replaces and removes', async () => {
    await start(
      'changing',
      `Resources:${queue('Kept', 'VisibilityTimeout: 10')}${queue('Named', 'QueueName: first')}${queue('Gone')}`,
    );
    const stack = await update(
      'changing',
      `Resources:${queue('Kept', 'VisibilityTimeout: 20')}${queue('Named', 'QueueName: second')}${queue('New')}`,
    );
    assert.equal(stack.StackStatus, 'UPDATE_COMPLETE');
    assert.deepEqual(await eventsOf(agent.cloudFormation, 'changing', 'UPDATE_IN_PROGRESS'), [
      'changing UPDATE_IN_PROGRESS',
      'Kept UPDATE_IN_PROGRESS',
      'Kept UPDATE_COMPLETE',
      'Named UPDATE_IN_PROGRESS',
      'Named CREATE_IN_PROGRESS',
      'Named CREATE_IN_PROGRESS',
      'Named CREATE_COMPLETE',
      'Named UPDATE_COMPLETE',
      'New CREATE_IN_PROGRESS',
      'New CREATE_IN_PROGRESS',
      'New CREATE_COMPLETE',
      'changing UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
      'Gone DELETE_IN_PROGRESS',
      'Gone DELETE_COMPLETE',
      'Named DELETE_IN_PROGRESS',
      'Named DELETE_COMPLETE',
      'changing UPDATE_COMPLETE',
    ]);
  });

  it('rolls back to what was', async () => {
    const before = `Resources:${queue('Kept', 'VisibilityTimeout: 10')}`;
    await start('returning', before);
    const stack = await update(
      'returning',
      `Resources:${queue('Kept', 'VisibilityTimeout: 20')}${queue('New')}${role.replace('Properties', 'DependsOn: New\n    Properties')}`,
    );
    assert.equal(stack.StackStatus, 'UPDATE_ROLLBACK_COMPLETE');
    assert.deepEqual(await eventsOf(agent.cloudFormation, 'returning', 'UPDATE_ROLLBACK_IN_PROGRESS'), [
      'returning UPDATE_ROLLBACK_IN_PROGRESS',
      'Kept UPDATE_IN_PROGRESS',
      'Kept UPDATE_COMPLETE',
      'returning UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
      'New DELETE_IN_PROGRESS',
      'New DELETE_COMPLETE',
      'returning UPDATE_ROLLBACK_COMPLETE',
    ]);
    assert.equal(
      (await agent.cloudFormation.send(new GetTemplateCommand({ StackName: 'returning' }))).TemplateBody,
      before,
    );
    assert.deepEqual(await reasonsOf(agent.cloudFormation, 'returning', 'UPDATE_ROLLBACK_IN_PROGRESS'), [
      'The following resource(s) failed to update: [Role]. ',
    ]);
  });

  it('can be cancelled, and not be started twice', async () => {
    await start(
      'cancelled',
      `Resources:${queue('A', 'VisibilityTimeout: 1')}${queue('B', 'VisibilityTimeout: 1')}${queue('C', 'VisibilityTimeout: 1')}`,
    );
    const TemplateBody = `Resources:${queue('A', 'VisibilityTimeout: 2')}${queue('B', 'VisibilityTimeout: 2')}${queue('C', 'VisibilityTimeout: 2')}`;
    await agent.cloudFormation.send(new UpdateStackCommand({ StackName: 'cancelled', TemplateBody }));
    const [twice] = await Promise.all([
      refusalOf(agent.cloudFormation.send(new UpdateStackCommand({ StackName: 'cancelled', TemplateBody }))),
      agent.cloudFormation.send(new CancelUpdateStackCommand({ StackName: 'cancelled' })),
    ]);
    assert.match(twice.message, /^Stack:arn:.* is in UPDATE_IN_PROGRESS state and can not be updated\.$/);
    assert.equal((await settled(agent.cloudFormation, 'cancelled')).StackStatus, 'UPDATE_ROLLBACK_COMPLETE');
    const refused = await refusalOf(
      agent.cloudFormation.send(new CancelUpdateStackCommand({ StackName: 'cancelled' })),
    );
    assert.equal(refused.message, 'CancelUpdateStack cannot be called from current stack status');
    assert.equal(
      (
        await refusalOf(
          update(
            'cancelled',
            `Resources:${queue('A', 'VisibilityTimeout: 1')}${queue('B', 'VisibilityTimeout: 1')}${queue('C', 'VisibilityTimeout: 1')}`,
          ),
        )
      ).message,
      'No updates are to be performed.',
    );
  });
});

describe('deletion', () => {
  it('removes the resources and leaves the stack to be found by its id', async () => {
    const made = await agent.cloudFormation.send(
      new CreateStackCommand({ StackName: 'going', TemplateBody: `Resources:${queue('Queue')}` }),
    );
    await settled(agent.cloudFormation, 'going');
    await agent.cloudFormation.send(new DeleteStackCommand({ StackName: 'going' }));
    const gone = await settled(agent.cloudFormation, made.StackId ?? '');
    assert.equal(gone.StackStatus, 'DELETE_COMPLETE');
    const unknown = await refusalOf(
      agent.cloudFormation.send(new DescribeStacksCommand({ StackName: 'going' })),
    );
    assert.deepEqual(unknown, {
      name: 'ValidationError',
      message: 'Stack with id going does not exist',
      status: 400,
    });
    const { StackSummaries: listed = [] } = await agent.cloudFormation.send(
      new ListStacksCommand({ StackStatusFilter: ['DELETE_COMPLETE'] }),
    );
    assert(listed.some(stack => stack.StackId === made.StackId));
    await agent.cloudFormation.send(new DeleteStackCommand({ StackName: 'going' }));
  });

  it('fails over a bucket that is not empty, and keeps what is to be retained', async () => {
    const TemplateBody =
      'Resources: {Full: {Type: "AWS::S3::Bucket", Properties: {BucketName: full-bucket}}, Kept: {Type: "AWS::S3::Bucket", DeletionPolicy: Retain, Properties: {BucketName: kept-bucket}}}';
    await deploy(agent.cloudFormation, { StackName: 'full', ChangeSetType: 'CREATE', TemplateBody });
    await agent.s3.send(new PutObjectCommand({ Bucket: 'full-bucket', Key: 'k', Body: 'x' }));
    await agent.cloudFormation.send(new DeleteStackCommand({ StackName: 'full' }));
    const stack = await settled(agent.cloudFormation, 'full');
    assert.equal(stack.StackStatus, 'DELETE_FAILED');
    assert.equal(stack.StackStatusReason, 'The following resource(s) failed to delete: [Full]. ');
    assert((await eventsOf(agent.cloudFormation, 'full')).includes('Kept DELETE_SKIPPED'));
    await agent.s3.send(new HeadBucketCommand({ Bucket: 'kept-bucket' }));
  });
});

describe('paging', () => {
  it('gives a hundred events at a time, and none twice', async () => {
    const many = Array.from({ length: 40 }, (_, index) => queue(`Queue${index}`)).join('');
    await agent.cloudFormation.send(
      new CreateStackCommand({ StackName: 'many', TemplateBody: `Resources:${many}` }),
    );
    await until(async () =>
      (await settled(agent.cloudFormation, 'many')).StackStatus === 'CREATE_COMPLETE' ? true : undefined,
    );
    const first = await agent.cloudFormation.send(new DescribeStackEventsCommand({ StackName: 'many' }));
    const second = await agent.cloudFormation.send(
      new DescribeStackEventsCommand({ StackName: 'many', NextToken: first.NextToken }),
    );
    const ids = [...(first.StackEvents ?? []), ...(second.StackEvents ?? [])].map(
      event => `${event.EventId} ${event.ResourceStatusReason}`,
    );
    assert.equal(first.StackEvents?.length, 100);
    assert.equal(new Set(ids).size, 122);
  });
});
