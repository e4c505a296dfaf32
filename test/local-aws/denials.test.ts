import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import {
  CreatePolicyCommand,
  CreateRoleCommand,
  DeleteUserPolicyCommand,
  GetUserCommand,
  ListRolesCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { AssumeRoleCommand, DecodeAuthorizationMessageCommand } from '@aws-sdk/client-sts';
import { type LocalAws, startLocalAws } from './index.ts';
import { agentSession, clientsOf, credentialsOf, refusalOf } from './testClients.ts';
import { signedFetch } from './testRequests.ts';

let aws: LocalAws;
before(async () => {
  aws = await startLocalAws();
});
after(() => aws.close());

const document = (...statements: object[]) =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements });
const alice = () => clientsOf(aws, aws.world.alice);
const mallory = () => clientsOf(aws, aws.world.mallory);
const says = (action: string, on: string) =>
  `User: arn:aws:iam::111122223333:user/mallory is not authorized to perform: ${action}${on} because no identity-based policy allows the ${action} action`;

describe('a denial reads as at AWS', () => {
  type Clients = ReturnType<typeof clientsOf>;
  const cases: readonly [
    what: string,
    call: (by: Clients) => Promise<unknown>,
    name: string,
    message: string,
    status: number,
  ][] = [
    [
      'for IAM',
      by => by.iam.send(new CreateRoleCommand({ RoleName: 'x', AssumeRolePolicyDocument: document() })),
      'AccessDenied',
      says('iam:CreateRole', ' on resource: arn:aws:iam::111122223333:role/x'),
      403,
    ],
    [
      'for a listing of IAM',
      by => by.iam.send(new ListRolesCommand({})),
      'AccessDenied',
      says('iam:ListRoles', ' on resource: arn:aws:iam::111122223333:role/'),
      403,
    ],
    [
      'for a stack',
      by => by.cloudFormation.send(new DescribeStacksCommand({ StackName: 'shop' })),
      'AccessDenied',
      says(
        'cloudformation:DescribeStacks',
        ' on resource: arn:aws:cloudformation:us-east-1:111122223333:stack/shop/*',
      ),
      403,
    ],
    [
      'for CloudTrail',
      by => by.cloudTrail.send(new LookupEventsCommand({})),
      'AccessDeniedException',
      says('cloudtrail:LookupEvents', ''),
      400,
    ],
    [
      'for all buckets',
      by => by.s3.send(new ListBucketsCommand({})),
      'AccessDenied',
      says('s3:ListAllMyBuckets', ''),
      403,
    ],
    [
      'for an object',
      by => by.s3.send(new GetObjectCommand({ Bucket: 'b', Key: 'k' })),
      'AccessDenied',
      says('s3:GetObject', ' on resource: "arn:aws:s3:::b/k"'),
      403,
    ],
    [
      'for a bucket by its other name',
      by => by.s3.send(new ListObjectsV2Command({ Bucket: 'b' })),
      'AccessDenied',
      says('s3:ListBucket', ' on resource: "arn:aws:s3:::b"'),
      403,
    ],
  ];
  for (const [what, call, name, message, status] of cases) {
    it(what, async () => assert.deepEqual(await refusalOf(call(mallory())), { name, message, status }));
  }

  const raw: readonly [
    what: string,
    request: Parameters<typeof signedFetch>[2],
    status: number,
    parts: readonly string[],
  ][] = [
    [
      'for SQS, in lower case',
      { service: 'sqs', target: 'AmazonSQS.CreateQueue', body: { QueueName: 'q' } },
      403,
      [
        'AccessDeniedException',
        says('sqs:createqueue', ' on resource: arn:aws:sqs:us-east-1:111122223333:q'),
      ],
    ],
    [
      'for DynamoDB',
      { service: 'dynamodb', target: 'DynamoDB_20120810.DeleteTable', body: { TableName: 't' } },
      400,
      [
        'AccessDeniedException',
        says('dynamodb:DeleteTable', ' on resource: arn:aws:dynamodb:us-east-1:111122223333:table/t'),
      ],
    ],
    [
      'for SSM',
      { service: 'ssm', target: 'AmazonSSM.GetParameter', body: { Name: '/a/b' } },
      400,
      [says('ssm:GetParameter', ' on resource: arn:aws:ssm:us-east-1:111122223333:parameter/a/b')],
    ],
    [
      'for log groups',
      { service: 'logs', target: 'Logs_20140328.CreateLogGroup', body: { logGroupName: 'g' } },
      400,
      [
        says(
          'logs:CreateLogGroup',
          ' on resource: arn:aws:logs:us-east-1:111122223333:log-group:g:log-stream:',
        ),
      ],
    ],
    [
      'for SNS, in its own spelling',
      { service: 'sns', form: { Action: 'CreateTopic', Name: 't' } },
      403,
      [
        '<Code>AccessDenied</Code>',
        'perform: SNS:CreateTopic on resource: arn:aws:sns:us-east-1:111122223333:t',
      ],
    ],
    [
      'for Lambda',
      { service: 'lambda', path: '/2015-03-31/functions' },
      403,
      ['lambda:ListFunctions on resource: *'],
    ],
    [
      'for EC2, encoded',
      { service: 'ec2', form: { Action: 'RunInstances', ImageId: 'ami-1' } },
      403,
      [
        '<Code>UnauthorizedOperation</Code>',
        'You are not authorized to perform this operation. User: ',
        'Encoded authorization failure message: ',
      ],
    ],
    [
      'for a service only known by name',
      {
        service: 'monitoring',
        path: '/service/GraniteServiceVersion20100801/operation/ListMetrics',
        method: 'POST',
      },
      403,
      ['cloudwatch:ListMetrics'],
    ],
  ];
  for (const [what, request, status, parts] of raw) {
    it(what, async () => {
      const answer = await signedFetch(aws, aws.world.mallory, request);
      assert.equal(answer.status, status, answer.text);
      for (const part of parts) assert(answer.text.includes(part), answer.text);
    });
  }

  it('and EC2 can be decoded', async () => {
    const { text } = await signedFetch(aws, aws.world.mallory, {
      service: 'ec2',
      form: { Action: 'RunInstances' },
    });
    const EncodedMessage = /failure message: ([\w-]+)/.exec(text)?.[1] ?? '';
    const { DecodedMessage } = await alice().sts.send(
      new DecodeAuthorizationMessageCommand({ EncodedMessage }),
    );
    assert.match(DecodedMessage ?? '', /"action":"ec2:RunInstances"/);
  });

  it('HEAD tells nothing but the status', async () => {
    const refused = await refusalOf(mallory().s3.send(new HeadBucketCommand({ Bucket: 'b' })));
    assert.equal(refused.status, 403);
  });
});

describe('what decides', () => {
  const own = async (...statements: object[]) => {
    await alice().iam.send(
      new PutUserPolicyCommand({
        UserName: 'mallory',
        PolicyName: 'own',
        PolicyDocument: document(...statements),
      }),
    );
  };
  const look = () => mallory().iam.send(new GetUserCommand({ UserName: 'mallory' }));
  const allow = { Effect: 'Allow', Action: 'iam:*', Resource: '*' };

  it('a policy written now counts for the next call', async () => {
    await refusalOf(look());
    await own(allow);
    await look();
    await alice().iam.send(new DeleteUserPolicyCommand({ UserName: 'mallory', PolicyName: 'own' }));
    await refusalOf(look());
  });

  it('an explicit deny wins, and says so', async () => {
    await own(allow, { Effect: 'Deny', Action: 'iam:GetUser', Resource: '*' });
    const refused = await refusalOf(look());
    assert.equal(
      refused.message,
      'User: arn:aws:iam::111122223333:user/mallory is not authorized to perform: iam:GetUser on resource: arn:aws:iam::111122223333:user/mallory with an explicit deny in an identity-based policy',
    );
  });

  it('conditions are heeded', async () => {
    await own({ ...allow, Condition: { StringEquals: { 'aws:RequestedRegion': 'eu-west-1' } } });
    await refusalOf(look());
    await own({ ...allow, Condition: { StringEquals: { 'aws:RequestedRegion': 'us-east-1' } } });
    await look();
  });

  it('tags and the source identity of a session are known to policies', async () => {
    const Condition = {
      StringEquals: { 'aws:SourceIdentity': 'alice', 'aws:PrincipalTag/no-wing:agent': 'copilot' },
    };
    const statement = { Effect: 'Allow', Action: 'iam:GetUser', Resource: '*', Condition };
    await alice().iam.send(
      new PutRolePolicyCommand({
        RoleName: 'no-wing-agent',
        PolicyName: 'tagged',
        PolicyDocument: document(statement),
      }),
    );
    const withTag = await agentSession(aws, { Tags: [{ Key: 'no-wing:agent', Value: 'copilot' }] });
    await clientsOf(aws, withTag).iam.send(new GetUserCommand({ UserName: 'alice' }));
    await refusalOf(
      clientsOf(aws, await agentSession(aws)).iam.send(new GetUserCommand({ UserName: 'alice' })),
    );
  });

  it('a permissions boundary is named when it is in the way', async () => {
    const made = await alice().iam.send(
      new CreatePolicyCommand({
        PolicyName: 'edge',
        PolicyDocument: document(
          { Effect: 'Allow', Action: 's3:*', Resource: '*' },
          { Effect: 'Deny', Action: 's3:CreateBucket', Resource: '*' },
        ),
      }),
    );
    const PermissionsBoundary = made.Policy?.Arn ?? '';
    await alice().iam.send(
      new PutRolePermissionsBoundaryCommand({ RoleName: 'no-source-identity', PermissionsBoundary }),
    );
    const RoleArn = aws.world.noSourceIdentityRole.arn;
    const session = await alice().sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'bounded' }));
    const by = clientsOf(aws, credentialsOf(session.Credentials));
    await by.s3.send(new ListBucketsCommand({}));
    assert.match(
      (await refusalOf(by.cloudTrail.send(new LookupEventsCommand({})))).message,
      /because no permissions boundary allows the cloudtrail:LookupEvents action$/,
    );
    assert.match(
      (await refusalOf(by.s3.send(new CreateBucketCommand({ Bucket: 'edge' })))).message,
      /with an explicit deny in a permissions boundary$/,
    );
  });

  it("a bucket's policy allows, denies, and across accounts must allow", async () => {
    const Bucket = 'shared-bucket';
    const agent = clientsOf(aws, await agentSession(aws));
    await agent.s3.send(new CreateBucketCommand({ Bucket }));
    await agent.s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'hello' }));
    const put = (...statements: object[]) =>
      alice().s3.send(new PutBucketPolicyCommand({ Bucket, Policy: document(...statements) }));
    const Resource = `arn:aws:s3:::${Bucket}/*`;
    const read = {
      Effect: 'Allow',
      Principal: { AWS: aws.world.mallory.arn },
      Action: 's3:GetObject',
      Resource,
    };
    await put(read);
    const got = await mallory().s3.send(new GetObjectCommand({ Bucket, Key: 'k' }));
    assert.equal(await got.Body?.transformToString(), 'hello');
    await put(read, { Effect: 'Deny', Principal: '*', Action: 's3:PutObject', Resource });
    const refused = await refusalOf(agent.s3.send(new PutObjectCommand({ Bucket, Key: 'k2', Body: '' })));
    assert.match(refused.message, /with an explicit deny in a resource-based policy$/);
    const session = await alice().sts.send(
      new AssumeRoleCommand({ RoleArn: aws.world.prodRole.arn, RoleSessionName: 'prod' }),
    );
    const prod = clientsOf(aws, credentialsOf(session.Credentials));
    const foreign = await refusalOf(prod.s3.send(new GetObjectCommand({ Bucket, Key: 'k' })));
    assert.deepEqual(foreign, { name: 'AccessDenied', message: 'Access Denied', status: 403 });
    await put({ ...read, Principal: { AWS: aws.world.prodRole.arn } });
    await prod.s3.send(new GetObjectCommand({ Bucket, Key: 'k' }));
  });
});

describe('what is not there', () => {
  it('is refused cleanly', async () => {
    const answer = await signedFetch(aws, aws.world.alice, {
      service: 'access-analyzer',
      path: '/analyzer',
      method: 'PUT',
    });
    assert.equal(answer.status, 501);
    assert.doesNotMatch(answer.text, /<html/i);
    const type = await signedFetch(aws, aws.world.alice, {
      service: 'cloudformation',
      form: { Action: 'ActivateType', TypeName: 't' },
    });
    assert.equal(type.status, 501);
    assert.match(type.text, /<Code>NotImplemented<\/Code>/);
  });
});
