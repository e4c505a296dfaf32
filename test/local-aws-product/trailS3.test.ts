/** A trail's bucket, on the local AWS: found, imported, imported again, with what is missing, denied or not CloudTrail's. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { PutUserPolicyCommand } from '@aws-sdk/client-iam';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { isCancelled } from '../../src/base/cancellation.ts';
import { DAY, HOUR, MINUTE } from '../../src/base/clock.ts';
import { type LocalAws, startLocalAws } from '../local-aws/index.ts';
import { clientsOf, until } from '../local-aws/testClients.ts';
import { deliver, keysIn, put, readerOn, sessionOf, startTrail } from './bucketScene.ts';
import { never } from './trailSetup.ts';

let aws: LocalAws;
before(async () => {
  aws = await startLocalAws();
});
after(() => aws.close());

async function bucketOf(name: string): Promise<string> {
  await clientsOf(aws, aws.world.alice).s3.send(new CreateBucketCommand({ Bucket: name }));
  return name;
}

/** How often objects were got and listed while it ran. */
async function s3Calls<T>(work: () => Promise<T>): Promise<{ result: T; got: number; listed: number }> {
  const count = async () => {
    const { s3 = {} } = await aws.control.requests();
    return { got: s3['GetObject'] ?? 0, listed: s3['ListObjects'] ?? 0 };
  };
  const before = await count();
  const result = await work();
  const now = await count();
  return { result, got: now.got - before.got, listed: now.listed - before.listed };
}

test('the trail is found in the account, and its bucket is imported', async t => {
  await startTrail(aws, 'trail-found', 'logs/of dev');
  for (const region of ['eu-west-1', 'ap-south-1'])
    await clientsOf(aws, aws.world.alice, region).sts.send(new GetCallerIdentityCommand({}));
  await until(async () => ((await keysIn(aws, 'trail-found')).length >= 2 ? true : undefined));
  const reader = readerOn(aws, t);
  const { accountId } = aws.world.dev;
  const sources = [{ accountId, regions: ['us-east-1', 'eu-west-1'], session: async () => sessionOf(aws) }];
  const { trails, failed } = await reader.buckets.find(sources, never);
  assert.deepEqual(failed, []);
  const found = trails.filter(({ bucket }) => bucket === 'trail-found');
  assert.equal(found.length, 1, 'seen from two Regions, told once');
  const { bucket = '', prefix = '', isMultiRegion, accountId: finder } = found[0] ?? {};
  assert.deepEqual(
    { prefix, isMultiRegion, finder },
    { prefix: 'logs/of dev', isMultiRegion: true, finder: accountId },
  );
  const outcome = await reader.import(bucket, { address: { bucket, prefix } });
  assert.deepEqual([outcome.failed, outcome.problems, outcome.odd], [[], [], 0]);
  const { events } = reader.trail.events({ filter: { text: 'GetCallerIdentity' }, limit: 10 });
  assert.deepEqual(events.map(({ region }) => region).sort(), ['ap-south-1', 'eu-west-1']);
  const [event] = events;
  const record = event && (await reader.trail.readRecord(event.accountId, event.eventId));
  assert.match(record ?? '', /"eventName":"GetCallerIdentity"/, 'the whole record can be read');
});

test('who may not ask for trails is told so, by Region', async t => {
  const { accountId } = aws.world.dev;
  const session = async () => sessionOf(aws, aws.world.mallory);
  const { trails, failed } = await readerOn(aws, t).buckets.find(
    [{ accountId, regions: ['us-east-1'], session }],
    never,
  );
  assert.deepEqual([trails, failed.map(({ error }) => error.code)], [[], ['aws.denied']]);
  assert.match(failed[0]?.error.message ?? '', /^User mallory may not look up the trails in us-east-1/);
});

test('only the accounts, Regions and days that are wanted are listed and got, and none of them again', async t => {
  const bucket = await bucketOf('trail-pruned');
  const now = Date.now();
  const wanted: string[] = [];
  for (const hours of [30, 40, 50]) wanted.push(...(await deliver(aws, bucket, { at: now - hours * HOUR })));
  await deliver(aws, bucket, { at: now - 30 * HOUR, region: 'us-west-2' });
  await deliver(aws, bucket, { at: now - 30 * HOUR, accountId: '999988887777' });
  await deliver(aws, bucket, { at: now - 10 * DAY });
  await deliver(aws, bucket, { at: now - HOUR });
  const reader = readerOn(aws, t);
  const ask = {
    accountIds: [aws.world.dev.accountId],
    regions: ['eu-west-1'],
    period: { from: now - 3 * DAY, to: now - DAY },
  };
  const first = await s3Calls(() => reader.import(bucket, ask));
  assert.deepEqual([first.got, first.result.added], [3, 6]);
  const again = await s3Calls(() => reader.import(bucket, ask));
  assert.deepEqual([again.got, again.result.added, again.result.already], [0, 0, 0]);
  assert.equal(again.listed, 3, 'accounts, kinds and Regions: no list of objects');
  const longer = await s3Calls(() =>
    reader.import(bucket, { ...ask, period: { from: now - 20 * DAY, to: now } }),
  );
  assert.deepEqual([longer.got, longer.result.added], [2, 4], 'only what came before and after');
  const stored = reader.trail.events({ limit: 100 }).events.map(({ eventId }) => eventId);
  assert.equal(new Set(stored).size, 10);
  await deliver(aws, bucket, { at: now - 35 * HOUR });
  assert.equal((await reader.import(bucket, ask)).added, 0, 'delivered with a delay of days');
  const afresh = await s3Calls(() => reader.import(bucket, { ...ask, afresh: true }));
  assert.deepEqual([afresh.got, afresh.result.added, afresh.result.already], [1, 2, 3]);
  assert.ok(wanted.every(id => stored.includes(id)));
});

test('what was delivered late into a minute that was read is found', async t => {
  const bucket = await bucketOf('trail-late');
  const now = Date.now();
  await deliver(aws, bucket, { at: now - 10 * MINUTE });
  const reader = readerOn(aws, t);
  assert.equal((await reader.import(bucket)).added, 2);
  await deliver(aws, bucket, { at: now - 10 * MINUTE });
  await deliver(aws, bucket, { at: now - 12 * MINUTE });
  const { objects, already, added } = await reader.import(bucket);
  assert.deepEqual({ objects, already, added }, { objects: 2, already: 1, added: 4 });
});

test('an organisation’s bucket, with digests, Insights and what is not CloudTrail’s', async t => {
  const bucket = await bucketOf('trail-organisation');
  const now = Date.now();
  const account = '222233334444';
  const under = 'o-exampleorg/';
  await deliver(aws, bucket, { at: now - DAY, under });
  await deliver(aws, bucket, { at: now - DAY, under, accountId: account, region: 'eu-central-1' });
  const folder = `AWSLogs/${under}${account}`;
  await put(aws, bucket, `${folder}/CloudTrail-Digest/eu-central-1/2026/01/01/d.json.gz`, '{}');
  await put(aws, bucket, `${folder}/CloudTrail-Insight/eu-central-1/2026/01/01/i.json.gz`, '{}');
  await put(aws, bucket, `${folder}/Config/eu-central-1/2026/1/1/c.json.gz`, '{}');
  const day = new Date(now - DAY).toISOString().slice(0, 10).replaceAll('-', '/');
  await put(
    aws,
    bucket,
    `${folder}/CloudTrail/eu-central-1/${day}/${account}_CloudTrail_zz/../../../../evil.json`,
    '{}',
  );
  await put(aws, bucket, `${folder}/CloudTrail/eu-central-1/${day}/${account}_CloudTrail_zz.txt`, 'x');
  const reader = readerOn(aws, t);
  const { added, odd, failed, passedOver } = await reader.import(bucket);
  assert.deepEqual({ added, odd, failed }, { added: 4, odd: 2, failed: [] });
  assert.deepEqual(passedOver.map(({ kind }) => kind).sort(), ['digests', 'insights']);
  const accounts = reader.trail.events({ limit: 10 }).events.map(({ accountId }) => accountId);
  assert.deepEqual([...new Set(accounts)].sort(), [aws.world.dev.accountId, account].sort());
  assert.equal(
    readdirSync(reader.folder, { recursive: true }).some(file => /evil|zz/.test(String(file))),
    false,
  );
});

test('a prefix that is denied is told, the others go on', async t => {
  const bucket = await bucketOf('trail-denied');
  const now = Date.now();
  for (const region of ['eu-west-1', 'us-west-2', 'ap-south-1'])
    await deliver(aws, bucket, { at: now - DAY, region });
  const { userName } = aws.world.mallory;
  const root = `AWSLogs/${aws.world.dev.accountId}/CloudTrail`;
  const arn = `arn:aws:s3:::${bucket}`;
  const Statement = [
    { Effect: 'Allow', Action: ['s3:ListBucket', 's3:GetObject'], Resource: [arn, `${arn}/*`] },
    {
      Effect: 'Deny',
      Action: 's3:ListBucket',
      Resource: arn,
      Condition: { StringLike: { 's3:prefix': `${root}/us-west-2/*` } },
    },
    { Effect: 'Deny', Action: 's3:GetObject', Resource: `${arn}/${root}/ap-south-1/*` },
  ];
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
  await clientsOf(aws, aws.world.alice).iam.send(
    new PutUserPolicyCommand({ UserName: userName, PolicyName: 'read', PolicyDocument }),
  );
  const reader = readerOn(aws, t, aws.world.mallory);
  const { added, failed } = await reader.import(bucket);
  assert.equal(added, 2);
  assert.deepEqual(failed.map(({ prefix, error }) => [prefix, error.code]).sort(), [
    [`${root}/ap-south-1/`, 'aws.denied'],
    [`${root}/us-west-2/`, 'aws.denied'],
  ]);
  assert.match(
    failed.map(({ error }) => error.message).join('\n'),
    /User mallory may not list AWSLogs\/111122223333\/CloudTrail\/us-west-2\/ in s3:\/\/trail-denied in account 1111-2222-3333: s3:ListBucket/,
  );
  const regions = ['us-west-2', 'eu-west-1'];
  const Allowed = { Effect: 'Allow', Action: ['s3:ListBucket', 's3:GetObject'], Resource: [arn, `${arn}/*`] };
  await clientsOf(aws, aws.world.alice).iam.send(
    new PutUserPolicyCommand({
      UserName: userName,
      PolicyName: 'read',
      PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [Allowed] }),
    }),
  );
  assert.equal((await reader.import(bucket, { regions })).added, 2, 'allowed again: what was missing comes');
});

test('who may not look around reads what is asked for by name', async t => {
  const bucket = await bucketOf('trail-narrow');
  await deliver(aws, bucket, { at: Date.now() - DAY });
  const arn = `arn:aws:s3:::${bucket}`;
  const root = `AWSLogs/${aws.world.dev.accountId}/CloudTrail/eu-west-1/`;
  const Statement = [
    {
      Effect: 'Allow',
      Action: 's3:ListBucket',
      Resource: arn,
      Condition: { StringLike: { 's3:prefix': `${root}*` } },
    },
    { Effect: 'Allow', Action: 's3:GetObject', Resource: `${arn}/${root}*` },
  ];
  await clientsOf(aws, aws.world.alice).iam.send(
    new PutUserPolicyCommand({
      UserName: aws.world.mallory.userName,
      PolicyName: 'narrow',
      PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement }),
    }),
  );
  const reader = readerOn(aws, t, aws.world.mallory);
  const { added, failed } = await reader.import(bucket, {
    accountIds: [aws.world.dev.accountId],
    regions: ['eu-west-1'],
  });
  assert.deepEqual([added, failed], [2, []]);
  const [failure] = (await reader.import(bucket)).failed;
  assert.deepEqual([failure?.prefix, failure?.error.code], ['AWSLogs/', 'aws.denied']);
});

test('broken off, and S3 failing now and then: no object lost, none twice', async t => {
  const bucket = await bucketOf('trail-broken-off');
  const now = Date.now();
  const ids: string[] = [];
  for (let index = 0; index < 60; index++)
    ids.push(
      ...(await deliver(aws, bucket, {
        at: now - 2 * DAY + index * 20 * MINUTE,
        region: index % 2 === 0 ? 'eu-west-1' : 'us-west-2',
      })),
    );
  const reader = readerOn(aws, t);
  for (const kind of ['drop', '500', 'throttle'] as const)
    await aws.control.fail({ service: 's3', operation: 'GetObject', kind, times: 2 });
  const cancelling = new AbortController();
  await assert.rejects(
    s3Calls(() => {
      setTimeout(() => cancelling.abort(), 150);
      return reader.import(bucket, { signal: cancelling.signal });
    }),
    isCancelled,
  );
  assert.equal((await reader.import(bucket)).failed.length, 0);
  const stored = reader.trail.events({ limit: 1000 }).events.map(({ eventId }) => eventId);
  assert.deepEqual(stored.sort(), ids.sort());
});

test('a damaged object is told and the rest is imported; a bucket that is gone is told', async t => {
  const bucket = await bucketOf('trail-damaged');
  const at = Date.now() - DAY;
  await deliver(aws, bucket, { at });
  const [key = ''] = await keysIn(aws, bucket);
  await put(
    aws,
    bucket,
    key.replace(/_[0-9a-f]{16}\.json/, '_damaged.json'),
    Buffer.from([0x1f, 0x8b, 8, 0, 0]),
  );
  const reader = readerOn(aws, t);
  const { added, problems } = await reader.import(bucket);
  assert.deepEqual([added, problems.length], [2, 1]);
  const { failed } = await reader.import('no-such-bucket');
  assert.equal(failed[0]?.error.code, 'trail.bucketGone');
  for (const hostile of ['../../x', 'A', '-', 'a..b'])
    await assert.rejects(reader.import(hostile), { code: 'trail.bucketName' });
  assert.equal(existsSync(join(reader.folder, 'x')), false);
});
