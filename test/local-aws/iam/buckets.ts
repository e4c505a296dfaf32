/** Who owns a bucket and what its policy says: bucket names span accounts, so S3 must know. */
import type { AwsCall } from '../http/awsCall.ts';
import type { MotoClient } from '../motoClient.ts';
import { type Fields, isFields, parseJson, textOf } from '../values.ts';

export interface Buckets {
  ownerOf(bucket: string): string | undefined;
  policyOf(bucket: string): Promise<Fields | undefined>;
  /** Takes note of a successful S3 call. */
  note(call: AwsCall, accountId: string): void;
}

interface Bucket {
  readonly owner: string;
  policy: Promise<Fields | undefined> | undefined;
}

export function createBuckets(moto: MotoClient): Buckets {
  const buckets = new Map<string, Bucket>();
  return {
    ownerOf: name => buckets.get(name)?.owner,
    policyOf: async name => {
      const bucket = buckets.get(name);
      if (bucket === undefined) return undefined;
      bucket.policy ??= readPolicy(moto, name, bucket.owner);
      return bucket.policy;
    },
    note: (call, accountId) => {
      const name = textOf(call.parameters['bucketName']) ?? '';
      const bucket = buckets.get(name);
      if (call.operation === 'CreateBucket' && bucket === undefined)
        buckets.set(name, { owner: accountId, policy: undefined });
      if (call.operation === 'DeleteBucket') buckets.delete(name);
      if (/BucketPolicy$/.test(call.operation) && bucket !== undefined) bucket.policy = undefined;
    },
  };
}

async function readPolicy(moto: MotoClient, bucket: string, owner: string): Promise<Fields | undefined> {
  const headers = { host: 's3.amazonaws.com' };
  const call = {
    method: 'GET',
    path: `/${bucket}?policy`,
    headers,
    body: Buffer.alloc(0),
    service: 's3',
    region: 'us-east-1',
  };
  const answer = await moto.send(call, owner);
  const policy = answer.status === 200 ? parseJson(answer.body.toString()) : undefined;
  return isFields(policy) ? policy : undefined;
}
