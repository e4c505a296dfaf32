/** Time, passed in so that tests can bend it. All instants are milliseconds since the epoch, UTC. */
import { setTimeout as delay } from 'node:timers/promises';

export interface Clock {
  now(): number;
  /** @throws the signal's reason when it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => delay(ms, undefined, signal ? { signal } : {}),
};

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
