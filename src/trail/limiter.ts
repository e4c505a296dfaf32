/**
 * Who calls LookupEvents of one account and Region when. Other windows and other people use up the same allowance, so
 * throttling slows this one down, and being let through speeds it up.
 */
import { throwIfCancelled } from '../base/cancellation.ts';
import { type Clock, MINUTE, SECOND } from '../base/clock.ts';
import { createPace } from './pace.ts';
import type { Retry } from './retry.ts';

export interface Limiter {
  /**
   * Runs `call` when its turn comes, and again while AWS throttles it or is briefly unavailable.
   * @throws Cancelled while it waits; else what `call` threw last.
   */
  run<T>(call: () => Promise<T>, signal: AbortSignal): Promise<T>;
  /** Resolves when a call would start at once and nobody waits for a turn: the pace is not used up. @throws Cancelled */
  free(signal: AbortSignal): Promise<void>;
}

export interface LimiterInput {
  readonly clock: Clock;
  /** From 0 to 1: keeps windows that were throttled together from coming back together. */
  readonly random: () => number;
  readonly retryFor: (error: unknown) => Retry;
}

/** Of a call that meets passing faults. */
const ATTEMPTS = 8;
const LONGEST_PAUSE = 16 * SECOND;
/** For how long a call puts up with being throttled: others may be reading for minutes. */
const PATIENCE = 5 * MINUTE;
/** How often one looks again who is not in a hurry. */
const LOOK_AGAIN = SECOND / 2;

export function createLimiter({ clock, random, retryFor }: LimiterInput): Limiter {
  const pace = createPace(random);
  let waiting = 0;

  /** @param take - called in the same moment, before anybody else can be. */
  const whenFree = async (signal: AbortSignal, take: (now: number) => void): Promise<void> => {
    throwIfCancelled(signal);
    for (;;) {
      const now = clock.now();
      const wait = pace.wait(now);
      if (wait <= 0) return take(now);
      await clock.sleep(wait, signal);
      throwIfCancelled(signal);
    }
  };

  /** @returns when the call starts: now. */
  const turn = async (signal: AbortSignal): Promise<number> => {
    let startedAt = 0;
    waiting++;
    try {
      await whenFree(signal, now => {
        startedAt = now;
        pace.started(now);
      });
    } finally {
      waiting--;
    }
    return startedAt;
  };

  /** Waits as long as is fit before a call is made again. @throws the error when that is without hope */
  const afterFailure = async (
    error: unknown,
    startedAt: number,
    tries: Tries,
    signal: AbortSignal,
  ): Promise<void> => {
    const retry = retryFor(error);
    if (retry === 'slowDown' && clock.now() < tries.until) return pace.throttled(startedAt, clock.now());
    if (retry !== 'again' || ++tries.faults >= ATTEMPTS) throw error;
    await clock.sleep(pauseAfter(tries.faults) * (0.5 + random() / 2), signal);
  };

  return {
    async run(call, signal) {
      const tries: Tries = { faults: 0, until: clock.now() + PATIENCE };
      for (;;) {
        const startedAt = await turn(signal);
        try {
          const result = await call();
          pace.answered();
          return result;
        } catch (error) {
          await afterFailure(error, startedAt, tries, signal);
        }
      }
    },
    async free(signal) {
      let isTaken = true;
      while (isTaken) {
        await whenFree(signal, () => {
          isTaken = waiting > 0;
        });
        if (isTaken) await clock.sleep(LOOK_AGAIN, signal);
      }
    },
  };
}

/** What a call has been through. */
interface Tries {
  faults: number;
  /** When being throttled is no longer put up with. */
  readonly until: number;
}

/** For one call that met a passing fault; the others go on. */
function pauseAfter(attempt: number): number {
  return Math.min(SECOND * 2 ** (attempt - 1), LONGEST_PAUSE);
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
