/** Whatever JSON a record is: a verdict, never an exception; and it depends on nothing but the identity key. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import * as v from 'valibot';
import { attribute } from '../../../../src/trail/attribution/attribute.ts';
import { Attribution } from '../../../../src/trail/attribution/attribution.ts';
import { identityKey, memoized } from '../../../../src/trail/attribution/identityKey.ts';
import { cluesOf } from '../../../../src/trail/attribution/learned.ts';
import { MintedSession, sessionIn } from '../../../../src/trail/attribution/mintedSession.ts';
import { parseTrailEvent, type TrailEvent } from '../../../../src/trail/trailEvent.ts';
import { record } from '../records.ts';
import { joined, joinsOf } from './joined.ts';
import { syntheticTrail } from './synthetic.ts';

const trail = syntheticTrail();
const { known } = joined(trail);

const read = (json: string): TrailEvent =>
  parseTrailEvent({ json }, { accountId: '111122223333', region: 'eu-west-1', at: 0 });

function assertVerdict(event: TrailEvent): void {
  const learned = { ...known, ...joinsOf([event]) };
  for (const each of [known, learned]) {
    const verdict = attribute(event, each);
    assert.ok(v.is(Attribution, verdict), JSON.stringify(verdict).slice(0, 500));
    assert.ok(verdict.reason.length < 30_000, 'a reason has an end');
    assert.deepEqual(memoized(each)(event), verdict);
  }
  assert.equal(typeof identityKey(event), 'string');
  cluesOf(event);
  const session = sessionIn(event);
  if (session) assert.ok(v.is(MintedSession, JSON.parse(JSON.stringify(session))));
}

const WORDS = [
  '__proto__',
  'constructor',
  'toString',
  '',
  ' ',
  'AssumedRole',
  'IAMUser',
  'Root',
  'AWSAccount',
  'AWSService',
  'no-wing-copilot-1a2b3c4d',
  'arn:aws:sts::111122223333:assumed-role/agent-role/no-wing-copilot-1a2b3c4d',
  'arn:aws:iam::111122223333:role/no-wing/agent-role',
  'arn:::::',
  'AROA:x',
  'cloudformation.amazonaws.com',
  'm/AN app/no-wing-copilot',
  'AssumeRole',
  'GetSessionToken',
  'sts.amazonaws.com',
  '\u0000\u202e\ud800',
  'x'.repeat(100_000),
];

const anything = fc.oneof(
  { depthSize: 'small' },
  fc.constantFrom(...WORDS),
  fc.json().map((text): unknown => JSON.parse(text)),
  fc.constantFrom(null, true, 0, -1, 1e308, [], {}),
);

const FIELDS = [
  ...['eventID', 'eventTime', 'eventName', 'eventSource', 'eventType', 'sharedEventID', 'errorCode'],
  ...['userAgent', 'sourceIPAddress', 'requestParameters', 'responseElements', 'resources', 'readOnly'],
];
const IDENTITY = ['type', 'arn', 'accountId', 'userName', 'principalId', 'accessKeyId', 'invokedBy'];
const SESSION = ['sourceIdentity', 'attributes', 'webIdFederationData'];

const some = (names: readonly string[], more: Record<string, fc.Arbitrary<unknown>> = {}) =>
  fc.record({ ...Object.fromEntries(names.map(name => [name, anything])), ...more }, { requiredKeys: [] });

const sessionContext = fc.oneof(
  anything,
  some(SESSION, { sessionIssuer: fc.oneof(anything, some(['arn', 'userName'])) }),
);
const userIdentity = fc.oneof(anything, some([...IDENTITY, 'onBehalfOf'], { sessionContext }));
const asked = {
  requestParameters: some(['roleArn', 'roleSessionName', 'tags', 'transitiveTagKeys', 'sourceIdentity']),
  responseElements: some(['assumedRoleUser'], { credentials: some(['accessKeyId']) }),
};
const hostile = fc.oneof(some(FIELDS, { userIdentity }), some(FIELDS, { userIdentity, ...asked }));

test('records of any shape', () => {
  fc.assert(
    fc.property(hostile, shape => assertVerdict(read(JSON.stringify(shape)))),
    { numRuns: 600, seed: 20260310 },
  );
});

test('texts that are no record, and no JSON', () => {
  fc.assert(
    fc.property(fc.oneof(fc.json(), fc.string()), text => assertVerdict(read(text))),
    { numRuns: 300, seed: 20260311 },
  );
});

const deep = (open: string, close: string, depth: number): string =>
  `${open.repeat(depth)}1${close.repeat(depth)}`;

for (const [what, json] of Object.entries({
  'objects in one another, a thousand deep': `{"userIdentity":${deep('{"a":', '}', 1000)}}`,
  'lists in one another, a thousand deep': `{"userIdentity":${deep('[', ']', 1000)}}`,
  'sessions in one another': `{"userIdentity":${deep('{"type":"AssumedRole","sessionContext":', '}', 1000)}}`,
  'parameters, a hundred thousand deep': `{"requestParameters":${deep('[', ']', 100_000)}}`,
  'a prototype':
    '{"__proto__":{"userIdentity":{"type":"Root"}},"userIdentity":{"__proto__":{"type":"Root"}}}',
  'tags that name a prototype':
    '{"eventName":"AssumeRole","eventSource":"sts.amazonaws.com","requestParameters":{"tags":[{"key":"__proto__","value":"x"}],"transitiveTagKeys":["__proto__"],"incomingTransitiveTags":{"__proto__":"y"}},"responseElements":{"credentials":{"accessKeyId":"ASIAX"}}}',
  'names of a megabyte': JSON.stringify(
    record({ userIdentity: { type: 'IAMUser', arn: 'a'.repeat(1e6), userName: 'b'.repeat(1e6) } }),
  ),
  'a user agent of a megabyte': JSON.stringify(record({ userAgent: 'm/A,'.repeat(250_000) })),
  'a session name of hyphens': JSON.stringify(
    record({ userIdentity: { type: 'AssumedRole', principalId: `AROA:no-wing-${'a-'.repeat(50_000)}` } }),
  ),
}))
  test(what, () => {
    const started = performance.now();
    assertVerdict(read(json));
    assert.ok(performance.now() - started < 10_000, 'no text makes it slow');
    assert.equal(Object.hasOwn(Object.prototype, 'userIdentity'), false);
  });

/** Fields of an event that no verdict may depend on. */
const IRRELEVANT = {
  eventID: 'another',
  eventTime: '2001-01-01T00:00:00Z',
  awsRegion: 'ap-southeast-2',
  sourceIPAddress: '192.0.2.1',
  readOnly: false,
  resources: [{ ARN: 'arn:aws:s3:::x' }],
  requestID: 'r',
};

test('what is not in the key changes neither key nor verdict', () => {
  for (const { record: original, made } of trail.cases) {
    const { requestedSession, ...rest } = read(JSON.stringify(original));
    const other = read(JSON.stringify({ ...original, ...IRRELEVANT }));
    assert.equal(identityKey(other), identityKey({ requestedSession, ...rest }), made);
    assert.deepEqual(attribute(other, known), attribute({ requestedSession, ...rest }, known), made);
  }
});

test('a part of the principal that changes, changes the key, and is not mistaken by the memo', () => {
  const { principal, ...rest } = read(JSON.stringify(trail.cases[1]?.record));
  const before = { ...rest, principal };
  const remember = memoized(known);
  for (const part of Object.keys(principal)) {
    const other = { ...rest, principal: { ...principal, [part]: 'AWSCloudFormation' } };
    assert.notEqual(identityKey(other), identityKey(before), part);
    for (const event of [before, other, before])
      assert.deepEqual(remember(event), attribute(event, known), part);
  }
});
