/** A bucket as the trail sees it; `s3Api.ts` is the real one. */
import type { Readable } from 'node:stream';

export interface ListRequest {
  readonly prefix: string;
  /** Keys up to this one are passed over. */
  readonly after?: string;
  /** Folders only: what is in them is left out. */
  readonly foldersOnly?: boolean;
  readonly token?: string;
}

export interface Listed {
  readonly objects: readonly { readonly key: string; readonly bytes: number }[];
  /** Whole prefixes, each with its slash at the end. */
  readonly folders: readonly string[];
  readonly token?: string;
  /** AWS's idea of the time: this computer's clock may be wrong. */
  readonly serverTime: number;
}

export interface Bucket {
  list(request: ListRequest, signal: AbortSignal): Promise<Listed>;
  /** The bytes as they lie there, gzipped mostly; undefined when there is no such object any more. */
  open(key: string, signal: AbortSignal): Promise<Readable | undefined>;
}

/** Where a trail delivers to. */
export interface BucketAddress {
  readonly bucket: string;
  /** What the trail's settings say stands before `AWSLogs`; empty for nothing. */
  readonly prefix: string;
}

/** `prefix/AWSLogs/` */
export function logsPrefix({ prefix }: BucketAddress): string {
  return `${prefix === '' ? '' : `${prefix.replace(/\/+$/, '')}/`}AWSLogs/`;
}

export function bucketText({ bucket, prefix }: BucketAddress): string {
  return `s3://${bucket}${prefix === '' ? '' : `/${prefix}`}`;
}
