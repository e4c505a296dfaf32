/** A clock that a test drives: time passes only while `run` waits for a promise that sleeps. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Cancelled } from '../../../src/base/cancellation.ts';
import type { Clock } from '../../../src/base/clock.ts';

export interface VirtualClock extends Clock {
  set(now: number): void;
  /** Lets time pass until the promise is settled. */
  run<T>(promise: Promise<T>): Promise<T>;
}

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

export function virtualClock(start: number): VirtualClock {
  let now = start;
  let sleepers: Sleeper[] = [];
  const wakeNext = (): boolean => {
    const next = sleepers.reduce<Sleeper | undefined>((a, b) => (a && a.at <= b.at ? a : b), undefined);
    if (!next) return false;
    sleepers = sleepers.filter(sleeper => sleeper !== next);
    now = Math.max(now, next.at);
    next.wake();
    return true;
  };
  return {
    now: () => now,
    set: time => {
      now = time;
    },
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(new Cancelled());
        const sleeper = { at: now + ms, wake: resolve };
        sleepers.push(sleeper);
        return signal?.addEventListener('abort', () => {
          sleepers = sleepers.filter(other => other !== sleeper);
          reject(new Cancelled());
        });
      }),
    async run(promise) {
      let settled = false;
      const done = () => {
        settled = true;
      };
      promise.then(done, done);
      for (let idle = 0; idle < 50; ) {
        await nextTurn();
        if (settled) return promise;
        idle = wakeNext() ? 0 : idle + 1;
      }
      throw new Error('The promise waits for something that is not the clock');
    },
  };
}

/** A seeded stream of numbers from 0 to 1 (mulberry32), so that a failing run can be repeated. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
