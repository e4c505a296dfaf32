// LookupEvents of three Regions at once, whose answers take 0.2 to 4 s: how much of the two requests a second that AWS
// allows in each is used, beside a reader that asks for one page after the other.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { isCancelled } from '../../src/base/cancellation.ts';
import { HOUR, SECOND, systemClock } from '../../src/base/clock.ts';
import { Secret } from '../../src/base/secret.ts';
import type { Session } from '../../src/identity/session.ts';
import { createLookupEvents } from '../../src/trail/cloudTrailApi.ts';
import { openIndex } from '../../src/trail/index/openIndex.ts';
import { createLimiters } from '../../src/trail/limiter.ts';
import { readAll } from '../../src/trail/refresh.ts';
import { createRegionReader } from '../../src/trail/regionReader.ts';
import { retryFor } from '../../src/trail/retry.ts';
import { createTrailStore } from '../../src/trail/trailStore.ts';
import { type LocalAws, startLocalAws } from '../local-aws/index.ts';
import type { Bench, Row } from './harness/row.ts';

export const bench: Bench = {
  names: ['lookup'],
  needs: ['moto'],
  async run() {
    const aws = await startLocalAws();
    const folder = mkdtempSync(join(tmpdir(), 'no-wing-bench-lookup-'));
    try {
      return [await measure(aws, folder)];
    } finally {
      await aws.close();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

const REGIONS = ['eu-west-1', 'eu-central-1', 'ap-south-1'];
const PAGES = 140;
const HOURS = 6;
/** From the start of a reading: until it is in full swing, and for how long it is then watched. */
const [WARM_UP, WATCHED] = [12 * SECOND, 30 * SECOND];
const ALLOWED = 2;

async function measure(aws: LocalAws, folder: string): Promise<Row> {
  const now = Date.now();
  for (const region of REGIONS) await aws.control.addEvents(eventsIn(aws, region, now));
  await aws.control.setLookup({ latencyMs: [200, 4000] });
  const alone = await watched(aws, join(folder, 'alone.db'), 'onePageAfterTheOther');
  const value = await watched(aws, join(folder, 'trail.db'), 'sideBySide');
  console.log(
    `Load: ${loadavg()
      .map(load => load.toFixed(1))
      .join(' ')}`,
  );
  return {
    name: 'lookup',
    value,
    unit: '% of quota',
    reference: 'one reader a Region',
    referenceValue: alone,
    ratio: value / alone,
    target: { atLeast: 95 },
  };
}

function eventsIn(aws: LocalAws, region: string, now: number): Record<string, unknown>[] {
  const { arn, accessKeyId } = aws.world.alice;
  return Array.from({ length: PAGES * 50 }, (_, index) => ({
    eventVersion: '1.09',
    userIdentity: {
      type: 'IAMUser',
      arn,
      accountId: aws.world.dev.accountId,
      accessKeyId,
      userName: 'alice',
    },
    eventTime: new Date(now - HOURS * HOUR * (index / (PAGES * 50))).toISOString().replace(/\.\d+Z$/, 'Z'),
    eventSource: 's3.amazonaws.com',
    eventName: 'GetBucketAcl',
    awsRegion: region,
    eventID: randomUUID(),
    readOnly: true,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: aws.world.dev.accountId,
    eventCategory: 'Management',
  }));
}

/** @returns requests that were answered, by those that were allowed, in the Region where that is least. */
async function watched(
  aws: LocalAws,
  file: string,
  how: 'sideBySide' | 'onePageAfterTheOther',
): Promise<number> {
  const index = openIndex(file);
  const ending = new AbortController();
  const began = Date.now();
  const inTime = (at: number): boolean => at >= began + WARM_UP && at < began + WARM_UP + WATCHED;
  const answered = new Map(REGIONS.map(region => [region, 0]));
  const all = { answered: 0, throttled: 0 };
  const limiter = createLimiters({ clock: systemClock, random: Math.random, retryFor });
  const read = createRegionReader(async ({ region, credentials }) => {
    const lookUp = createLookupEvents({ region, credentials, endpoint: aws.endpoint });
    return async (request, signal) => {
      const at = Date.now();
      const answer = await lookUp(request, signal).catch((error: unknown) => {
        if (retryFor(error) === 'slowDown') all.throttled++;
        throw error;
      });
      if (at < began + WARM_UP + WATCHED) all.answered++;
      if (inTime(at)) answered.set(region, (answered.get(region) ?? 0) + 1);
      return answer;
    };
  }, limiter);
  const never = { free: () => new Promise<void>(() => undefined) };
  const intake = {
    store: createTrailStore(index),
    read,
    pace: how === 'sideBySide' ? limiter : () => never,
    clock: systemClock,
    known: () => ({ byAccessKey: () => undefined, byRoleSessionName: () => [], users: [], agents: [] }),
  };
  const session = async (): Promise<Session> => sessionOf(aws);
  const sources = [{ accountId: aws.world.dev.accountId, regions: REGIONS, session }];
  // The last calls of the watched time are still to be answered.
  const timer = setTimeout(() => ending.abort(), WARM_UP + WATCHED + 5 * SECOND);
  const { failed } = await readAll(intake, { sources, signal: ending.signal }, () => ({
    from: began - HOURS * HOUR,
    to: began,
  })).catch((error: unknown) => {
    if (isCancelled(error)) return { failed: [] };
    throw error;
  });
  clearTimeout(timer);
  index.close();
  if (failed[0]) throw failed[0].error;
  const allowed = (REGIONS.length * ALLOWED * (WARM_UP + WATCHED)) / SECOND;
  const share = ((100 * all.answered) / allowed).toFixed(1);
  console.log(
    `${how}: ${[...answered.values()].join(', ')} answered while watched, ${share} % with the start`,
  );
  console.log(`${how}: ${all.throttled} throttled beside ${all.answered} answered`);
  if (Date.now() < began + WARM_UP + WATCHED) throw new Error('There was too little to read');
  return (100 * Math.min(...answered.values())) / (ALLOWED * (WATCHED / SECOND));
}

function sessionOf({ world: { alice, dev, region } }: LocalAws): Session {
  return {
    profile: {
      kind: 'user',
      id: 'p-alice',
      name: 'alice',
      region,
      environment: 'dev',
      source: { type: 'keys', accessKeyId: alice.accessKeyId },
      verified: { accountId: dev.accountId, arn: alice.arn, at: 0 },
    },
    accountId: dev.accountId,
    arn: alice.arn,
    credentials: { accessKeyId: alice.accessKeyId, secretAccessKey: new Secret(alice.secretAccessKey) },
  };
}
