/** The scanner means what `parseTrailEvent` means: held against it with real records, strange ones, and rubbish. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Batch } from '../../../../src/trail/scan/batch.ts';
import { createBatchBuilder } from '../../../../src/trail/scan/batchBuilder.ts';
import { DamagedJson } from '../../../../src/trail/scan/jsonBytes.ts';
import { assumedRole, assumeRole, iamUser, record } from '../records.ts';
import { seededRandom } from '../virtualClock.ts';
import { agree, FOUND, scan } from './agree.ts';

const real: unknown = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../local-aws/real-records/records.json'), 'utf8'),
);

test('real records', () => {
  assert.ok(Array.isArray(real) && real.length > 10);
  agree(real);
  agree(real, 2);
});

const STRANGE: Readonly<Record<string, Record<string, unknown>>> = {
  nothing: {},
  'every member of another type': Object.fromEntries(
    Object.keys(record()).map((key, index) => [key, [7, null, true, [], {}, ''][index % 6]]),
  ),
  'empty texts': Object.fromEntries(Object.keys(record()).map(key => [key, ''])),
  'escapes and other alphabets': record({
    eventName: 'Create"Bucket"\\\n',
    errorCode: 'Zugriff verweigert: ä€😀',
    requestParameters: { bucketName: 'a\tb', 'odd"Name': 'x', keyARN: 'arn:aws:kms:::ü' },
  }),
  'readOnly as a text': record({ readOnly: 'true' }),
  'readOnly as another text': record({ readOnly: 'yes' }),
  'a time with a fraction': record({ eventTime: '2026-03-10T10:00:00.123Z' }),
  'a time that is none': record({ eventTime: '2026-13-45T99:00:00Z' }),
  'a leap second': record({ eventTime: '2016-12-31T23:59:60Z' }),
  'a session of a role': record({ userIdentity: assumedRole({ invokedBy: 'cloudformation.amazonaws.com' }) }),
  'a session without issuer': record({ userIdentity: assumedRole({ issuer: false }) }),
  'the start of a session': record(assumeRole({ key: 'ASIA1', tags: [{ key: 'a', value: 'b' }] })),
  'a start that was refused': record({ ...assumeRole(), errorCode: 'AccessDenied', responseElements: null }),
  'more resources than are kept': record({
    resources: Array.from({ length: 9 }, (_, index) => ({ ARN: `arn:${index}` })),
    requestParameters: Object.fromEntries(
      Array.from({ length: 9 }, (_, index) => [`x${index}Name`, `n${index}`]),
    ),
  }),
  'resources that repeat, and one that is very long': record({
    resources: [{ ARN: 'same' }, { resourceName: 'same' }, { type: 'x' }, null, 7],
    requestParameters: {
      bucketName: 'same',
      longName: 'y'.repeat(900),
      id: 7,
      KEY: 'k',
      nested: { name: 'z' },
    },
  }),
  'a shared event, by a service': record({
    sharedEventID: 's-1',
    userIdentity: { type: 'AWSService', invokedBy: 'ec2.amazonaws.com' },
  }),
  'a user agent that names an agent': record({ userAgent: 'aws-cli/2 md/x m/AN', userIdentity: iamUser() }),
};

for (const [what, one] of Object.entries(STRANGE)) test(`a record with ${what}`, () => agree([one, one], 1));

test('records that are put together at random', () => {
  const random = seededRandom(3);
  const values = ['', 'x', 'Äß"\\', 7, -1.5e3, true, null, [], [1, { name: 'n' }], { arn: 'a' }, iamUser()];
  const keys = [
    ...Object.keys(record()),
    'resources',
    'errorCode',
    'eventType',
    'sharedEventID',
    'userAgent',
  ];
  const pick = <T>(from: readonly T[]): T | undefined => from[Math.floor(random() * from.length)];
  const records = Array.from({ length: 400 }, () =>
    Object.fromEntries([
      ...Object.entries(record()).filter(() => random() < 0.6),
      ...Array.from({ length: 6 }, () => [pick(keys) ?? '', pick(values)] as const),
    ]),
  );
  agree(records.filter(each => each['eventType'] !== 'AwsCloudTrailInsight'));
});

const thousand = Array.from({ length: 1000 }, (_, index) => `n${index}`);

for (const [where, one, kept] of [
  ['its request', { requestParameters: Object.fromEntries(thousand.map(name => [`${name}Name`, name])) }, 12],
  ['its list', { resources: thousand.map(ARN => ({ ARN })) }, 12],
  ['its list, most of them the same', { resources: [...Array(40).fill({ ARN: 'a' }), { ARN: 'b' }] }, 2],
] as const)
  test(`of a record with very many resources in ${where}, no more texts are kept than resources`, () => {
    agree([one]);
    assert.equal(scan([JSON.stringify(one)]).names.texts.length, kept);
  });

test('what ends early or is no object is told with its place, and nothing of it is taken', () => {
  const text = JSON.stringify(record());
  const builder = createBatchBuilder(1);
  const found = { ...FOUND, unit: 0, position: 0, time: 0 };
  for (let length = 1; length < text.length; length++) {
    const bytes = Buffer.from(text.slice(0, length));
    assert.throws(() => builder.add(bytes, 0, bytes.length, found), DamagedJson);
  }
  assert.equal(builder.count(), 0);
});

for (const [where, damaged, at] of [
  ['after a key', '{"roleArn" "x"}', 11],
  ['after a value', '{"roleArn":"x" "name":"y"}', 15],
  ['where a key should be', '{roleArn:"x"}', 1],
] as const)
  test(`of a record that is damaged in its request ${where}, nothing is taken`, () => {
    const text = JSON.stringify(record({ requestParameters: 0 }));
    const bytes = Buffer.from(text.replace('"requestParameters":0', `"requestParameters":${damaged}`));
    const builder = createBatchBuilder(1);
    assert.throws(() => builder.add(bytes, 0, bytes.length, { ...FOUND, unit: 0, position: 0, time: 0 }), {
      name: 'DamagedJson',
      at: bytes.indexOf(damaged) + at,
    });
    assert.equal(builder.count(), 0);
  });

test('numbers begin anew when there are too many names: memory is bounded', () => {
  const builder = createBatchBuilder(1);
  const take = (from: number, count: number): Batch => {
    for (let index = from; index < from + count; index++) {
      const bytes = Buffer.from(JSON.stringify({ requestParameters: { bucketName: `bucket-${index}` } }));
      builder.add(bytes, 0, bytes.length, { ...FOUND, unit: 0, position: index, time: 0 });
    }
    return builder.take();
  };
  assert.equal(take(0, 10).fresh, true);
  assert.equal(take(10, 70_000).fresh, false);
  const fresh = take(80_000, 5);
  assert.equal(fresh.fresh, true);
  assert.deepEqual(fresh.names.texts, [
    'bucket-80000',
    'bucket-80001',
    'bucket-80002',
    'bucket-80003',
    'bucket-80004',
  ]);
});
