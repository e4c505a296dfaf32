/** The same questions give the same answers, whichever way the events came: LookupEvents, files in a folder, the bucket. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { CreateBucketCommand, GetBucketLocationCommand } from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { DAY, SECOND } from '../../src/base/clock.ts';
import type { Trail } from '../../src/trail/trail.ts';
import type { TrailFilter } from '../../src/trail/trailFilter.ts';
import { type LocalAws, startLocalAws } from '../local-aws/index.ts';
import { agentSession, clientsOf, until } from '../local-aws/testClients.ts';
import { type Reader, readerOn, sessionOf, startTrail } from './bucketScene.ts';
import { never } from './trailSetup.ts';

const REGIONS = ['us-east-1', 'eu-west-1'];
const BUCKET = 'trail-compared';

let aws: LocalAws;
/** What happened before the trail logs is in no bucket, and looking events up is recorded too: what is asked for is between. */
let begin: number;
let cut: number;

before(async () => {
  aws = await startLocalAws();
  await startTrail(aws, BUCKET);
  begin = await nextSecond();
  await act();
  await aws.control.addEvents(older());
  cut = await nextSecond();
});
after(() => aws.close());

async function nextSecond(): Promise<number> {
  const second = Math.floor(Date.now() / SECOND) * SECOND + SECOND;
  await delay(second + 50 - Date.now());
  return second;
}

/** Alice, her agent and nobody's session, in two Regions, with denials, a copy in another account and forwarded access. */
async function act(): Promise<void> {
  const agent = await agentSession(aws);
  const other = await agentSession(aws, { RoleSessionName: 'someone-else' });
  for (const credentials of [aws.world.alice, agent, other])
    for (const region of REGIONS)
      await clientsOf(aws, credentials, region).sts.send(new GetCallerIdentityCommand({}));
  const { s3 } = clientsOf(aws, agent);
  await s3.send(new CreateBucketCommand({ Bucket: 'made-by-agent' }));
  await clientsOf(aws, aws.world.mallory)
    .s3.send(new GetBucketLocationCommand({ Bucket: 'made-by-agent' }))
    .catch(() => undefined);
}

function older(): Record<string, unknown>[] {
  return Array.from({ length: 130 }, (_, index) => ({
    eventVersion: '1.09',
    userIdentity: {
      type: 'IAMUser',
      arn: `arn:aws:iam::111122223333:user/user${index % 7}`,
      accountId: '111122223333',
      accessKeyId: `AKIAUSER${index % 7}`,
      userName: `user${index % 7}`,
    },
    eventTime: new Date(Date.now() - 2 * DAY - index * 90 * SECOND).toISOString().replace(/\.\d+Z$/, 'Z'),
    eventSource: index % 3 === 0 ? 'iam.amazonaws.com' : 'sqs.amazonaws.com',
    eventName: `Call${index % 5}`,
    awsRegion: REGIONS[index % 2],
    ...(index % 11 === 0 ? { errorCode: 'AccessDenied', errorMessage: 'no' } : {}),
    eventID: randomUUID(),
    readOnly: index % 2 === 0,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: '111122223333',
    eventCategory: 'Management',
  }));
}

const FILTERS: readonly TrailFilter[] = [
  {},
  { text: 'Call3' },
  { actorKind: 'agent' },
  { errorsOnly: true },
  { service: 'sqs.amazonaws.com' },
  { region: 'eu-west-1' },
  { event: 'GetCallerIdentity' },
  { actor: 'no-wing-copilot-a1b2' },
  { actor: 'user3' },
  { error: 'AccessDenied' },
];

/** What a person may ask, of what was made for it. */
function answers({ trail }: Reader): unknown {
  return periods().map(period => ({
    asked: FILTERS.map(filter => ({ filter, ...answersTo(trail, { ...filter, ...period }) })),
    ...(period.to < begin ? { timeline: trail.timeline(period) } : {}),
  }));
}

function periods(): readonly { from: number; to: number }[] {
  return [
    { from: cut - 4 * DAY, to: cut - DAY },
    { from: begin, to: cut },
  ];
}

function eventsIn({ trail }: Reader): number {
  return periods().flatMap(period => trail.events({ filter: period, limit: 1000 }).events).length;
}

function answersTo(trail: Trail, filter: TrailFilter) {
  const groups = (['actor', 'deployment', 'day'] as const).map(by =>
    trail
      .groups(by, filter)
      .map(({ label, count, errors, latest }) => ({ label, count, errors, latest }))
      .sort((a, b) => (a.label < b.label ? -1 : 1)),
  );
  const events = trail
    .events({ filter, limit: 1000 })
    .events.map(({ seq: _, ...event }) => event)
    .sort((a, b) => a.time - b.time || (a.eventId < b.eventId ? -1 : 1));
  const matrix = trail.matrix(filter).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  return { groups, events, matrix };
}

async function byLookupEvents(reader: Reader): Promise<void> {
  const { accountId } = aws.world.dev;
  const sources = [{ accountId, regions: REGIONS, session: async () => sessionOf(aws) }];
  const { failed } = await reader.trail.refresh({ sources, since: Date.now() - 4 * DAY, signal: never });
  assert.deepEqual(failed, []);
}

async function byFolder(reader: Reader): Promise<void> {
  const folder = join(reader.folder, 'files');
  mkdirSync(folder);
  const Records = (await aws.control.records({ accountId: aws.world.dev.accountId })).filter(
    ({ managementEvent, awsRegion }) => managementEvent === true && REGIONS.includes(String(awsRegion)),
  );
  writeFileSync(join(folder, 'a.json.gz'), gzipSync(JSON.stringify({ Records: Records.slice(0, 40) })));
  writeFileSync(join(folder, 'b.json'), JSON.stringify({ Records: Records.slice(40) }));
  await reader.trail.importFiles({ folder, signal: never });
}

async function byBucket(reader: Reader, events: number): Promise<void> {
  await until(async () => {
    assert.deepEqual((await reader.import(BUCKET)).failed, []);
    return eventsIn(reader) >= events ? true : undefined;
  });
}

test('LookupEvents, a folder and the bucket give the same answers', async t => {
  const [looked, folder, bucket] = [readerOn(aws, t), readerOn(aws, t), readerOn(aws, t)];
  await byLookupEvents(looked);
  await byFolder(folder);
  const events = eventsIn(looked);
  await byBucket(bucket, events);
  assert.equal(events, 130 + 2 + 6 + 2);
  const expected = answers(looked);
  assert.deepEqual(answers(folder), expected);
  assert.deepEqual(answers(bucket), expected);
});
