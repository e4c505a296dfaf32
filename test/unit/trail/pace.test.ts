/** How much of the two calls a second is used when timers are late, ways to AWS differ and a busy computer stands still. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MINUTE, SECOND } from '../../../src/base/clock.ts';
import { createLimiter } from '../../../src/trail/limiter.ts';
import { retryFor } from '../../../src/trail/retry.ts';
import { awsError } from './fakeCloudTrail.ts';
import { seededRandom, virtualClock } from './virtualClock.ts';

/** Says of a call that has come now whether it is let through. */
type Allowance = (now: number) => boolean;

/** The strictest reading of "two a second": no stretch of a second ever has more. */
function anySecond(): Allowance {
  let through: readonly number[] = [];
  return now => {
    through = through.filter(at => at > now - SECOND);
    if (through.length >= 2) return false;
    through = [...through, now];
    return true;
  };
}

/** How AWS's services mostly count: what is not used is saved up, here for two calls. */
function bucket(): Allowance {
  let [tokens, at] = [2, 0];
  return now => {
    tokens = Math.min(2, tokens + (2 * (now - at)) / SECOND);
    at = now;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}

interface Circumstances {
  /** Milliseconds that timers are late, and that a call is on its way. */
  readonly lateness: (random: () => number) => number;
  readonly way: (random: () => number, now: number) => number;
}

const BEGIN = 1_000_000;

interface Used {
  /** Of what is allowed, from 0 to 1. */
  readonly share: number;
  readonly throttled: number;
}

/** Sixteen callers, whose answers take 0.2 to 4 s, so that somebody always waits; `from` and `to` are what is looked at. */
async function use(
  allowance: () => Allowance,
  { lateness, way }: Circumstances,
  seed: number,
  [from, to] = [0, 5 * MINUTE],
): Promise<Used> {
  const clock = virtualClock(BEGIN);
  const random = seededRandom(seed);
  // Whoever waits for the same moment is late together.
  const late = memo(() => lateness(random));
  const sleep = (ms: number, signal?: AbortSignal) =>
    clock.sleep(ms + late(Math.round(clock.now() + ms)), signal);
  const limiter = createLimiter({ clock: { now: clock.now, sleep }, random, retryFor });
  const lets = allowance();
  const isIn = (): boolean => clock.now() >= BEGIN + from && clock.now() < BEGIN + to;
  const counted = { through: 0, throttled: 0 };
  const call = async (): Promise<void> => {
    await clock.sleep(way(random, clock.now() - BEGIN));
    const isThrough = lets(clock.now());
    if (isIn()) counted[isThrough ? 'through' : 'throttled']++;
    await clock.sleep(isThrough ? 200 + random() * 3800 : way(random, clock.now() - BEGIN));
    if (!isThrough) throw awsError('ThrottlingException');
  };
  const caller = async (): Promise<void> => {
    while (clock.now() < BEGIN + to) await limiter.run(call, new AbortController().signal);
  };
  await clock.run(Promise.all(Array.from({ length: 16 }, caller)));
  const allowed = (2 * (to - from)) / SECOND;
  return { share: counted.through / allowed, throttled: counted.throttled / allowed };
}

function memo(make: () => number): (key: number) => number {
  const made = new Map<number, number>();
  return key => {
    const value = made.get(key) ?? make();
    made.set(key, value);
    return value;
  };
}

const upTo = (most: number) => (random: () => number) => random() * most;
/** One call in ten is on its way longer, as when something else is busy at that moment. */
const busy = (random: () => number) => 1 + random() * 4 + (random() < 0.1 ? random() ** 2 * 60 : 0);
const far = (random: () => number) => 80 + random() * 40;

for (const [counting, allowance] of [
  ['over any second', anySecond],
  ['as what is saved up', bucket],
] as const)
  for (const [what, circumstances] of [
    ['a calm computer', { lateness: upTo(2), way: upTo(5) }],
    ['late timers', { lateness: upTo(20), way: upTo(5) }],
    ['ways that differ', { lateness: upTo(3), way: upTo(30) }],
    ['a far Region', { lateness: upTo(3), way: far }],
    ['a busy computer', { lateness: upTo(3), way: busy }],
  ] as const)
    test(`${what}, AWS counts ${counting}: 95 % is used, next to nothing is throttled`, async () => {
      for (const seed of [1, 2, 3]) {
        const { share, throttled } = await use(allowance, circumstances, seed);
        assert.ok(share >= 0.95 && share <= 1, `${share} of the allowance`);
        assert.ok(throttled <= 0.025, `${throttled} throttled`);
      }
    });

test('what was learned while the computer was busy is forgotten within a minute', async () => {
  const way = (random: () => number, at: number) => random() * (at < MINUTE ? 150 : 5);
  for (const seed of [1, 2, 3]) {
    const calm = [2 * MINUTE, 3 * MINUTE] as const;
    const { share } = await use(anySecond, { lateness: upTo(2), way }, seed, [...calm]);
    assert.ok(share >= 0.97, `${share} of the allowance`);
  }
});
