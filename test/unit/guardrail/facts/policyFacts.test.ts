import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Fact } from '../../../../src/guardrail/fact.ts';
import { resourceFacts } from '../../../../src/guardrail/facts/resourceFacts.ts';
import { type Properties, Unresolved, type Value } from '../../../../src/guardrail/facts/value.ts';

const LATER = new Unresolved('later');
const statement = (changes: Properties): Properties => ({
  Effect: 'Allow',
  Action: 's3:GetObject',
  Resource: 'arn:aws:s3:::mine/*',
  ...changes,
});
const document = (...statements: Value[]): Properties => ({ Version: '2012-10-17', Statement: statements });
const plain = <T>(fact: Fact<T>): T | '?' => ('value' in fact ? fact.value : '?');
const texts = (fact: Fact<readonly Fact<string>[]>): unknown =>
  'value' in fact ? fact.value.map(plain) : '?';

describe('what an identity may do', () => {
  const allowed = (properties: Properties, type = 'AWS::IAM::ManagedPolicy'): unknown => {
    const { permissions } = resourceFacts({ type, properties });
    if (permissions === undefined || !('value' in permissions)) return permissions;
    return permissions.value.map(each => [texts(each.actions), texts(each.resources)]);
  };

  const CASES: readonly (readonly [what: string, properties: Properties, expected: unknown])[] = [
    [
      'a statement',
      { PolicyDocument: document(statement({})) },
      [[['s3:GetObject'], ['arn:aws:s3:::mine/*']]],
    ],
    [
      'a statement that is no list',
      { PolicyDocument: { Statement: statement({}) } },
      [[['s3:GetObject'], ['arn:aws:s3:::mine/*']]],
    ],
    [
      'names of elements in small letters',
      { PolicyDocument: { statement: [{ effect: 'Allow', action: '*', resource: '*' }] } },
      [[['*'], ['*']]],
    ],
    [
      'a document as JSON',
      { PolicyDocument: JSON.stringify(document({ Effect: 'Allow', Action: '*', Resource: '*' })) },
      [[['*'], ['*']]],
    ],
    [
      'a document as JSON with its keys in escapes',
      { PolicyDocument: '{"\\u0053tatement":{"Effect":"Allow","Action":"*","Resource":"*"}}' },
      [[['*'], ['*']]],
    ],
    [
      'an inline policy',
      { Policies: [{ PolicyName: 'x', PolicyDocument: document(statement({ Action: '*' })) }] },
      [[['*'], ['arn:aws:s3:::mine/*']]],
    ],
    [
      'everything but',
      { PolicyDocument: document({ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }) },
      [[['*'], ['*']]],
    ],
    [
      'everywhere but',
      { PolicyDocument: document({ Effect: 'Allow', Action: 'a:b', NotResource: 'x' }) },
      [[['a:b'], ['*']]],
    ],
    [
      'a statement that denies',
      { PolicyDocument: document(statement({ Effect: 'Deny', Action: '*' })) },
      undefined,
    ],
    [
      'an effect not known',
      { PolicyDocument: document(statement({ Effect: LATER })) },
      [[['s3:GetObject'], ['arn:aws:s3:::mine/*']]],
    ],
    [
      'a resource not known',
      { PolicyDocument: document(statement({ Resource: ['a', LATER] })) },
      [[['s3:GetObject'], ['a', '?']]],
    ],
    ['a document not known', { PolicyDocument: LATER }, [['?', '?']]],
    ['a statement not known', { PolicyDocument: document(LATER) }, [['?', '?']]],
    ['a document that is no JSON', { PolicyDocument: '{"Statement": [' }, [['?', '?']]],
    ['policies not known', { Policies: LATER }, [['?', '?']]],
    [
      'AWS says administrator',
      { ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'] },
      [[['*'], ['arn:aws:iam::aws:policy/AdministratorAccess']]],
    ],
    [
      'AWS says full access',
      { ManagedPolicyArns: ['arn:aws:iam::aws:policy/AmazonS3FullAccess'] },
      [[['*'], ['arn:aws:iam::aws:policy/AmazonS3FullAccess']]],
    ],
    [
      "AWS's for a service",
      { ManagedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'] },
      undefined,
    ],
    [
      "AWS's that reads",
      { ManagedPolicyArns: ['arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'] },
      undefined,
    ],
    ["somebody's", { ManagedPolicyArns: ['arn:aws:iam::111122223333:policy/Theirs'] }, [['?', '?']]],
    ["the plan's own", { ManagedPolicyArns: [`\${Policy}`] }, undefined],
    ['one not known', { ManagedPolicyArns: [LATER] }, [['?', '?']]],
    ['all not known', { ManagedPolicyArns: LATER }, [['?', '?']]],
  ];
  for (const [what, properties, expected] of CASES) {
    it(what, () => assert.deepEqual(allowed(properties), expected));
  }
});

describe('who may act as a role', () => {
  const trusted = (changes: Properties): unknown => {
    const properties = {
      AssumeRolePolicyDocument: document({ Effect: 'Allow', Action: 'sts:AssumeRole', ...changes }),
    };
    const { trust } = resourceFacts({ type: 'AWS::IAM::Role', properties });
    return trust === undefined ? undefined : texts(trust);
  };
  const CASES: readonly (readonly [what: string, changes: Properties, expected: unknown])[] = [
    ['a service', { Principal: { Service: 'lambda.amazonaws.com' } }, ['lambda.amazonaws.com']],
    ['everybody', { Principal: '*' }, ['*']],
    ['everybody, as AWS', { Principal: { AWS: ['arn:aws:iam::1:root', '*'] } }, ['arn:aws:iam::1:root', '*']],
    ['everybody but', { NotPrincipal: { AWS: 'arn:aws:iam::1:root' } }, ['*']],
    ['everybody under a condition', { Principal: '*', Condition: { StringEquals: {} } }, ['?']],
    ['one under a condition', { Principal: { AWS: 'me' }, Condition: {} }, ['me']],
    ['not known', { Principal: { AWS: LATER } }, ['?']],
  ];
  for (const [what, changes, expected] of CASES) {
    it(what, () => assert.deepEqual(trusted(changes), expected));
  }
});

describe('access for everybody', () => {
  const open = (type: string, properties: Properties): unknown => {
    const { publicAccess } = resourceFacts({ type, properties });
    return publicAccess === undefined ? undefined : texts(publicAccess);
  };
  const POLICY = 'its policy lets everybody in';
  const CASES: readonly (readonly [what: string, type: string, properties: Properties, expected: unknown])[] =
    [
      [
        "a bucket's policy",
        'AWS::S3::BucketPolicy',
        { PolicyDocument: document(statement({ Principal: '*' })) },
        [POLICY],
      ],
      [
        "a queue's policy",
        'AWS::SQS::QueuePolicy',
        { PolicyDocument: document(statement({ Principal: { AWS: '*' } })) },
        [POLICY],
      ],
      [
        "a key's policy for the account",
        'AWS::KMS::Key',
        {
          KeyPolicy: document(
            statement({ Action: 'kms:*', Resource: '*', Principal: { AWS: 'arn:aws:iam::1:root' } }),
          ),
        },
        undefined,
      ],
      [
        'under a condition',
        'AWS::SNS::TopicPolicy',
        { PolicyDocument: document(statement({ Principal: '*', Condition: {} })) },
        ['?'],
      ],
      ['a policy not known', 'AWS::S3::BucketPolicy', { PolicyDocument: LATER }, ['?']],
      ['a bucket', 'AWS::S3::Bucket', { AccessControl: 'PublicRead' }, ['AccessControl is PublicRead']],
      ['a bucket not known', 'AWS::S3::Bucket', { AccessControl: LATER }, ['?']],
      ['a private bucket', 'AWS::S3::Bucket', { AccessControl: 'Private' }, undefined],
      ['a database', 'AWS::RDS::DBInstance', { PubliclyAccessible: 'true' }, ['PubliclyAccessible is true']],
      ['a warehouse', 'AWS::Redshift::Cluster', { PubliclyAccessible: true }, ['PubliclyAccessible is true']],
      ['a function', 'AWS::Lambda::Url', { AuthType: 'NONE' }, ['AuthType is NONE']],
      ['a function for everybody', 'AWS::Lambda::Permission', { Principal: '*' }, ['Principal is *']],
      ['a function for a service', 'AWS::Lambda::Permission', { Principal: 's3.amazonaws.com' }, undefined],
    ];
  for (const [what, type, properties, expected] of CASES) {
    it(what, () => assert.deepEqual(open(type, properties), expected));
  }
});
