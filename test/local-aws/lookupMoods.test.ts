import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import {
  CreateTrailCommand,
  DescribeTrailsCommand,
  LookupEventsCommand,
  type LookupEventsCommandInput,
  StartLoggingCommand,
} from '@aws-sdk/client-cloudtrail';
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { type LocalAws, startLocalAws } from './index.ts';
import { clientsOf, refusalOf, until } from './testClients.ts';
import { dig, type Fields, fieldsOf, listOf, parseJson } from './values.ts';

let aws: LocalAws;
before(async () => {
  aws = await startLocalAws();
});
after(() => aws.close());
afterEach(() => aws.control.setLookup({}));

/** Each test looks at a Region of its own. */
const lookup = (region: string, input: LookupEventsCommandInput = {}) =>
  clientsOf(aws, aws.world.alice, region).cloudTrail.send(new LookupEventsCommand(input));

function made(region: string, eventID: string, eventTime = new Date().toISOString()): Fields {
  const { arn, accessKeyId, userName } = aws.world.alice;
  return {
    eventID,
    eventTime,
    eventName: 'MadeUp',
    eventSource: 'sqs.amazonaws.com',
    awsRegion: region,
    recipientAccountId: aws.world.dev.accountId,
    readOnly: false,
    managementEvent: true,
    userIdentity: { type: 'IAMUser', arn, accessKeyId, userName },
  };
}

test('made-up events are found like any others, and are late when the trail is', async () => {
  await aws.control.setTrailDelay(5000);
  await aws.control.addEvents([made('eu-west-1', 'late')]);
  await aws.control.setTrailDelay(0);
  await aws.control.addEvents([made('eu-west-1', 'at-once')]);
  const LookupAttributes = [{ AttributeKey: 'Username' as const, AttributeValue: 'alice' }];
  const found = async () =>
    (await lookup('eu-west-1', { LookupAttributes })).Events?.map(event => event.EventId);
  assert.deepEqual(await found(), ['at-once']);
  await delay(5100);
  assert.ok((await found())?.includes('late'));
});

test('pages are as small, answers as slow and tokens as short-lived as asked for', async () => {
  await aws.control.addEvents(['a', 'b', 'c'].map(id => made('eu-west-2', id)));
  await aws.control.setLookup({ mostOnPage: 2, latencyMs: [300, 310], tokenLifeMs: 50, callsPerSecond: 100 });
  const began = Date.now();
  const { Events, NextToken } = await lookup('eu-west-2');
  assert.ok(Date.now() - began >= 300);
  assert.equal(Events?.length, 2);
  await delay(60);
  assert.equal((await refusalOf(lookup('eu-west-2', { NextToken }))).name, 'InvalidNextTokenException');
});

for (const [mood, name, status] of [
  [{ throttledShare: 1 }, 'ThrottlingException', 400],
  [{ failedShare: 1 }, 'InternalFailure', 500],
] as const)
  test(`${name} for all`, async () => {
    await aws.control.setLookup(mood);
    const refusal = await refusalOf(lookup('eu-west-3'));
    assert.deepEqual([refusal.name, refusal.status], [name, status]);
  });

test('a trail is described, and delivers under its prefix, by the day of delivery', async () => {
  const { s3, cloudTrail } = clientsOf(aws, aws.world.alice);
  const Name = 'described';
  await s3.send(new CreateBucketCommand({ Bucket: Name }));
  const settings = { Name, S3BucketName: Name, S3KeyPrefix: 'logs/of dev', IsMultiRegionTrail: true };
  await cloudTrail.send(new CreateTrailCommand(settings));
  await cloudTrail.send(new StartLoggingCommand({ Name }));
  const { trailList = [] } = await cloudTrail.send(new DescribeTrailsCommand({}));
  const [trail] = trailList;
  assert.deepEqual(
    [trail?.Name, trail?.S3BucketName, trail?.S3KeyPrefix, trail?.HomeRegion, trail?.IsMultiRegionTrail],
    [Name, Name, 'logs/of dev', 'us-east-1', true],
  );
  await aws.control.addEvents([
    made('eu-north-1', 'two-days-ago', new Date(Date.now() - 2 * 86_400_000).toISOString()),
  ]);
  const Prefix = `logs/of dev/AWSLogs/${aws.world.dev.accountId}/CloudTrail/eu-north-1/`;
  const Key = await until(async () => {
    const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket: Name, Prefix }));
    return Contents?.[0]?.Key;
  });
  assert.ok(Date.now() - Date.parse(/\d{4}\/\d\d\/\d\d/.exec(Key)?.[0] ?? '') < 1.5 * 86_400_000);
  assert.match(Key, /(\d{4})\/(\d\d)\/(\d\d)\/\d{12}_CloudTrail_eu-north-1_\1\2\3T\d{4}Z_\w+\.json\.gz$/);
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: Name, Key }));
  const text = gunzipSync((await Body?.transformToByteArray()) ?? Buffer.alloc(0)).toString();
  assert.deepEqual(
    listOf(dig(parseJson(text), 'Records')).map(record => fieldsOf(record)['eventID']),
    ['two-days-ago'],
  );
});
