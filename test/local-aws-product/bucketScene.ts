/** A trail and its bucket on the local AWS, and a computer with an index of its own that reads them. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { CreateTrailCommand, StartLoggingCommand } from '@aws-sdk/client-cloudtrail';
import { CreateBucketCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { HOUR, MINUTE, systemClock } from '../../src/base/clock.ts';
import { Secret } from '../../src/base/secret.ts';
import { createLedger } from '../../src/identity/ledger.ts';
import type { Session } from '../../src/identity/session.ts';
import { openDatabase } from '../../src/store/database.ts';
import { createLookupEvents, describeTrails } from '../../src/trail/cloudTrailApi.ts';
import { openIndex, type TrailIndex } from '../../src/trail/index/openIndex.ts';
import type { BucketOutcome } from '../../src/trail/sources/importBucket.ts';
import { createBucket } from '../../src/trail/sources/s3Api.ts';
import { createTrail, type Trail } from '../../src/trail/trail.ts';
import { type BucketImport, createTrailBuckets, type TrailBuckets } from '../../src/trail/trailBuckets.ts';
import type { LocalAws, User } from '../local-aws/index.ts';
import { clientsOf } from '../local-aws/testClients.ts';
import { alice, never } from './trailSetup.ts';

export interface Reader {
  readonly folder: string;
  readonly index: TrailIndex;
  readonly trail: Trail;
  readonly buckets: TrailBuckets;
  import(bucket: string, ask?: Partial<BucketImport>): Promise<BucketOutcome>;
}

/** A computer of alice's, or of another user's, without a ledger of its own. */
export function readerOn(aws: LocalAws, t: TestContext, user: User = aws.world.alice): Reader {
  const folder = mkdtempSync(join(tmpdir(), 'no-wing-bucket-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const ledgerFile = join(folder, 'no-wing.db');
  const db = openDatabase(ledgerFile);
  const index = openIndex(join(folder, 'trail.db'));
  t.after(() => {
    index.close();
    db.close();
  });
  const { byAccessKey, byRoleSessionName } = createLedger(db);
  const { endpoint } = aws;
  const trail = createTrail({
    db,
    index,
    clock: systemClock,
    random: Math.random,
    importing: { worker: join(import.meta.dirname, '../../src/trail/import/worker.ts'), ledgerFile },
    connect: async access => createLookupEvents({ ...access, endpoint }),
    known: () => ({ byAccessKey, byRoleSessionName, users: [], agents: [] }),
  });
  const buckets = createTrailBuckets({
    describe: (connection, signal) => describeTrails({ ...connection, endpoint }, signal),
    connect: async connection => createBucket({ ...connection, endpoint }),
    index,
    trail,
    directory: join(folder, 'objects'),
    clock: systemClock,
  });
  return {
    folder,
    index,
    trail,
    buckets,
    import: (bucket, ask = {}) =>
      buckets.import({
        address: { bucket, prefix: '' },
        region: aws.world.region,
        session: async () => sessionOf(aws, user),
        period: { from: Date.now() - 96 * HOUR, to: Date.now() },
        signal: never,
        ...ask,
      }),
  };
}

export function sessionOf(aws: LocalAws, user: User = aws.world.alice): Session {
  return {
    profile: { ...alice(aws), name: user.userName },
    accountId: aws.world.dev.accountId,
    arn: user.arn,
    credentials: { accessKeyId: user.accessKeyId, secretAccessKey: new Secret(user.secretAccessKey) },
  };
}

/** A trail of all Regions that delivers to a bucket of its own. */
export async function startTrail(aws: LocalAws, bucket: string, prefix?: string): Promise<void> {
  const { s3, cloudTrail } = clientsOf(aws, aws.world.alice);
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  const settings = { Name: bucket, S3BucketName: bucket, IsMultiRegionTrail: true };
  await cloudTrail.send(new CreateTrailCommand({ ...settings, ...(prefix ? { S3KeyPrefix: prefix } : {}) }));
  await cloudTrail.send(new StartLoggingCommand({ Name: bucket }));
}

export async function keysIn(aws: LocalAws, bucket: string): Promise<string[]> {
  const { s3 } = clientsOf(aws, aws.world.alice);
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket }));
  return Contents.map(({ Key = '' }) => Key);
}

export interface Delivered {
  readonly accountId?: string;
  readonly region?: string;
  /** When it was delivered; its events are five minutes older. */
  readonly at: number;
  readonly events?: number;
  /** Before the account, such as an organisation's. */
  readonly under?: string;
}

/** An object as CloudTrail would have delivered it then. @returns its events' ids */
export async function deliver(aws: LocalAws, bucket: string, delivered: Delivered): Promise<string[]> {
  const { accountId = aws.world.dev.accountId, region = 'eu-west-1', at, events = 2, under = '' } = delivered;
  const ids = Array.from({ length: events }, () => randomUUID());
  const time = new Date(at).toISOString();
  const stamp = time.slice(0, 16).replaceAll(/[-:]/g, '');
  const file = `${accountId}_CloudTrail_${region}_${stamp}Z_${randomUUID().replaceAll('-', '').slice(0, 16)}.json.gz`;
  const Key = `AWSLogs/${under}${accountId}/CloudTrail/${region}/${time.slice(0, 10).replaceAll('-', '/')}/${file}`;
  const Records = ids.map(eventID => ({
    eventVersion: '1.09',
    userIdentity: { type: 'IAMUser', arn: `arn:aws:iam::${accountId}:user/bob`, accountId, userName: 'bob' },
    eventTime: new Date(at - 5 * MINUTE).toISOString().replace(/\.\d+Z$/, 'Z'),
    eventSource: 'sqs.amazonaws.com',
    eventName: 'CreateQueue',
    awsRegion: region,
    eventID,
    readOnly: false,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: accountId,
    eventCategory: 'Management',
  }));
  await put(aws, bucket, Key, gzipSync(JSON.stringify({ Records })));
  return ids;
}

export async function put(aws: LocalAws, bucket: string, Key: string, Body: Buffer | string): Promise<void> {
  await clientsOf(aws, aws.world.alice).s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));
}
