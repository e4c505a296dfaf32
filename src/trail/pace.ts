/**
 * How fast one account and Region may be asked: two calls a second, to all callers together. Learns from answers: what is
 * throttled now and then came too early, what is throttled again shows that somebody else uses the allowance up.
 */
import { SECOND } from '../base/clock.ts';

export interface Pace {
  /** Milliseconds to wait before the next call. */
  wait(now: number): number;
  started(now: number): void;
  /** Of a call that began then. */
  answered(startedAt: number): void;
  throttled(startedAt: number, now: number): void;
}

const CALLS = 2;
/** Who waits longer never gets in between the calls of one who has the full pace. */
const SLOWEST = 4 * SECOND;
const SPEED_UP = 0.7;
/** On their ways to AWS calls come closer to one another: by how much is learned from those that came too early. */
const MARGIN = { least: 10, most: 150, tooEarly: 25, onTime: -0.3 };
/** A call that is throttled so soon after another one is not just too early. */
const SOON = 2 * SECOND;

/** @param random - from 0 to 1: keeps windows that were throttled together from coming back together. */
export function createPace(random: () => number): Pace {
  let margin = MARGIN.least;
  let window = SECOND;
  let starts: readonly number[] = [];
  let notBefore = 0;
  let slowedAt = 0;
  let throttledAt = 0;
  const learn = (by: number): void => {
    margin = Math.min(Math.max(margin + by, MARGIN.least), MARGIN.most);
  };
  return {
    wait(now) {
      // A clock that was set back would make everybody wait for the old time to come again.
      if (now < (starts.at(-1) ?? 0) || notBefore - now > SLOWEST) {
        starts = [];
        [notBefore, slowedAt, throttledAt] = [now, now, now];
      }
      const earliest = starts.length < CALLS ? 0 : (starts[0] ?? 0) + window + margin;
      return Math.max(notBefore, earliest) - now;
    },
    started(now) {
      starts = [...starts, now].slice(-CALLS);
    },
    answered(startedAt) {
      learn(MARGIN.onTime);
      if (isOfThisPace(startedAt)) window = Math.max(SECOND, window * SPEED_UP);
    },
    throttled(startedAt, now) {
      if (!isOfThisPace(startedAt)) return;
      const isLone = window === SECOND && now - throttledAt > SOON;
      throttledAt = now;
      if (isLone) return learn(MARGIN.tooEarly);
      slowedAt = now;
      window = Math.min(window * 2, SLOWEST);
      notBefore = now + SECOND * (0.5 + random());
    },
  };

  /** What was on its way already when the pace was changed says nothing about the new one. */
  function isOfThisPace(startedAt: number): boolean {
    return startedAt >= slowedAt;
  }
}
