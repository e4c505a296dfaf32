import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isCancelled } from '../../../src/base/cancellation.ts';
import { SECOND } from '../../../src/base/clock.ts';
import { createLimiter, createLimiters } from '../../../src/trail/limiter.ts';
import { retryFor } from '../../../src/trail/retry.ts';
import { seededRandom, type VirtualClock, virtualClock } from './virtualClock.ts';

const never = new AbortController().signal;
/** Two calls in so many milliseconds: 99 % of what AWS allows. */
const PACE = 1010;

function throttling(): Error {
  return Object.assign(new Error('Rate exceeded'), {
    name: 'ThrottlingException',
    $metadata: { httpStatusCode: 400 },
  });
}

function failing(name: string, status?: number): Error {
  return Object.assign(new Error(name), { name, $metadata: { httpStatusCode: status } });
}

function limiterOn(clock: VirtualClock, seed = 1) {
  return createLimiter({ clock, random: seededRandom(seed), retryFor });
}

/** AWS as it counts: more than two starts in one second are throttled. */
function aws(clock: VirtualClock) {
  const starts: number[] = [];
  const throttled: number[] = [];
  return {
    starts,
    throttled,
    async call(): Promise<number> {
      starts.push(clock.now());
      if (starts.filter(start => start > clock.now() - 1000).length > 2) {
        throttled.push(clock.now());
        throw throttling();
      }
      return clock.now();
    },
  };
}

function mostInOneSecond(starts: readonly number[]): number {
  return Math.max(
    ...starts.map(start => starts.filter(other => other >= start && other < start + 1000).length),
  );
}

for (const seed of [1, 2, 3, 4, 5])
  test(`never more than two in any second, whoever asks and when (seed ${seed})`, async () => {
    const clock = virtualClock(1_000_000);
    const random = seededRandom(seed);
    const limiter = limiterOn(clock, seed);
    const cloud = aws(clock);
    const caller = async (): Promise<void> => {
      for (let call = 0; call < 12; call++) {
        if (random() < 0.4) await clock.sleep(random() * 2500);
        await limiter.run(async () => {
          const result = await cloud.call();
          if (random() < 0.5) await clock.sleep(random() * 4000);
          return result;
        }, never);
      }
    };
    await clock.run(Promise.all([caller(), caller(), caller(), caller()]));
    assert.equal(cloud.starts.length, 48);
    assert.equal(mostInOneSecond(cloud.starts), 2);
    assert.deepEqual(cloud.throttled, []);
  });

test('the full pace is used: ten calls take four seconds, of each two the second one a quarter later', async () => {
  const clock = virtualClock(5_000);
  const limiter = limiterOn(clock);
  const cloud = aws(clock);
  await clock.run(Promise.all(Array.from({ length: 10 }, () => limiter.run(cloud.call, never))));
  assert.equal(clock.now(), 5_000 + Math.ceil(4.25 * PACE));
});

test('throttled with HTTP 400 because another window uses the allowance: slows down, loses no call, recovers', async () => {
  const clock = virtualClock(1_000_000);
  const cloud = aws(clock);
  const run = async (seed: number, calls: number): Promise<void> => {
    const limiter = limiterOn(clock, seed);
    for (let call = 0; call < calls; call++) await limiter.run(cloud.call, never);
  };
  await clock.run(Promise.all([run(1, 40), run(2, 40), run(3, 40)]));
  assert.equal(cloud.starts.length - cloud.throttled.length, 120);
  assert.ok(cloud.throttled.length > 0, 'they did get in each other’s way');
  assert.ok(cloud.throttled.length < 130, `${cloud.throttled.length} throttled calls are not slowing down`);
});

test('after throttling it comes back to the full pace', async () => {
  const clock = virtualClock(1_000_000);
  const limiter = limiterOn(clock);
  let failures = 5;
  const call = async (): Promise<number> => {
    if (failures-- > 0) throw throttling();
    return clock.now();
  };
  await clock.run(limiter.run(call, never));
  const paused = clock.now() - 1_000_000;
  assert.ok(paused >= 3_500 && paused <= 9_000, `paused ${paused} ms`);
  for (let again = 0; again < 20; again++) await clock.run(limiter.run(call, never));
  const before = clock.now();
  for (let again = 0; again < 10; again++) await clock.run(limiter.run(call, never));
  const share = (5 * SECOND) / (clock.now() - before);
  assert.ok(share >= 0.96 && share <= 1, `${share} of the pace`);
});

for (const [what, error, attempts] of [
  ['a server error is tried again', failing('InternalFailure', 500), 8],
  ['an unnamed 503 is tried again', failing('Whatever', 503), 8],
  ['a network fault is tried again', Object.assign(new Error('x'), { code: 'ECONNRESET' }), 8],
  [
    'a corrected clock is tried again',
    Object.assign(new Error('x'), {
      name: 'InvalidSignatureException',
      $metadata: { clockSkewCorrected: true },
    }),
    8,
  ],
  ['a refusal is final', failing('AccessDeniedException', 400), 1],
  ['a 429 that is not throttling is final', failing('Whatever', 429), 1],
] as const)
  test(what, async () => {
    const clock = virtualClock(0);
    let calls = 0;
    const call = async (): Promise<never> => {
      calls++;
      throw error;
    };
    await assert.rejects(clock.run(limiterOn(clock).run(call, never)), thrown => thrown === error);
    assert.equal(calls, attempts);
  });

test('throttling without end is put up with for five minutes, at a slow pace', async () => {
  const clock = virtualClock(1_000_000);
  let calls = 0;
  const call = async (): Promise<never> => {
    calls++;
    throw throttling();
  };
  await assert.rejects(clock.run(limiterOn(clock).run(call, never)), { name: 'ThrottlingException' });
  assert.ok(Math.abs(clock.now() - 1_000_000 - 300 * SECOND) < 5 * SECOND, `gave up after ${clock.now()} ms`);
  assert.ok(calls < 200, `${calls} calls`);
});

test('one that waits can be cancelled, and does not use up a turn', async () => {
  const clock = virtualClock(0);
  const limiter = limiterOn(clock);
  const cloud = aws(clock);
  await clock.run(Promise.all([limiter.run(cloud.call, never), limiter.run(cloud.call, never)]));
  const cancelling = new AbortController();
  const waiting = limiter.run(cloud.call, cancelling.signal);
  const next = limiter.run(cloud.call, never);
  cancelling.abort();
  await assert.rejects(waiting, isCancelled);
  assert.equal(await clock.run(next), PACE);
  await assert.rejects(limiter.run(cloud.call, cancelling.signal), isCancelled);
  assert.equal(cloud.starts.length, 3);
});

/** Windows that call as often as they may, on ways to AWS that differ by some ten milliseconds. @returns each one's calls */
async function contend(windows: number, minutes: number): Promise<number[]> {
  const clock = virtualClock(1_000_000);
  const random = seededRandom(7);
  const cloud = aws(clock);
  const end = clock.now() + minutes * 60 * SECOND;
  const calls = Array.from({ length: windows }, async (_, window) => {
    const limiter = limiterOn(clock, window);
    const counted = { calls: 0 };
    const caller = async (): Promise<void> => {
      while (clock.now() < end) {
        await limiter.run(async () => {
          await clock.sleep(random() * 30);
          await cloud.call();
        }, never);
        counted.calls++;
      }
    };
    await Promise.all([caller(), caller(), caller()]);
    return counted.calls;
  });
  return clock.run(Promise.all(calls));
}

test('on ways to AWS that differ by some ten milliseconds, 95 % of the pace is used all the same', async () => {
  const [calls = 0] = await contend(1, 5);
  assert.ok(calls / 600 >= 0.94, `${calls} of 600`);
});

test('three windows that read the same Region for long: none fails, and each has its share', async () => {
  const calls = await contend(3, 5);
  const all = calls.reduce((sum, each) => sum + each, 0);
  assert.ok(all / 600 >= 0.4, `${all} of 600`);
  assert.ok(Math.min(...calls) >= all / 10, calls.join(' '));
});

test('it is free when a call would start at once and nobody waits', async () => {
  const clock = virtualClock(0);
  const limiter = limiterOn(clock);
  const cloud = aws(clock);
  await clock.run(limiter.free(never));
  assert.equal(clock.now(), 0);
  const some = (count: number) =>
    Promise.all(Array.from({ length: count }, () => limiter.run(cloud.call, never)));
  const [first, freed, others] = [some(2), limiter.free(never), some(3)];
  await clock.run(freed);
  assert.ok(
    clock.now() >= 2 * PACE,
    `free after ${clock.now()} ms, though calls were waiting until ${2 * PACE}`,
  );
  await clock.run(Promise.all([first, others]));
});

test('two answers to calls from before it slowed down slow it down once', async () => {
  const clock = virtualClock(1_000_000);
  const limiter = limiterOn(clock);
  const throttledAfter = (ms: number) => {
    let isFirst = true;
    return async (): Promise<void> => {
      if (!isFirst) return;
      isFirst = false;
      await clock.sleep(ms);
      throw throttling();
    };
  };
  await clock.run(Promise.all([10, 20].map(ms => limiter.run(throttledAfter(ms), never))));
  const took = clock.now() - 1_000_000;
  assert.ok(took < 2 * PACE + 20, `it went on after ${took} ms`);
});

test('of two calls that began in the same moment one was let through: only the other one has its turn again', async () => {
  const clock = virtualClock(1_000_000);
  const limiter = limiterOn(clock);
  const starts: number[] = [];
  const call = (isThrottled: boolean) => async (): Promise<void> => {
    starts.push(clock.now() - 1_000_000);
    if (isThrottled && starts.length === 2) throw throttling();
  };
  await clock.run(Promise.all([false, true].map(isThrottled => limiter.run(call(isThrottled), never))));
  await clock.run(limiter.run(call(false), never));
  assert.deepEqual(starts.slice(0, 2), [0, 0]);
  assert.ok((starts[2] ?? 0) < SECOND / 3, `its turn came after ${starts[2]} ms`);
  assert.ok((starts[3] ?? 0) >= SECOND, `the next one came after ${starts[3]} ms`);
});

test('a clock that is set back does not stop it', async () => {
  const clock = virtualClock(10_000_000);
  const limiter = limiterOn(clock);
  const cloud = aws(clock);
  await clock.run(Promise.all([limiter.run(cloud.call, never), limiter.run(cloud.call, never)]));
  clock.set(1_000);
  await clock.run(limiter.run(async () => 0, never));
  assert.ok(clock.now() < 20_000);
});

test('Regions do not wait for one another; callers of one Region share its pace', async () => {
  const clock = virtualClock(0);
  const limiters = createLimiters({ clock, random: () => 0, retryFor });
  assert.equal(limiters('1', 'a'), limiters('1', 'a'));
  const calls = ['a', 'b', 'c', 'd'].flatMap(region =>
    [1, 2, 3, 4].map(() => limiters('1', region).run(async () => clock.now(), never)),
  );
  const ends = await clock.run(Promise.all(calls));
  assert.equal(Math.max(...ends), Math.ceil(1.25 * PACE));
});
