import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  DescribeStackEventsCommand,
  DescribeStackResourcesCommand,
  GetTemplateCommand,
  ListStackResourcesCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { CreateBucketCommand, HeadBucketCommand } from '@aws-sdk/client-s3';
import { type LocalAws, startLocalAws } from './index.ts';
import { agentSession, clientsOf, refusalOf, type TestCredentials } from './testClients.ts';
import { deploy, eventsOf, reasonsOf } from './testStacks.ts';
import { dig } from './values.ts';

let aws: LocalAws;
let session: TestCredentials;
let agent: ReturnType<typeof clientsOf>;
before(async () => {
  aws = await startLocalAws({ stackStepMs: 5 });
  session = await agentSession(aws);
  agent = clientsOf(aws, session);
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

const everything = `
Description: All the types the agent uses
Parameters:
  Stage: {Type: String, Default: dev}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
Resources:
  Bucket:
    Type: AWS::S3::Bucket
    Properties:
      BucketEncryption: {ServerSideEncryptionConfiguration: [{ServerSideEncryptionByDefault: {SSEAlgorithm: AES256}}]}
      VersioningConfiguration: {Status: Enabled}
      PublicAccessBlockConfiguration: {BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true}
      Tags: [{Key: stage, Value: !Ref Stage}]
  Policy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Bucket
      PolicyDocument: {Version: '2012-10-17', Statement: [{Effect: Deny, Principal: '*', Action: 's3:*', Resource: !Sub '\${Bucket.Arn}/*', Condition: {Bool: {'aws:SecureTransport': 'false'}}}]}
  Queue:
    Type: AWS::SQS::Queue
    Properties: {VisibilityTimeout: 60}
  Topic:
    Type: AWS::SNS::Topic
    Properties: {DisplayName: news, Subscription: [{Protocol: sqs, Endpoint: !GetAtt Queue.Arn}]}
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
  Parameter:
    Type: AWS::SSM::Parameter
    Properties: {Type: String, Value: !Join ['/', [!Ref Stage, !Select [0, !Split ['-', 'first-second']]]]}
  Log:
    Type: AWS::Logs::LogGroup
    Properties: {RetentionInDays: 7}
  Extra:
    Type: AWS::SQS::Queue
    Condition: IsProd
Outputs:
  BucketArn: {Value: !GetAtt Bucket.Arn, Export: {Name: !Sub '\${AWS::StackName}-bucket'}}
  Url: {Value: !Ref Queue, Description: where to send}
`;

describe('a stack by change set', () => {
  it('is created resource by resource, with outputs, and recorded as forwarded access', async () => {
    const stack = await deploy(agent.cloudFormation, {
      StackName: 'all',
      ChangeSetType: 'CREATE',
      TemplateBody: everything,
    });
    assert.equal(
      stack.StackStatus,
      'CREATE_COMPLETE',
      (await reasonsOf(agent.cloudFormation, 'all', 'CREATE_FAILED')).join(),
    );
    const outputs = Object.fromEntries((stack.Outputs ?? []).map(output => [output.OutputKey, output]));
    assert.match(outputs['BucketArn']?.OutputValue ?? '', /^arn:aws:s3:::all-bucket-[a-z0-9]{12}$/);
    assert.equal(outputs['BucketArn']?.ExportName, 'all-bucket');
    const events = await eventsOf(agent.cloudFormation, 'all');
    assert.deepEqual(events.slice(0, 5), [
      'all REVIEW_IN_PROGRESS',
      'all CREATE_IN_PROGRESS',
      'Bucket CREATE_IN_PROGRESS',
      'Bucket CREATE_IN_PROGRESS',
      'Bucket CREATE_COMPLETE',
    ]);
    assert.equal(events.at(-1), 'all CREATE_COMPLETE');
    assert(!events.some(event => event.startsWith('Extra')));
    await agent.s3.send(
      new HeadBucketCommand({ Bucket: outputs['BucketArn']?.OutputValue?.split(':').at(-1) ?? '' }),
    );

    const records = await aws.control.records();
    const forwarded = records.filter(
      record => dig(record, 'userIdentity', 'invokedBy') === 'cloudformation.amazonaws.com',
    );
    assert.deepEqual(
      forwarded.map(record => record['eventName']),
      [
        'CreateBucket',
        'PutBucketEncryption',
        'PutBucketVersioning',
        'PutBucketPublicAccessBlock',
        'PutBucketTagging',
        'PutBucketPolicy',
        'CreateQueue',
        'CreateTopic',
        'Subscribe',
        'CreateTable',
        'PutParameter',
        'CreateLogGroup',
        'PutRetentionPolicy',
      ],
    );
    const keys = new Set(forwarded.map(record => dig(record, 'userIdentity', 'accessKeyId')));
    assert.equal(keys.size, 1);
    assert(!keys.has(session.accessKeyId));
    for (const record of forwarded) {
      assert.equal(record['sourceIPAddress'], 'cloudformation.amazonaws.com');
      assert.equal(record['userAgent'], 'cloudformation.amazonaws.com');
      assert.equal(dig(record, 'userIdentity', 'sessionContext', 'sourceIdentity'), 'alice');
      assert.equal(
        dig(record, 'userIdentity', 'sessionContext', 'sessionIssuer', 'arn'),
        aws.world.agentRole.arn,
      );
    }
  });

  it('shows its resources, its template and its events with the request token', async () => {
    const { StackResources: resources = [] } = await agent.cloudFormation.send(
      new DescribeStackResourcesCommand({ StackName: 'all' }),
    );
    assert.equal(resources.length, 7);
    assert(
      resources.every(
        resource => resource.PhysicalResourceId && resource.ResourceStatus === 'CREATE_COMPLETE',
      ),
    );
    const { StackResourceSummaries: summaries = [] } = await agent.cloudFormation.send(
      new ListStackResourcesCommand({ StackName: 'all' }),
    );
    assert.deepEqual(
      summaries.map(summary => summary.LogicalResourceId),
      resources.map(resource => resource.LogicalResourceId),
    );
    assert.equal(
      (await agent.cloudFormation.send(new GetTemplateCommand({ StackName: 'all' }))).TemplateBody,
      everything,
    );
    const { StackEvents: events = [] } = await agent.cloudFormation.send(
      new DescribeStackEventsCommand({ StackName: 'all' }),
    );
    assert.equal(events[0]?.ClientRequestToken, 'token-1');
    assert(
      events.every(
        (event, index) => index === 0 || Number(event.Timestamp) <= Number(events[index - 1]?.Timestamp),
      ),
    );
  });
});

describe('a stack that fails', () => {
  it('rolls back when the caller may not make a resource', async () => {
    const TemplateBody = `Resources:${queue('Queue')}${role.replace('Properties', 'DependsOn: Queue\n    Properties')}`;
    const stack = await deploy(agent.cloudFormation, {
      StackName: 'denied',
      ChangeSetType: 'CREATE',
      TemplateBody,
      ...CAPABILITY_IAM,
    });
    assert.equal(stack.StackStatus, 'ROLLBACK_COMPLETE');
    assert.deepEqual(await eventsOf(agent.cloudFormation, 'denied', 'CREATE_IN_PROGRESS'), [
      'denied CREATE_IN_PROGRESS',
      'Queue CREATE_IN_PROGRESS',
      'Queue CREATE_IN_PROGRESS',
      'Queue CREATE_COMPLETE',
      'Role CREATE_IN_PROGRESS',
      'Role CREATE_FAILED',
      'denied ROLLBACK_IN_PROGRESS',
      'Queue DELETE_IN_PROGRESS',
      'Queue DELETE_COMPLETE',
      'denied ROLLBACK_COMPLETE',
    ]);
    const [reason = ''] = await reasonsOf(agent.cloudFormation, 'denied', 'CREATE_FAILED');
    assert.match(
      reason,
      /^Resource handler returned message: "User: arn:aws:sts::111122223333:assumed-role\/no-wing-agent\/no-wing-copilot-a1b2 is not authorized to perform: iam:CreateRole on resource: arn:aws:iam::111122223333:role\/denied-Role-[A-Z0-9]{12} because no identity-based policy allows the iam:CreateRole action \(Service: Iam, Status Code: 403, Request ID: [0-9a-f-]{36}\) \(SDK Attempt Count: 1\)" \(RequestToken: [0-9a-f-]{36}, HandlerErrorCode: AccessDenied\)$/,
    );
    assert.deepEqual(await reasonsOf(agent.cloudFormation, 'denied', 'ROLLBACK_IN_PROGRESS'), [
      'The following resource(s) failed to create: [Role]. Rollback requested by user.',
    ]);
    const update = await refusalOf(
      agent.cloudFormation.send(new UpdateStackCommand({ StackName: 'denied', TemplateBody })),
    );
    assert.equal(
      update.message,
      `Stack:${stack.StackId} is in ROLLBACK_COMPLETE state and can not be updated.`,
    );
    const [denied] = (await aws.control.records({ eventName: 'CreateRole' })).slice(-1);
    assert.equal(denied?.['errorCode'], 'AccessDenied');
    assert.equal(dig(denied, 'userIdentity', 'invokedBy'), 'cloudformation.amazonaws.com');
  });

  it('rolls back when a bucket name is taken', async () => {
    await agent.s3.send(new CreateBucketCommand({ Bucket: 'taken-name' }));
    const TemplateBody = 'Resources: {B: {Type: "AWS::S3::Bucket", Properties: {BucketName: taken-name}}}';
    const stack = await deploy(agent.cloudFormation, {
      StackName: 'taken',
      ChangeSetType: 'CREATE',
      TemplateBody,
    });
    assert.equal(stack.StackStatus, 'ROLLBACK_COMPLETE');
    assert.match(
      (await reasonsOf(agent.cloudFormation, 'taken', 'CREATE_FAILED')).join(),
      /already exists.*HandlerErrorCode: AlreadyExists/,
    );
    await agent.s3.send(new HeadBucketCommand({ Bucket: 'taken-name' }));
  });

  it('cleans up a bucket whose settings are refused', async () => {
    const mayNotEncrypt = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: '*', Resource: '*' },
        { Effect: 'Deny', Action: 's3:PutEncryptionConfiguration', Resource: '*' },
      ],
    });
    const by = clientsOf(aws, await agentSession(aws, { Policy: mayNotEncrypt }));
    const encryption =
      '{ServerSideEncryptionConfiguration: [{ServerSideEncryptionByDefault: {SSEAlgorithm: AES256}}]}';
    const TemplateBody = `Resources: {B: {Type: "AWS::S3::Bucket", Properties: {BucketName: half-made, BucketEncryption: ${encryption}}}}`;
    const stack = await deploy(by.cloudFormation, {
      StackName: 'half',
      ChangeSetType: 'CREATE',
      TemplateBody,
    });
    assert.equal(stack.StackStatus, 'ROLLBACK_COMPLETE');
    assert.match(
      (await reasonsOf(by.cloudFormation, 'half', 'CREATE_FAILED')).join(),
      /with an explicit deny in a session policy/,
    );
    assert.equal(
      (await refusalOf(agent.s3.send(new HeadBucketCommand({ Bucket: 'half-made' })))).status,
      404,
    );
  });
});
