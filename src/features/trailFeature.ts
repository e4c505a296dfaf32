/** What happened, as AWS saw it, wired. */
import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { FeaturesInput } from '../features.ts';
import { endpointFrom } from '../identity/awsEndpoint.ts';
import { DATABASE_FILE } from '../store/dataDirectory.ts';
import type { Known } from '../trail/attribution/attribution.ts';
import type { TrailIndex } from '../trail/index/openIndex.ts';
import { knownProfiles } from '../trail/knownProfiles.ts';
import { createTrail, type Trail, type TrailInput } from '../trail/trail.ts';
import { createTrailBuckets, type TrailBuckets } from '../trail/trailBuckets.ts';
import type { IdentityFeatures } from './identityFeatures.ts';

export function trailFeature(
  input: FeaturesInput,
  identity: IdentityFeatures,
  stores: Pick<TrailInput, 'db' | 'index'>,
  clock: Clock,
): Trail {
  const endpoint = endpointFrom(input.endpointUrl);
  return createTrail({
    ...stores,
    importing: { worker: input.trailWorker, ledgerFile: join(input.directory, DATABASE_FILE) },
    clock,
    random: Math.random,
    connect: async ({ region, credentials }) =>
      (await import('../trail/cloudTrailApi.ts')).createLookupEvents({ region, credentials, ...endpoint() }),
    known: () => trailKnown(identity),
  });
}

/** The buckets of trails. Their objects lie beside the store. */
export function trailBucketsFeature(
  input: FeaturesInput,
  { trail, index }: { readonly trail: Trail; readonly index: TrailIndex },
  clock: Clock,
): TrailBuckets {
  const endpoint = endpointFrom(input.endpointUrl);
  return createTrailBuckets({
    trail,
    index,
    clock,
    directory: join(input.directory, 'trail-objects'),
    describe: async (connection, signal) =>
      (await import('../trail/cloudTrailApi.ts')).describeTrails({ ...connection, ...endpoint() }, signal),
    connect: async connection =>
      (await import('../trail/sources/s3Api.ts')).createBucket({ ...connection, ...endpoint() }),
  });
}

/** What the ledger and the profiles know of who is who. */
export function trailKnown({ ledger, profiles }: IdentityFeatures): Known {
  return {
    byAccessKey: ledger.byAccessKey,
    byRoleSessionName: ledger.byRoleSessionName,
    ...knownProfiles(profiles.list()),
  };
}
