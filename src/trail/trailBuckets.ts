/**
 * The buckets that an account's trails deliver to: found by asking CloudTrail for the trails, imported as the one who found
 * them. (Whoever asks by SQL, on Athena say, would stand beside this: what it finds goes into the same index.)
 */
import { formatAccount } from '../base/arn.ts';
import type { Clock } from '../base/clock.ts';
import { UserError } from '../base/userError.ts';
import { awsFailure } from '../identity/awsFailure.ts';
import type { Keeping } from './import/messages.ts';
import type { TrailIndex } from './index/openIndex.ts';
import type { TrailSource } from './refresh.ts';
import type { Connection, SessionOf } from './regionReader.ts';
import type { BucketAddress } from './sources/bucket.ts';
import { bucketAs, type ConnectBucket } from './sources/bucketSession.ts';
import { type BucketAsk, type BucketOutcome, importBucket } from './sources/importBucket.ts';
import type { Trail } from './trail.ts';
import type { Place } from './trailStore.ts';

/** A trail as CloudTrail describes it. */
export interface DescribedTrail {
  readonly name: string;
  readonly arn: string;
  readonly homeRegion: string;
  readonly bucket: string;
  readonly prefix: string;
  readonly isOrganization: boolean;
  readonly isMultiRegion: boolean;
}

export type DescribeTrails = (
  connection: Connection,
  signal: AbortSignal,
) => Promise<readonly DescribedTrail[]>;

/** A trail that was found, and who may be able to read its bucket: who found it. */
export interface FoundTrail extends DescribedTrail {
  /** Who found it. */
  readonly accountId: string;
  readonly session: SessionOf;
}

export interface FoundTrails {
  readonly trails: readonly FoundTrail[];
  readonly failed: readonly (Place & { readonly error: UserError })[];
}

export interface TrailBuckets {
  /** The trails of accounts, each once. A Region that cannot be asked is told. @throws Cancelled */
  find(sources: readonly TrailSource[], signal: AbortSignal): Promise<FoundTrails>;
  /** @throws Cancelled, UserError `trail.*`; what was imported until then stays */
  import(ask: BucketImport): Promise<BucketOutcome>;
}

export interface BucketImport extends Omit<BucketAsk, 'mostKept' | 'since' | 'accountIds' | 'regions'> {
  /** Where the bucket is thought to be, such as the trail's home. */
  readonly region: string;
  readonly session: SessionOf;
  /** Only these; all that are in the bucket when empty. */
  readonly accountIds?: readonly string[];
  readonly regions?: readonly string[];
  readonly keeping?: Partial<Keeping>;
}

export interface TrailBucketsInput {
  readonly describe: DescribeTrails;
  readonly connect: ConnectBucket;
  readonly index: TrailIndex;
  readonly trail: Pick<Trail, 'importFiles'>;
  /** Where objects lie as files. */
  readonly directory: string;
  readonly clock: Clock;
}

/** Whole records are read from there; those of older objects would have to be brought again. */
const MOST_KEPT = 2 * 2 ** 30;

export function createTrailBuckets(input: TrailBucketsInput): TrailBuckets {
  const { describe, connect, index, trail, directory, clock } = input;
  return {
    find: (sources, signal) => findTrails(describe, sources, signal),
    import: ({ region, session, keeping, accountIds = [], regions = [], ...ask }) => {
      const bucket = bucketAs(connect, ask.address, region, session);
      const importFolder = (folder: string, signal: AbortSignal) =>
        trail.importFiles({ folder, signal, ...(keeping && { keeping }) });
      return importBucket(
        { bucket, index, directory, importFolder, clock },
        { ...ask, accountIds, regions, since: keeping?.since ?? 0, mostKept: MOST_KEPT },
      );
    },
  };
}

export function addressOf({ bucket, prefix }: Pick<DescribedTrail, 'bucket' | 'prefix'>): BucketAddress {
  return { bucket, prefix };
}

async function findTrails(
  describe: DescribeTrails,
  sources: readonly TrailSource[],
  signal: AbortSignal,
): Promise<FoundTrails> {
  const asked = sources.flatMap(source => source.regions.map(region => ({ source, region })));
  const answers = await Promise.all(
    asked.map(async ({ source, region }) => {
      const place = { accountId: source.accountId, region };
      try {
        return { trails: await trailsAt(describe, place, source.session, signal), failed: [] };
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        return { trails: [], failed: [{ ...place, error }] };
      }
    }),
  );
  // A trail of several Regions, or of an organisation, is seen from each of them.
  const byArn = new Map(
    answers.flatMap(({ trails }) => trails.map(trail => [trail.arn, trail] as const)).reverse(),
  );
  return { trails: [...byArn.values()].reverse(), failed: answers.flatMap(({ failed }) => failed) };
}

async function trailsAt(
  describe: DescribeTrails,
  { accountId, region }: Place,
  sessionOf: SessionOf,
  signal: AbortSignal,
): Promise<FoundTrail[]> {
  let who = 'No Wing';
  try {
    const session = await sessionOf(signal);
    who = `${session.profile.kind} ${session.profile.name}`;
    if (session.accountId !== accountId) throw otherAccount(who, accountId, session.accountId);
    const trails = await describe({ region, credentials: session.credentials }, signal);
    return trails.map(trail => ({ ...trail, accountId, session: sessionOf }));
  } catch (error) {
    throw awsFailure(error, { who, doing: `look up the trails in ${region}`, accountId });
  }
}

function otherAccount(who: string, accountId: string, actual: string): UserError {
  return new UserError(
    'trail.otherAccount',
    `The trails of account ${formatAccount(accountId)} were not looked up: the session of ${who} belongs to account ${formatAccount(actual)}.`,
    { hint: 'Verify the profile again.' },
  );
}
