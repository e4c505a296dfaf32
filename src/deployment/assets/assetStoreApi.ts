/** Amazon S3, as far as assets need it. An adapter: it translates shapes and lets AWS's errors through. */
import { HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import * as v from 'valibot';
import { MINUTE, SECOND } from '../../base/clock.ts';
import { errorName } from '../../base/userError.ts';
import type { Patience } from '../../identity/patience.ts';
import { abort } from '../cloudformation/calls.ts';
import { type ClientConfig, clientOfSession, type SessionClientOptions } from '../sessionClientApi.ts';
import type { AssetPlace, AssetStore, Found } from './assetStore.ts';

/** A large file over a slow line. */
const PATIENCE: Patience = {
  connectionTimeout: 10 * SECOND,
  requestTimeout: 10 * MINUTE,
  throwOnRequestTimeout: true,
};

export function createAssetStore(options: SessionClientOptions): AssetStore {
  const client = clientOfSession(options, PATIENCE, createClient);
  return {
    urlOf: place => urlOf(place, options),
    look: async (place, signal) => look(await client(signal), place, signal),
    async put(place, body, sha256, signal) {
      const ChecksumSHA256 = Buffer.from(sha256, 'hex').toString('base64');
      const command = new PutObjectCommand({
        ...owned(place),
        Body: body,
        ChecksumAlgorithm: 'SHA256',
        ChecksumSHA256,
      });
      await (await client(signal)).send(command, abort(signal));
    },
  };
}

function createClient(config: ClientConfig): S3Client {
  return new S3Client({
    ...config,
    followRegionRedirects: true,
    forcePathStyle: config.endpoint !== undefined,
  });
}

/** The path style: names of buckets with dots in them have no certificate in the other one. */
function urlOf({ bucket, key }: AssetPlace, { region, endpoint }: SessionClientOptions): string {
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const base = endpoint().endpoint ?? `https://s3.${region}.${suffix}`;
  return `${base.replace(/\/$/, '')}/${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`;
}

const HeadAnswer = v.object({
  ChecksumSHA256: v.optional(v.string()),
  /** Of an object that came in parts, S3's checksum is not that of its bytes. */
  ChecksumType: v.optional(v.string(), 'FULL_OBJECT'),
});

async function look(client: S3Client, place: AssetPlace, signal?: AbortSignal): Promise<Found> {
  try {
    const command = new HeadObjectCommand({ ...owned(place), ChecksumMode: 'ENABLED' });
    const { ChecksumSHA256, ChecksumType } = v.parse(HeadAnswer, await client.send(command, abort(signal)));
    if (ChecksumSHA256 === undefined || ChecksumType !== 'FULL_OBJECT') return { kind: 'unknown' };
    return { kind: 'present', sha256: Buffer.from(ChecksumSHA256, 'base64').toString('hex') };
  } catch (error) {
    if (errorName(error) === 'NotFound') return { kind: 'absent' };
    // A HEAD has no body, so its refusals have no name but the status; without s3:ListBucket what is missing is one too.
    if (errorName(error) === '403' || errorName(error) === 'Forbidden') return { kind: 'unknown' };
    throw error;
  }
}

function owned({ bucket, key, accountId }: AssetPlace) {
  return { Bucket: bucket, Key: key, ExpectedBucketOwner: accountId };
}
