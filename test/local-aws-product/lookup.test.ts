/** LookupEvents of several Regions against the local AWS in all its moods: no event is lost, and none is there twice. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { isCancelled } from '../../src/base/cancellation.ts';
import { type Clock, HOUR, MINUTE, SECOND, systemClock } from '../../src/base/clock.ts';
import { createLookupEvents } from '../../src/trail/cloudTrailApi.ts';
import { readCoverage } from '../../src/trail/coverage.ts';
import { openIndex, type TrailIndex } from '../../src/trail/index/openIndex.ts';
import type { IntakeInput } from '../../src/trail/intake.ts';
import { createLimiters } from '../../src/trail/limiter.ts';
import { gaps } from '../../src/trail/period.ts';
import { readAll } from '../../src/trail/refresh.ts';
import { createRegionReader } from '../../src/trail/regionReader.ts';
import { retryFor } from '../../src/trail/retry.ts';
import { createTrailStore } from '../../src/trail/trailStore.ts';
import { type LocalAws, startLocalAws } from '../local-aws/index.ts';
import { storedIds } from '../unit/trail/storedIds.ts';
import { sessionOf } from './bucketScene.ts';

const REGIONS = ['eu-west-1', 'eu-central-1'];
/** Time passes so much faster for the pace and its pauses, and the local AWS allows so many more calls. */
const HURRY = 40;

let aws: LocalAws;
before(async () => {
  aws = await startLocalAws();
});
after(() => aws.close());

const began = Date.now();
const hurried: Clock = {
  now: () => began + (Date.now() - began) * HURRY,
  sleep: (ms, signal) => systemClock.sleep(ms / HURRY, signal),
};

function intakeInto(index: TrailIndex): IntakeInput {
  const pace = createLimiters({ clock: hurried, random: Math.random, retryFor });
  const connect = async (access: Parameters<typeof createLookupEvents>[0]) =>
    createLookupEvents({ ...access, endpoint: aws.endpoint });
  return {
    pace,
    read: createRegionReader(connect, pace),
    store: createTrailStore(index),
    clock: systemClock,
    known: () => ({ byAccessKey: () => undefined, byRoleSessionName: () => [], users: [], agents: [] }),
  };
}

function event(time: number, region: string): Record<string, unknown> {
  const { dev, alice } = aws.world;
  return {
    eventVersion: '1.09',
    userIdentity: { type: 'IAMUser', arn: alice.arn, accountId: dev.accountId, userName: 'alice' },
    eventTime: new Date(time).toISOString().replace(/\.\d+Z$/, 'Z'),
    eventSource: 'sqs.amazonaws.com',
    eventName: 'CreateQueue',
    awsRegion: region,
    eventID: randomUUID(),
    readOnly: false,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: dev.accountId,
    eventCategory: 'Management',
  };
}

const Luck = fc.record({
  /** Minutes ago and Region of each event; several may fall on one second. */
  events: fc.array(fc.tuple(fc.integer({ min: 1, max: 7200 }), fc.boolean()), {
    minLength: 60,
    maxLength: 400,
  }),
  /** Seconds ago; CloudTrail has them later than the first reading. */
  late: fc.array(fc.tuple(fc.integer({ min: 1, max: 600 }), fc.boolean()), { maxLength: 20 }),
  mostOnPage: fc.integer({ min: 3, max: 50 }),
  latency: fc.integer({ min: 0, max: 80 }),
  tokenLifeMs: fc.constantFrom(0, 5, 60, 1000),
  throttledShare: fc.constantFrom(0, 0.05, 0.3),
  failedShare: fc.constantFrom(0, 0.15),
  /** After how many pages a reading is broken off. */
  cuts: fc.array(fc.integer({ min: 1, max: 8 }), { maxLength: 3 }),
});
type Luck = typeof Luck extends fc.Arbitrary<infer T> ? T : never;

test('throttled, failing, late, with tokens that expire, broken off: all events once', async () => {
  await fc.assert(
    fc.asyncProperty(Luck, async luck => {
      const folder = mkdtempSync(join(tmpdir(), 'no-wing-lookup-'));
      const index = openIndex(join(folder, 'trail.db'));
      try {
        await holds(luck, index);
      } finally {
        index.close();
        rmSync(folder, { recursive: true, force: true });
      }
    }),
    { numRuns: 10, endOnFailure: true },
  );
});

async function holds(luck: Luck, index: TrailIndex): Promise<void> {
  const now = Date.now();
  const made = (times: Luck['late']) =>
    times.map(([seconds, first]) => event(now - seconds * SECOND, REGIONS[first ? 0 : 1] ?? ''));
  const [events, late] = [made(luck.events), made(luck.late)];
  const lateness = 1500;
  await aws.control.addEvents(events);
  await aws.control.setTrailDelay(lateness);
  await aws.control.addEvents(late);
  await aws.control.setTrailDelay(0);
  const { mostOnPage, latency, tokenLifeMs, throttledShare, failedShare } = luck;
  const moods = { mostOnPage, tokenLifeMs, throttledShare, failedShare };
  await aws.control.setLookup({ ...moods, latencyMs: [0, latency], callsPerSecond: 2 * HURRY });
  const intake = intakeInto(index);
  for (const cut of luck.cuts) await read(intake, now, cut);
  await delay(Math.max(0, now + lateness + 50 - Date.now()));
  await aws.control.setLookup({ latencyMs: [0, latency], callsPerSecond: 2 * HURRY, mostOnPage });
  assert.equal(await read(intake, now), 0, 'at last nothing fails');
  const stored = storedIds(index);
  assert.equal(new Set(stored).size, stored.length, 'none is there twice');
  const missing = [...events, ...late].filter(({ eventID }) => !stored.includes(String(eventID)));
  assert.deepEqual(missing, [], 'none is lost');
  for (const region of REGIONS) {
    const covered = readCoverage(index.db, { accountId: aws.world.dev.accountId, region });
    assert.deepEqual(gaps({ from: now - 2 * HOUR, to: now - 16 * MINUTE }, covered), [], 'and it is known');
  }
}

/** @returns how many Regions failed. */
async function read(intake: IntakeInput, now: number, cutAfter = Number.POSITIVE_INFINITY): Promise<number> {
  const cutting = new AbortController();
  let pages = 0;
  const onProgress = (): void => {
    if (++pages >= cutAfter) cutting.abort();
  };
  const { accountId } = aws.world.dev;
  const sources = [{ accountId, regions: REGIONS, session: async () => sessionOf(aws) }];
  const period = { from: now - 2 * HOUR, to: Date.now() + SECOND };
  try {
    const { failed } = await readAll(intake, { sources, signal: cutting.signal, onProgress }, () => period);
    return failed.length;
  } catch (error) {
    if (isCancelled(error)) return 0;
    throw error;
  }
}
