import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUR, SECOND } from '../../../src/base/clock.ts';
import { createLimiter } from '../../../src/trail/limiter.ts';
import type { LookupAnswer, LookupRequest } from '../../../src/trail/lookUp.ts';
import { addPeriod, type Period } from '../../../src/trail/period.ts';
import { readPeriod } from '../../../src/trail/readPeriod.ts';
import { awsError } from './fakeCloudTrail.ts';
import { seededRandom, virtualClock } from './virtualClock.ts';

const period = { from: 0, to: 100_000 };

/** Seconds of the events on each page; `refused` where the token is. */
type Script = readonly (readonly number[] | 'refused')[];

async function read(script: Script): Promise<{ complete: string[]; asked: LookupRequest[] }> {
  const asked: LookupRequest[] = [];
  const lookUp = async (request: LookupRequest): Promise<LookupAnswer> => {
    asked.push(request);
    const page = script[asked.length - 1] ?? [];
    if (page === 'refused') throw awsError('InvalidNextTokenException');
    const more = asked.length < script.length;
    return {
      events: page.map(second => ({ json: '{}', time: second * 1000 + 500 })),
      serverTime: 200_000 + asked.length,
      ...(more ? { nextToken: `t${asked.length}` } : {}),
    };
  };
  const complete: string[] = [];
  for await (const page of readPeriod({ lookUp }, period)) {
    assert.equal(page.asOf, 200_001, 'the time at which the reading began');
    complete.push(page.complete ? `${page.complete.from / 1000}-${page.complete.to / 1000}` : '-');
  }
  return { complete, asked };
}

for (const [what, script, expected] of [
  ['one page', [[90, 80]], '0-100'],
  ['nothing', [[]], '0-100'],
  ['the oldest second may go on on the next page', [[90, 80], [80, 70], [60]], '81-100 71-100 0-100'],
  ['an empty page', [[], [50], []], '- 51-100 0-100'],
  ['the whole page in the last second', [[100, 100], [90]], '- 0-100'],
  [
    'what does not come newest first is complete at the end only',
    [[50], [60], [40], [30]],
    '51-100 - - 0-100',
  ],
  ['out of order within a page', [[50, 60], [40], []], '- - 0-100'],
] satisfies [string, Script, string][])
  test(`${what}: ${expected}`, async () => {
    assert.equal((await read(script)).complete.join(' '), expected);
  });

test('a token that is refused: asks again from the oldest second on, that second included', async () => {
  const { complete, asked } = await read([[90, 80], 'refused', [80, 70], 'refused', [60]]);
  assert.deepEqual(complete, ['81-100', '71-100', '0-100']);
  assert.deepEqual(
    asked.map(({ endTime, nextToken }) => [endTime, nextToken]),
    [
      [100_000, undefined],
      [100_000, 't1'],
      [80_000, undefined],
      [80_000, 't3'],
      [70_000, undefined],
    ],
  );
});

test('a token that is refused where the order cannot be relied on: begins anew', async () => {
  const { complete, asked } = await read([[50, 60], 'refused', [60, 50], [40]]);
  assert.deepEqual(complete, ['-', '51-100', '0-100']);
  assert.deepEqual(
    asked.map(({ endTime, nextToken }) => [endTime, nextToken]),
    [
      [100_000, undefined],
      [100_000, 't1'],
      [100_000, undefined],
      [100_000, 't3'],
    ],
  );
});

for (const [what, page] of [
  ['without progress', [90]],
  ['where the order cannot be relied on', [50, 60]],
] as const)
  test(`a token that is refused again and again ${what} is an error`, async () => {
    const script = Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? page : ('refused' as const)));
    await assert.rejects(read(script), { name: 'InvalidNextTokenException' });
  });

/** A region with an event a second, whose pages take as long as `latency` says; two calls a second are let through. */
async function readSlow(latency: () => number, hours: number) {
  const clock = virtualClock(1_000_000_000);
  const limiter = createLimiter({ clock, random: () => 0.5, retryFor: () => 'no' });
  const period = { from: clock.now() - hours * HOUR, to: clock.now() };
  const calls: number[] = [];
  const seen = new Set<number>();
  const lookUp = ({ startTime = 0, endTime = 0, nextToken }: LookupRequest, signal: AbortSignal) =>
    limiter.run(async () => {
      calls.push(clock.now());
      await clock.sleep(latency(), signal);
      const top = nextToken === undefined ? Math.min(endTime, period.to - SECOND) : Number(nextToken);
      const bottom = Math.max(startTime, top - 49 * SECOND);
      const times = Array.from({ length: (top - bottom) / SECOND + 1 }, (_, index) => top - index * SECOND);
      return {
        events: times.map(time => ({ json: '{}', time })),
        serverTime: clock.now(),
        ...(bottom > startTime ? { nextToken: String(bottom - SECOND) } : {}),
      };
    }, signal);
  const complete: Period[] = [];
  const reading = async (): Promise<void> => {
    for await (const page of readPeriod({ lookUp, free: limiter.free }, period)) {
      for (const { time = 0 } of page.events) seen.add(time);
      complete.push(...(page.complete ? [page.complete] : []));
    }
  };
  await clock.run(reading());
  const parts = complete.reduce<Period[]>(addPeriod, []);
  return { period, calls, seen, parts, took: clock.now() - 1_000_000_000 };
}

for (const [what, latency] of [
  ['0.2 s', () => 200],
  ['4 s', () => 4000],
  ['0.2 to 4 s', varying(seededRandom(3))],
] as const)
  test(`pages that take ${what}: 95 % of the pace is used, nothing is left out`, async () => {
    const hours = 4;
    const { period, calls, seen, parts } = await readSlow(latency, hours);
    assert.deepEqual(parts, [period]);
    assert.equal(seen.size, hours * 3600);
    const [steadyFrom = 0, steadyTo = 0] = [calls[20], calls.at(-20)];
    const steady = calls.filter(at => at >= steadyFrom && at < steadyTo).length;
    const share = steady / ((2 * (steadyTo - steadyFrom)) / SECOND);
    assert.ok(share >= 0.95 && share <= 1, `${share} of the pace`);
    const pages = (hours * 3600) / 50;
    assert.ok(calls.length <= pages * 1.15, `${calls.length} calls for ${pages} pages`);
  });

function varying(random: () => number): () => number {
  return () => 200 + random() * 3800;
}
