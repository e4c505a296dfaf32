import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import {
  CreateTrailCommand,
  LookupEventsCommand,
  type LookupEventsCommandInput,
  StartLoggingCommand,
} from '@aws-sdk/client-cloudtrail';
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { type LocalAws, startLocalAws } from './index.ts';
import { agentSession, clientsOf, refusalOf, refusalOrNone, until } from './testClients.ts';
import { dig, fieldsOf, listOf, parseJson, textOf } from './values.ts';

let aws: LocalAws;
before(async () => {
  aws = await startLocalAws();
});
after(() => aws.close());

const alice = () => clientsOf(aws, aws.world.alice);

const at = (region: string) => clientsOf(aws, aws.world.alice, region);
const lookup = (region: string, input: LookupEventsCommandInput = {}) =>
  at(region).cloudTrail.send(new LookupEventsCommand(input));
/** Looking up is recorded too, so these tests ask for what they made. */
const own = [{ AttributeKey: 'EventName' as const, AttributeValue: 'GetCallerIdentity' }];
const calls = async (region: string, count: number) => {
  for (let index = 0; index < count; index += 1) await at(region).sts.send(new GetCallerIdentityCommand({}));
};

// Each in a Region of its own, so that the limit of two calls a second does not mix and they can run together.
describe('LookupEvents', { concurrency: true }, () => {
  it('gives pages of 50, newest first, which stay as they were', async () => {
    await calls('eu-west-1', 60);
    const first = await lookup('eu-west-1');
    await calls('eu-west-1', 5);
    const second = await lookup('eu-west-1', { NextToken: first.NextToken });
    const events = [...(first.Events ?? []), ...(second.Events ?? [])];
    assert.equal(first.Events?.length, 50);
    assert.equal(new Set(events.map(event => event.EventId)).size, 60);
    assert.equal(second.NextToken, undefined);
    assert(
      events.every(
        (event, index) => index === 0 || Number(event.EventTime) <= Number(events[index - 1]?.EventTime),
      ),
    );
  });

  it('takes a token only for the question it was made for', async () => {
    await calls('eu-west-2', 2);
    const { NextToken } = await lookup('eu-west-2', { MaxResults: 1 });
    const LookupAttributes = [{ AttributeKey: 'EventName' as const, AttributeValue: 'GetCallerIdentity' }];
    assert.equal(
      (await refusalOf(lookup('eu-west-2', { NextToken, LookupAttributes }))).name,
      'InvalidNextTokenException',
    );
    assert.equal((await refusalOf(lookup('eu-west-3', { NextToken }))).name, 'InvalidNextTokenException');
    assert.equal(
      (await refusalOf(lookup('eu-west-3', { NextToken: 'foreign' }))).name,
      'InvalidNextTokenException',
    );
  });

  it('heeds the first attribute only', async () => {
    await calls('eu-central-1', 1);
    await refusalOf(
      at('eu-central-1').sts.send(
        new AssumeRoleCommand({ RoleArn: 'arn:aws:iam::111122223333:role/none', RoleSessionName: 'xx' }),
      ),
    );
    const found = await lookup('eu-central-1', {
      LookupAttributes: [
        { AttributeKey: 'EventName', AttributeValue: 'GetCallerIdentity' },
        { AttributeKey: 'Username', AttributeValue: 'nobody' },
      ],
    });
    assert.deepEqual(
      found.Events?.map(event => event.EventName),
      ['GetCallerIdentity'],
    );
    const [event] = found.Events ?? [];
    assert.equal(event?.Username, 'alice');
    assert.equal(dig(parseJson(event?.CloudTrailEvent ?? ''), 'eventID'), event?.EventId);
  });

  it('finds by every key', async () => {
    const session = await agentSession(aws, { RoleSessionName: 'finding' });
    const by = clientsOf(aws, session, 'sa-east-1');
    await by.s3.send(
      new CreateBucketCommand({
        Bucket: 'found-bucket',
        CreateBucketConfiguration: { LocationConstraint: 'sa-east-1' },
      }),
    );
    const [record] = await aws.control.records({
      eventName: 'CreateBucket',
      accessKeyId: session.accessKeyId,
    });
    const attributes: readonly [
      key: NonNullable<NonNullable<LookupEventsCommandInput['LookupAttributes']>[number]['AttributeKey']>,
      value: string,
    ][] = [
      ['AccessKeyId', session.accessKeyId],
      ['EventId', textOf(record?.['eventID']) ?? ''],
      ['EventName', 'CreateBucket'],
      ['EventSource', 's3.amazonaws.com'],
      ['ReadOnly', 'false'],
      ['ResourceName', 'found-bucket'],
      ['ResourceType', 'AWS::S3::Bucket'],
      ['Username', 'finding'],
    ];
    for (const [AttributeKey, AttributeValue] of attributes) {
      const found = await until(() =>
        lookup('sa-east-1', { LookupAttributes: [{ AttributeKey, AttributeValue }] }).catch(() => undefined),
      );
      assert.deepEqual(
        found.Events?.map(event => event.EventName),
        ['CreateBucket'],
        AttributeKey,
      );
    }
  });

  it('allows two calls a second for an account and Region, and says no with 400', async () => {
    // Ten at once: even a machine that takes a second or two for them sees most refused.
    const asked = Array.from({ length: 10 }, () => refusalOrNone(lookup('ap-south-1')));
    const elsewhere = refusalOrNone(lookup('ap-east-1'));
    const refusals = (await Promise.all(asked)).filter(refusal => refusal !== undefined);
    assert.ok(refusals.length >= 2 && refusals.length <= 8, `${refusals.length} of 10 were refused`);
    for (const refusal of refusals)
      assert.deepEqual(refusal, { name: 'ThrottlingException', message: 'Rate exceeded', status: 400 });
    assert.equal(await elsewhere, undefined);
    await new Promise(resolve => setTimeout(resolve, 1010));
    await lookup('ap-south-1');
  });

  it('includes both ends of the time range', async () => {
    await calls('us-west-1', 1);
    const [event] = (await lookup('us-west-1', { LookupAttributes: own })).Events ?? [];
    const time = event?.EventTime;
    assert.equal(
      (await lookup('us-west-1', { LookupAttributes: own, StartTime: time, EndTime: time })).Events?.length,
      1,
    );
    const late = new Date(Number(time) + 1000);
    assert.equal(
      (
        await until(() =>
          lookup('us-west-1', { LookupAttributes: own, StartTime: late }).catch(() => undefined),
        )
      ).Events?.length,
      0,
    );
  });

  it('shows no data events, and not those of another account', async () => {
    const { s3 } = at('us-east-2');
    await s3.send(
      new CreateBucketCommand({
        Bucket: 'data-events',
        CreateBucketConfiguration: { LocationConstraint: 'us-east-2' },
      }),
    );
    await s3.send(new PutObjectCommand({ Bucket: 'data-events', Key: 'k', Body: 'v' }));
    const [put] = await aws.control.records({ eventName: 'PutObject' });
    assert.deepEqual([put?.['managementEvent'], put?.['eventCategory']], [false, 'Data']);
    assert.deepEqual(
      (await lookup('us-east-2')).Events?.map(event => event.EventName),
      ['CreateBucket'],
    );
  });
});

describe('a late CloudTrail', () => {
  it('shows an event only when it is delivered', async () => {
    await aws.control.setTrailDelay(800);
    await calls('us-west-2', 1);
    await aws.control.setTrailDelay(0);
    assert.deepEqual((await lookup('us-west-2', { LookupAttributes: own })).Events, []);
    await new Promise(resolve => setTimeout(resolve, 810));
    assert.equal((await lookup('us-west-2', { LookupAttributes: own })).Events?.length, 1);
  });
});

describe('a trail', () => {
  it('delivers to its bucket, where CloudTrail puts its files', async () => {
    const { s3, cloudTrail, sts } = alice();
    const Bucket = 'trail-bucket';
    await s3.send(new CreateBucketCommand({ Bucket }));
    await cloudTrail.send(
      new CreateTrailCommand({ Name: 'audit', S3BucketName: Bucket, IsMultiRegionTrail: true }),
    );
    await cloudTrail.send(new StartLoggingCommand({ Name: 'audit' }));
    await sts.send(new GetCallerIdentityCommand({}));
    await s3.send(new ListBucketsCommand({}));
    // A file per flush: the call may be in a later one than the trail's own start.
    const name = await until(async () => {
      const { Contents: objects = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
      for (const { Key = '' } of objects)
        if ((await eventNames(s3, Bucket, Key)).includes('GetCallerIdentity')) return Key;
      return undefined;
    });
    const today = new Date().toISOString().slice(0, 10).replaceAll('-', '/');
    assert.match(
      name,
      new RegExp(
        `^AWSLogs/111122223333/CloudTrail/us-east-1/${today}/111122223333_CloudTrail_us-east-1_\\d{8}T\\d{4}Z_\\w+\\.json\\.gz$`,
      ),
    );
  });
});

async function eventNames(s3: S3Client, Bucket: string, Key: string): Promise<unknown[]> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  const text = gunzipSync((await Body?.transformToByteArray()) ?? new Uint8Array()).toString();
  return listOf(dig(parseJson(text), 'Records')).map(record => fieldsOf(record)['eventName']);
}
