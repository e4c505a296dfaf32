/** Which S3 operation a method and a path mean, by the name CloudTrail gives it. */
import type { Fields } from '../values.ts';

interface S3Request {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
}

const bucketSubresources = [
  'policyStatus',
  'policy',
  'acl',
  'tagging',
  'versioning',
  'encryption',
  'lifecycle',
  'cors',
  'location',
  'publicAccessBlock',
  'notification',
  'logging',
  'website',
  'object-lock',
  'replication',
  'ownershipControls',
  'accelerate',
  'requestPayment',
  'inventory',
  'analytics',
  'metrics',
  'intelligent-tiering',
];
const subresourceNames: Readonly<Record<string, string>> = {
  lifecycle: 'Lifecycle',
  publicAccessBlock: 'PublicAccessBlock',
  ownershipControls: 'OwnershipControls',
  'object-lock': 'ObjectLockConfiguration',
  'intelligent-tiering': 'IntelligentTieringConfiguration',
  accelerate: 'AccelerateConfiguration',
  inventory: 'InventoryConfiguration',
  analytics: 'AnalyticsConfiguration',
  metrics: 'MetricsConfiguration',
};
const objectSubresources: Readonly<Record<string, string>> = {
  acl: 'Acl',
  tagging: 'Tagging',
  retention: 'Retention',
  'legal-hold': 'LegalHold',
  attributes: 'Attributes',
  torrent: 'Torrent',
};

export function s3Operation(request: S3Request, url: URL): { operation: string; parameters: Fields } {
  const [bucket, ...rest] = url.pathname.replace(/^\//, '').split('/').map(decodeURIComponent);
  const key = rest.join('/');
  const parameters: Fields = { ...(bucket ? { bucketName: bucket } : {}), ...(key ? { key } : {}) };
  for (const [name, value] of url.searchParams) {
    if (!name.startsWith('X-Amz-') && name !== 'x-id') parameters[name] = value;
  }
  return { operation: operationOf(request, url.searchParams, bucket, key), parameters };
}

function operationOf(
  request: S3Request,
  query: URLSearchParams,
  bucket: string | undefined,
  key: string,
): string {
  if (!bucket) return 'ListBuckets';
  return key ? objectOperation(request, query) : bucketOperation(request.method, query);
}

function bucketOperation(method: string, query: URLSearchParams): string {
  if (query.has('delete')) return 'DeleteObjects';
  if (query.has('uploads')) return 'ListMultipartUploads';
  if (query.has('versions')) return 'ListObjectVersions';
  const subresource = bucketSubresources.find(name => query.has(name));
  if (subresource === undefined) {
    const plain: Readonly<Record<string, string>> = {
      GET: 'ListObjects',
      PUT: 'CreateBucket',
      DELETE: 'DeleteBucket',
      HEAD: 'HeadBucket',
    };
    return plain[method] ?? method;
  }
  const suffix = subresourceNames[subresource] ?? capital(subresource);
  return `${capital(method.toLowerCase())}Bucket${suffix}`;
}

function objectOperation(request: S3Request, query: URLSearchParams): string {
  const { method } = request;
  if (query.has('uploads')) return 'CreateMultipartUpload';
  if (query.has('uploadId')) return multipart(method);
  const subresource = Object.keys(objectSubresources).find(name => query.has(name));
  if (subresource !== undefined)
    return `${capital(method.toLowerCase())}Object${objectSubresources[subresource] ?? ''}`;
  if (method === 'PUT')
    return request.headers['x-amz-copy-source'] === undefined ? 'PutObject' : 'CopyObject';
  const plain: Readonly<Record<string, string>> = {
    GET: 'GetObject',
    DELETE: 'DeleteObject',
    HEAD: 'HeadObject',
    POST: 'PostObject',
  };
  return plain[method] ?? method;
}

function multipart(method: string): string {
  const names: Readonly<Record<string, string>> = {
    PUT: 'UploadPart',
    POST: 'CompleteMultipartUpload',
    DELETE: 'AbortMultipartUpload',
    GET: 'ListParts',
  };
  return names[method] ?? method;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
