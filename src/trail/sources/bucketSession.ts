/** A bucket read with a person's session: a client that is made anew when the session is, and AWS's refusals in words. */
import type { Readable } from 'node:stream';
import { capitalized } from '../../base/capitalized.ts';
import { errorName, UserError } from '../../base/userError.ts';
import { awsFailure } from '../../identity/awsFailure.ts';
import type { Session } from '../../identity/session.ts';
import type { SessionOf } from '../regionReader.ts';
import { type Bucket, type BucketAddress, bucketText } from './bucket.ts';

export interface BucketConnection {
  readonly bucket: string;
  readonly region: string;
  readonly credentials: Session['credentials'];
}

/** Loads the adapter when it is first needed. */
export type ConnectBucket = (connection: BucketConnection) => Promise<Bucket>;

/** What it gives throws UserError `trail.bucketGone`, `identity.*`, `aws.*`; Cancelled. */
export function bucketAs(
  connect: ConnectBucket,
  address: BucketAddress,
  region: string,
  sessionOf: SessionOf,
): Bucket {
  let client: { readonly accessKeyId: string; readonly bucket: Promise<Bucket> } | undefined;
  const clientFor = ({ credentials }: Session): Promise<Bucket> => {
    if (client?.accessKeyId !== credentials.accessKeyId)
      client = {
        accessKeyId: credentials.accessKeyId,
        bucket: connect({ bucket: address.bucket, region, credentials }),
      };
    return client.bucket;
  };
  const ask = async <T>(
    what: string,
    signal: AbortSignal,
    call: (bucket: Bucket) => Promise<T>,
  ): Promise<T> => {
    let session: Session | undefined;
    try {
      session = await sessionOf(signal);
      return await call(await clientFor(session));
    } catch (error) {
      throw bucketFailure(error, address, what, session);
    }
  };
  return {
    list: (request, signal) => ask(`list ${request.prefix}`, signal, bucket => bucket.list(request, signal)),
    open: (key, signal): Promise<Readable | undefined> =>
      ask(`read ${key}`, signal, bucket => bucket.open(key, signal)),
  };
}

function bucketFailure(error: unknown, address: BucketAddress, what: string, session?: Session): Error {
  const who = session ? `${session.profile.kind} ${session.profile.name}` : 'No Wing';
  if (errorName(error) === 'NoSuchBucket')
    return new UserError(
      'trail.bucketGone',
      `There is no bucket ${address.bucket}, so ${who} could not ${what}.`,
      {
        hint: "Look at the trail's settings in the CloudTrail console: it may deliver elsewhere now.",
        cause: error,
      },
    );
  if (errorName(error) === 'InvalidObjectState')
    return new UserError(
      'trail.objectArchived',
      `${capitalized(who)} could not ${what}: it lies in an archive.`,
      {
        hint: 'Restore the objects of that time from their archive storage class first, or import a later time.',
        cause: error,
      },
    );
  return awsFailure(error, {
    who,
    doing: `${what} in ${bucketText({ ...address, prefix: '' })}`,
    ...(session && { accountId: session.accountId }),
  });
}
