import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { type LocalAws, startLocalAws } from './index.ts';
import { clientsOf, refusalOf } from './testClients.ts';
import { signedFetch } from './testRequests.ts';
import { fieldsOf, isFields, listOf, parseJson, textOf } from './values.ts';

let aws: LocalAws;
before(async () => {
  aws = await startLocalAws();
});
after(() => aws.close());

describe('a record has the fields and types of a real one:', () => {
  const real = listOf(
    parseJson(readFileSync(new URL('real-records/records.json', import.meta.url), 'utf8')),
  ).map(fieldsOf);
  const trust = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'ec2.amazonaws.com' } }],
  });
  const form = (service: string, fields: Record<string, string>) => ({ service, form: fields });
  const json = (service: string, target: string, body: object) => ({ service, target, body });
  const cloudTrail = 'com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101';
  const policy = 'arn:aws:iam::aws:policy/AdministratorAccess';
  /** In an order in which each finds what it needs. */
  const calls: Readonly<Record<string, Parameters<typeof signedFetch>[2]>> = {
    CreateUser: form('iam', {
      Action: 'CreateUser',
      UserName: 'bob',
      'Tags.member.1.Key': 'a',
      'Tags.member.1.Value': 'true',
    }),
    CreateRole: form('iam', {
      Action: 'CreateRole',
      RoleName: 'r',
      AssumeRolePolicyDocument: trust,
      PermissionsBoundary: policy,
    }),
    CreateAccessKey: form('iam', { Action: 'CreateAccessKey', UserName: 'bob' }),
    AttachUserPolicy: form('iam', { Action: 'AttachUserPolicy', UserName: 'bob', PolicyArn: policy }),
    AttachRolePolicy: form('iam', { Action: 'AttachRolePolicy', RoleName: 'r', PolicyArn: policy }),
    UpdateAssumeRolePolicy: form('iam', {
      Action: 'UpdateAssumeRolePolicy',
      RoleName: 'r',
      PolicyDocument: trust,
    }),
    CreateLoginProfile: form('iam', {
      Action: 'CreateLoginProfile',
      UserName: 'bob',
      Password: 'Secret-1234',
      PasswordResetRequired: 'false',
    }),
    GetCallerIdentity: form('sts', { Action: 'GetCallerIdentity' }),
    GetParameters: json('ssm', 'AmazonSSM.GetParameters', { Names: ['/a', '/b'], WithDecryption: true }),
    DescribeParameters: json('ssm', 'AmazonSSM.DescribeParameters', { MaxResults: 10, NextToken: '' }),
    ListSecrets: json('secretsmanager', 'secretsmanager.ListSecrets', {
      Filters: [{ Key: 'tag-key', Values: ['x'] }],
      MaxResults: 100,
    }),
    CreateSecret: json('secretsmanager', 'secretsmanager.CreateSecret', {
      Name: 's',
      SecretString: 'hush-hush',
    }),
    GetSecretValue: json('secretsmanager', 'secretsmanager.GetSecretValue', { SecretId: 's' }),
    CreateBucket: { service: 's3', path: '/records-bucket', method: 'PUT' },
    CreateTrail: json('cloudtrail', `${cloudTrail}.CreateTrail`, {
      Name: 'trail',
      S3BucketName: 'records-bucket',
    }),
    PutEventSelectors: json('cloudtrail', `${cloudTrail}.PutEventSelectors`, {
      TrailName: 'trail',
      EventSelectors: [
        {
          ReadWriteType: 'ReadOnly',
          IncludeManagementEvents: false,
          DataResources: [{ Type: 'AWS::S3::Object', Values: [] }],
          ExcludeManagementEventSources: [],
        },
      ],
    }),
    StopLogging: json('cloudtrail', `${cloudTrail}.StopLogging`, { Name: 'trail' }),
    DeleteTrail: json('cloudtrail', `${cloudTrail}.DeleteTrail`, { Name: 'trail' }),
  };
  before(async () => {
    for (const [name, call] of Object.entries(calls)) {
      const answer = await signedFetch(aws, aws.world.alice, call);
      assert(answer.status < 300, `${name}: ${answer.text}`);
    }
    await clientsOf(aws, aws.world.alice).sts.send(
      new AssumeRoleCommand({
        RoleArn: aws.world.noSourceIdentityRole.arn,
        RoleSessionName: 'plain',
        DurationSeconds: 900,
      }),
    );
    await refusalOf(
      clientsOf(aws, aws.world.mallory).sts.send(
        new AssumeRoleCommand({ RoleArn: aws.world.noSourceIdentityRole.arn, RoleSessionName: 'denied' }),
      ),
    );
  });

  /** Every path to a leaf with its type; lists count by their first item. */
  const shapeOf = (value: unknown, path = ''): string[] => {
    if (Array.isArray(value))
      return [`${path}[]`, ...(value.length > 0 ? shapeOf(value[0], `${path}[]`) : [])];
    if (isFields(value))
      return Object.entries(value).flatMap(([name, inner]) => shapeOf(inner, `${path}.${name}`));
    return [`${path}: ${value === null ? 'null' : typeof value}`];
  };

  for (const record of real) {
    const name = textOf(record['eventName']) ?? '';
    const code = textOf(record['errorCode']);
    it(`${name}${code === undefined ? '' : ` (${code})`}`, async () => {
      const ours = (await aws.control.records({ eventName: name })).find(
        event => event['errorCode'] === record['errorCode'],
      );
      assert(ours !== undefined);
      assert.deepEqual(shapeOf(ours).sort(), shapeOf(record).sort());
      for (const field of ['eventSource', 'readOnly', 'eventType', 'managementEvent', 'eventCategory'])
        assert.equal(ours[field], record[field]);
    });
  }

  it('and no secret is in any record', async () => {
    const all = JSON.stringify(await aws.control.records());
    for (const secret of ['Secret-1234', 'SecretAccessKey', 'secretAccessKey', 'hush-hush'])
      assert(!all.includes(secret), secret);
  });
});
