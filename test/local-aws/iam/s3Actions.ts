/** S3's actions, which hardly ever bear the operation's name. */
import type { AwsCall } from '../http/awsCall.ts';
import { textOf } from '../values.ts';
import type { Need } from './actions.ts';

const renamed: Readonly<Record<string, string>> = {
  ListBuckets: 'ListAllMyBuckets',
  ListObjects: 'ListBucket',
  HeadBucket: 'ListBucket',
  ListObjectVersions: 'ListBucketVersions',
  ListMultipartUploads: 'ListBucketMultipartUploads',
  ListParts: 'ListMultipartUploadParts',
  HeadObject: 'GetObject',
  CopyObject: 'PutObject',
  PostObject: 'PutObject',
  CreateMultipartUpload: 'PutObject',
  UploadPart: 'PutObject',
  CompleteMultipartUpload: 'PutObject',
  DeleteObjects: 'DeleteObject',
  GetBucketEncryption: 'GetEncryptionConfiguration',
  PutBucketEncryption: 'PutEncryptionConfiguration',
  DeleteBucketEncryption: 'PutEncryptionConfiguration',
  GetBucketLifecycle: 'GetLifecycleConfiguration',
  PutBucketLifecycle: 'PutLifecycleConfiguration',
  DeleteBucketLifecycle: 'PutLifecycleConfiguration',
  GetBucketReplication: 'GetReplicationConfiguration',
  PutBucketReplication: 'PutReplicationConfiguration',
  DeleteBucketReplication: 'PutReplicationConfiguration',
  GetBucketCors: 'GetBucketCORS',
  PutBucketCors: 'PutBucketCORS',
  DeleteBucketCors: 'PutBucketCORS',
  DeleteBucketTagging: 'PutBucketTagging',
  DeleteBucketPublicAccessBlock: 'PutBucketPublicAccessBlock',
  DeleteBucketOwnershipControls: 'PutBucketOwnershipControls',
};

export function s3Needs(call: AwsCall): readonly Need[] {
  const bucket = textOf(call.parameters['bucketName']);
  const key = textOf(call.parameters['key']);
  const action = `s3:${renamed[call.operation] ?? call.operation}`;
  if (bucket === undefined) return [{ action, resource: '*' }];
  const arn = `arn:aws:s3:::${bucket}`;
  const prefix = textOf(call.parameters['prefix']);
  const object = key ?? (call.operation === 'DeleteObjects' ? '*' : undefined);
  const own: Need = {
    action,
    resource: object === undefined ? arn : `${arn}/${object}`,
    bucket,
    ...(prefix === undefined ? {} : { context: { 's3:prefix': prefix } }),
  };
  return call.operation === 'CopyObject' ? [own, copySource(call)] : [own];
}

function copySource(call: AwsCall): Need {
  const source = decodeURIComponent(call.headers['x-amz-copy-source'] ?? '').replace(/^\//, '');
  return { action: 's3:GetObject', resource: `arn:aws:s3:::${source}`, bucket: source.split('/')[0] ?? '' };
}
