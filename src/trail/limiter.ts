/**
 * The pace of one account and Region: CloudTrail allows two LookupEvents a second there, to all callers together.
 * Other windows and other people use up the same allowance, so throttling slows this one down, and success speeds it up.
 */
import { throwIfCancelled } from '../base/cancellation.ts';
import { type Clock, SECOND } from '../base/clock.ts';
import type { Retry } from './retry.ts';

export interface Limiter {
  /**
   * Runs `call` when its turn comes, and again while AWS throttles it or is briefly unavailable.
   * @throws Cancelled while it waits; else what `call` threw last.
   */
  run<T>(call: () => Promise<T>, signal: AbortSignal): Promise<T>;
}

export interface LimiterInput {
  readonly clock: Clock;
  /** From 0 to 1: keeps windows that were throttled together from coming back together. */
  readonly random: () => number;
  readonly retryFor: (error: unknown) => Retry;
}

const CALLS = 2;
const SLOWEST = 16 * SECOND;
const ATTEMPTS = 8;
const SPEED_UP = 0.7;

export function createLimiter({ clock, random, retryFor }: LimiterInput): Limiter {
  let window = SECOND;
  let starts: readonly number[] = [];
  let notBefore = 0;

  const waitingTime = (now: number): number => {
    // A clock that was set back would make everybody wait for the old time to come again.
    if (now < (starts.at(-1) ?? 0) || notBefore - now > SLOWEST) [starts, notBefore] = [[], now];
    const earliest = starts.length < CALLS ? 0 : (starts[0] ?? 0) + window;
    return Math.max(notBefore, earliest) - now;
  };

  const turn = async (signal: AbortSignal): Promise<void> => {
    throwIfCancelled(signal);
    for (let wait = waitingTime(clock.now()); wait > 0; wait = waitingTime(clock.now())) {
      await clock.sleep(wait, signal);
      throwIfCancelled(signal);
    }
    starts = [...starts, clock.now()].slice(-CALLS);
  };

  const slowDown = (): void => {
    window = Math.min(window * 2, SLOWEST);
    notBefore = clock.now() + SECOND * (0.5 + random());
  };

  return {
    async run(call, signal) {
      for (let attempt = 1; ; attempt++) {
        await turn(signal);
        try {
          const result = await call();
          window = Math.max(SECOND, window * SPEED_UP);
          return result;
        } catch (error) {
          const retry = retryFor(error);
          if (retry === 'no' || attempt === ATTEMPTS) throw error;
          if (retry === 'slowDown') slowDown();
          else await clock.sleep(pauseAfter(attempt) * (0.5 + random() / 2), signal);
        }
      }
    },
  };
}

/** For one call that met a passing fault; the others go on. */
function pauseAfter(attempt: number): number {
  return Math.min(SECOND * 2 ** (attempt - 1), SLOWEST);
}

/** One limiter per account and Region, shared by all who ask for it. */
export function createLimiters(input: LimiterInput): (accountId: string, region: string) => Limiter {
  const limiters = new Map<string, Limiter>();
  return (accountId, region) => {
    const key = `${accountId}/${region}`;
    const limiter = limiters.get(key) ?? createLimiter(input);
    limiters.set(key, limiter);
    return limiter;
  };
}
