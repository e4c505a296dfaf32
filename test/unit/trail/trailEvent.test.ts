import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Principal, parseTrailEvent, type TrailEvent } from '../../../src/trail/trailEvent.ts';
import {
  ACCOUNT,
  assumedRole,
  assumeRole,
  event,
  iamUser,
  REGION,
  ROLE,
  record,
  SESSION,
  START,
} from './records.ts';

const found = { accountId: ACCOUNT, region: REGION, at: START };

function parse(json: string): TrailEvent {
  return parseTrailEvent({ json, id: 'found-id', time: START }, found);
}

function defined(value: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined));
}

const PRINCIPALS: readonly [what: string, userIdentity: unknown, principal: Partial<Principal>][] = [
  [
    'an IAM user',
    iamUser(),
    {
      type: 'IAMUser',
      arn: `arn:aws:iam::${ACCOUNT}:user/alice`,
      accountId: ACCOUNT,
      userName: 'alice',
      principalId: 'AIDAALICE',
      accessKeyId: 'AKIASOMEBODY00000001',
    },
  ],
  [
    'an assumed role with source identity, called by a service',
    assumedRole({ invokedBy: 'cloudformation.amazonaws.com' }),
    {
      type: 'AssumedRole',
      principalId: `AROAEXAMPLE:${SESSION}`,
      arn: `arn:aws:sts::${ACCOUNT}:assumed-role/agent-role/${SESSION}`,
      accountId: ACCOUNT,
      accessKeyId: 'ASIAFORWARDED0000001',
      issuerArn: ROLE,
      issuerName: 'agent-role',
      sessionName: SESSION,
      sourceIdentity: 'alice',
      invokedBy: 'cloudformation.amazonaws.com',
    },
  ],
  [
    'an assumed role without session issuer',
    { type: 'AssumedRole', arn: `arn:aws:sts::${ACCOUNT}:assumed-role/r/s`, principalId: 'AROA:s' },
    {
      type: 'AssumedRole',
      arn: `arn:aws:sts::${ACCOUNT}:assumed-role/r/s`,
      principalId: 'AROA:s',
      issuerName: 'r',
      sessionName: 's',
    },
  ],
  [
    'an assumed role with a broken ARN',
    { type: 'AssumedRole', arn: 'arn:aws:sts::1:assumed-role/r', principalId: 'AROA:who@example.com' },
    {
      type: 'AssumedRole',
      arn: 'arn:aws:sts::1:assumed-role/r',
      principalId: 'AROA:who@example.com',
      sessionName: 'who@example.com',
    },
  ],
  [
    'a service',
    { type: 'AWSService', invokedBy: 's3.amazonaws.com' },
    { type: 'AWSService', invokedBy: 's3.amazonaws.com' },
  ],
  [
    'an account',
    { type: 'AWSAccount', principalId: 'AIDA', accountId: '999' },
    { type: 'AWSAccount', principalId: 'AIDA', accountId: '999' },
  ],
  [
    'an Identity Center user',
    { type: 'IdentityCenterUser', onBehalfOf: { userId: 'u-1', identityStoreArn: 'arn' } },
    { type: 'IdentityCenterUser', onBehalfOfUser: 'u-1' },
  ],
  ['no type', { accountId: ACCOUNT, invokedBy: 'x' }, { accountId: ACCOUNT, invokedBy: 'x' }],
  ['nothing', {}, {}],
  ['null', null, {}],
  ['a text', 'alice', {}],
  ['a list', [1], {}],
  ['wrong kinds of values', { type: 5, arn: {}, accountId: null, userName: '', sessionContext: [] }, {}],
  ['a session context of nulls', { sessionContext: { sessionIssuer: null, sourceIdentity: null } }, {}],
  [
    'a type nobody has seen',
    { type: 'RobotUser', arn: 'x', extra: { deep: [] } },
    { type: 'RobotUser', arn: 'x' },
  ],
];

for (const [what, userIdentity, principal] of PRINCIPALS)
  test(`userIdentity: ${what}`, () => {
    assert.deepEqual(defined(event({ userIdentity }).principal), principal);
  });

test('a record without userIdentity', () => {
  const { userIdentity, ...rest } = record();
  assert.ok(userIdentity);
  assert.deepEqual(defined(parse(JSON.stringify(rest)).principal), {});
});

for (const [what, json] of [
  ['empty', ''],
  ['not JSON', '{"eventID":'],
  ['null', 'null'],
  ['a number', '3'],
  ['a list', '[{}]'],
  ['an empty object', '{}'],
  ['wrong kinds', '{"eventID":1,"eventTime":{},"eventName":[],"resources":{"a":1},"requestParameters":"x"}'],
  ['an impossible time', '{"eventTime":"yesterday"}'],
  ['of a year before 1970', '{"eventTime":"1969-12-31T23:59:59Z"}'],
  ['of a year after 9999', '{"eventTime":"+010000-01-01T00:00:00Z"}'],
  ['a deep one', `{"userIdentity":${'{"a":'.repeat(500)}1${'}'.repeat(500)}}`],
] as const)
  test(`a record that is ${what} is kept under the id and time it was found with`, () => {
    const { id, time, region, accountId, json: kept } = parse(json);
    assert.deepEqual(
      { id, time, region, accountId, kept },
      { id: 'found-id', time: START, region: REGION, accountId: ACCOUNT, kept: json },
    );
  });

test('without any id, the record itself gives one, always the same', () => {
  const ids = ['{"a":1}', '{"a":1}', '{"a":2}'].map(json => parseTrailEvent({ json }, found).id);
  assert.equal(ids[0], ids[1]);
  assert.notEqual(ids[0], ids[2]);
});

test('an Insight record', () => {
  const parsed = event({
    eventName: undefined,
    eventSource: undefined,
    eventType: 'AwsCloudTrailInsight',
    insightDetails: { state: 'Start', eventName: 'RunInstances' },
    userIdentity: undefined,
  });
  assert.deepEqual([parsed.name, parsed.source], ['AwsCloudTrailInsight', 'unknown']);
});

test('what was acted upon', () => {
  const parsed = event({
    resources: [{ ARN: 'arn:aws:s3:::orders' }, { ARN: 5 }, null],
    requestParameters: { stackName: 'orders', count: 3, bucketName: 'orders', roleArn: 'r', note: 'no' },
  });
  assert.deepEqual(parsed.resources, ['arn:aws:s3:::orders', 'orders', 'r']);
});

test('readOnly as a word, and missing', () => {
  assert.deepEqual(
    [true, 'true', false, 'false', 'x', undefined].map(readOnly => event({ readOnly }).readOnly),
    [true, true, false, false, undefined, undefined],
  );
});

test('AssumeRole shows the session that was asked for', () => {
  const { requestedSession } = event(
    assumeRole({ key: 'ASIANEW', tags: [{ key: 'no-wing:agent', value: 'copilot' }] }),
  );
  assert.deepEqual(requestedSession, {
    roleArn: ROLE,
    sessionName: SESSION,
    sourceIdentity: 'alice',
    tags: { 'no-wing:agent': 'copilot' },
    transitiveTags: {},
    accessKeyId: 'ASIANEW',
    sessionId: undefined,
  });
  assert.equal(event().requestedSession, undefined);
});

test('a session token in a record is not kept', () => {
  const { json } = event(assumeRole({ key: 'ASIANEW' }));
  assert.ok(!json.includes('IQoJ'));
  assert.equal(JSON.parse(json).responseElements.credentials.accessKeyId, 'ASIANEW');
});
