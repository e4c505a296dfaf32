/** Amazon S3, of which the trail lists and gets objects. An adapter: it translates shapes and lets AWS's errors through. */
import { Readable } from 'node:stream';
import { GetObjectCommand, ListObjectsV2Command, NoSuchKey, S3Client } from '@aws-sdk/client-s3';
import * as v from 'valibot';
import { MINUTE, SECOND } from '../../base/clock.ts';
import type { Patience } from '../../identity/patience.ts';
import { sdkAccess } from '../../identity/sdkAccessApi.ts';
import type { Session } from '../../identity/session.ts';
import type { Bucket, Listed, ListRequest } from './bucket.ts';

export interface BucketAccess {
  readonly bucket: string;
  /** Where the bucket is thought to be: S3 itself says so when it is elsewhere. */
  readonly region: string;
  readonly credentials: Session['credentials'];
  /** Only for tests and demos: AWS's own otherwise. */
  readonly endpoint?: string;
}

const PATIENCE: Patience = {
  connectionTimeout: 10 * SECOND,
  requestTimeout: MINUTE,
  throwOnRequestTimeout: true,
};
const ATTEMPTS = 5;

export function createBucket(access: BucketAccess): Bucket {
  const client = new S3Client({
    region: access.region,
    ...sdkAccess(access.credentials, PATIENCE),
    maxAttempts: ATTEMPTS,
    followRegionRedirects: true,
    // Checked at the end of gzip already, which every object has.
    responseChecksumValidation: 'WHEN_REQUIRED',
    // Whoever may write to ~/.aws does not choose where calls go: see `awsEndpoint.ts`.
    ignoreConfiguredEndpointUrls: true,
    ...(access.endpoint === undefined ? {} : { endpoint: access.endpoint, forcePathStyle: true }),
  });
  const Bucket = access.bucket;
  return {
    async list(request, abortSignal) {
      const answer = await client.send(new ListObjectsV2Command({ Bucket, ...input(request) }), {
        abortSignal,
      });
      return parseListed(answer, Date.now() + client.config.systemClockOffset);
    },
    async open(Key, abortSignal) {
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }), { abortSignal });
        if (Body instanceof Readable) return Body;
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      }
      throw new TypeError('S3 gave an object without a body');
    },
  };
}

function input({ prefix, after, foldersOnly, token }: ListRequest) {
  return {
    Prefix: prefix,
    ...(after === undefined ? {} : { StartAfter: after }),
    ...(foldersOnly === true ? { Delimiter: '/' } : {}),
    ...(token === undefined ? {} : { ContinuationToken: token }),
  };
}

const Answer = v.object({
  Contents: v.optional(v.array(v.object({ Key: v.string(), Size: v.optional(v.number(), 0) })), []),
  CommonPrefixes: v.optional(v.array(v.object({ Prefix: v.string() })), []),
  NextContinuationToken: v.optional(v.string()),
});

function parseListed(answer: unknown, serverTime: number): Listed {
  const { Contents, CommonPrefixes, NextContinuationToken } = v.parse(Answer, answer);
  return {
    objects: Contents.map(({ Key, Size }) => ({ key: Key, bytes: Size })),
    folders: CommonPrefixes.map(({ Prefix }) => Prefix),
    serverTime,
    ...(NextContinuationToken ? { token: NextContinuationToken } : {}),
  };
}
