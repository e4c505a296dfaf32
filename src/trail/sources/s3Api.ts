/** Amazon S3, of which the trail lists and gets objects. An adapter: it translates shapes and lets AWS's errors through. */
import { Readable } from 'node:stream';
import { GetObjectCommand, ListObjectsV2Command, NoSuchKey, S3Client } from '@aws-sdk/client-s3';
import * as v from 'valibot';
import { type TrailAccess, trailClientConfig } from '../trailClientApi.ts';
import type { Bucket, Listed, ListRequest } from './bucket.ts';

/** The Region is where the bucket is thought to be: S3 itself says so when it is elsewhere. */
export interface BucketAccess extends TrailAccess {
  readonly bucket: string;
}

const ATTEMPTS = 5;

export function createBucket(access: BucketAccess): Bucket {
  const client = new S3Client({
    ...trailClientConfig(access),
    maxAttempts: ATTEMPTS,
    followRegionRedirects: true,
    // Checked at the end of gzip already, which every object has.
    responseChecksumValidation: 'WHEN_REQUIRED',
    forcePathStyle: access.endpoint !== undefined,
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
