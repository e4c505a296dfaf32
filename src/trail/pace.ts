/**
 * How fast one account and Region may be asked: two calls a second, to all callers together. How AWS counts them is not
 * documented, so no second ever gets more than two, and what a late timer has lost is not made up for. Learns from what is
 * throttled: one call now and then came too early, many show that somebody else uses the allowance up.
 */
import { SECOND } from '../base/clock.ts';

export interface Pace {
  /** Whole milliseconds, as timers know them, to wait before the next call. */
  wait(now: number): number;
  started(now: number): void;
  answered(): void;
  throttled(startedAt: number, now: number): void;
}

const CALLS = 2;
/** Who waits longer never gets in between the calls of one who has the full pace. */
const SLOWEST = 4 * SECOND;
/** At each start: AWS throttles at once, but may take seconds to answer. */
const SPEED_UP = 0.9;
/**
 * On their ways to AWS calls come closer to one another: by how much is learned from those that came too early. The longer
 * none does, the faster it is forgotten, so that a busy minute does not slow down the next ones; where ways always differ,
 * about one call in seventy goes on being too early.
 */
const MARGIN = { least: 10, most: 150, tooEarly: 12, onTime: 0.0001 };
/** How much later the next call comes than the first one, and the second one, that was too early. */
const ONCE_MORE = [150, SECOND];
/** More throttled calls than these in so much time are not just too early. */
const SOON = 3 * SECOND;
/**
 * How far the two calls are from one another, as part of the time that they have: a late one must not find the allowance
 * used up by the one beside it, nor delay it. Who is slowed down spreads them out, so that others get in between.
 */
const APART = { atFullPace: 0.25, slowedDown: 0.5 };
/** More than start while AWS says that it throttles one. */
const REMEMBERED = 8;

/** @param random - from 0 to 1: keeps windows that were throttled together from coming back together. */
export function createPace(random: () => number): Pace {
  let margin = MARGIN.least;
  let onTime = 0;
  let window = SECOND;
  let starts: readonly number[] = [];
  let throttles: readonly number[] = [];
  let notBefore = 0;
  let changedAt = 0;
  const since = (now: number, calls: number): number => now - (starts.at(-calls) ?? -Infinity);
  return {
    wait(now) {
      // A clock that was set back would make everybody wait for the old time to come again.
      if (since(now, 1) < 0 || notBefore - now > SLOWEST) {
        [starts, throttles] = [[], []];
        [notBefore, changedAt] = [now, now];
      }
      const distance = window + margin;
      const isRested = since(now, CALLS) > 1.5 * distance;
      const part = window > SECOND ? APART.slowedDown : APART.atFullPace;
      const apart = isRested ? 0 : part * distance - since(now, 1);
      return Math.ceil(Math.max(notBefore - now, distance - since(now, CALLS), apart));
    },
    started(now) {
      starts = [...starts, now].slice(-REMEMBERED);
      if (isOfThisPace(now)) window = Math.max(SECOND, window * SPEED_UP);
    },
    answered() {
      margin = Math.max(margin - MARGIN.onTime * (++onTime) ** 2, MARGIN.least);
    },
    throttled(startedAt, now) {
      // AWS has not counted it: at full pace, its turn is not lost.
      if (window === SECOND) starts = without(starts, startedAt);
      if (!isOfThisPace(startedAt)) return;
      changedAt = now;
      onTime = 0;
      throttles = [...throttles.filter(at => now - at < SOON), now];
      const pause = ONCE_MORE[throttles.length - 1];
      if (window === SECOND && pause !== undefined) {
        margin = Math.min(margin + MARGIN.tooEarly, MARGIN.most);
        notBefore = startedAt + pause;
      } else {
        window = Math.min(window * 2, SLOWEST);
        notBefore = now + SECOND * (0.5 + random());
      }
    },
  };

  /** What was on its way already when something was learned says nothing about what has been learned. */
  function isOfThisPace(startedAt: number): boolean {
    return startedAt >= changedAt;
  }
}

/** One of them: calls may begin in the same millisecond. */
function without(starts: readonly number[], start: number): readonly number[] {
  const index = starts.indexOf(start);
  return starts.filter((_, other) => other !== index);
}
