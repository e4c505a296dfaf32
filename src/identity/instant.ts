/**
 * Time by two clocks, because each lies in its own way: the wall clock is set (by a person, by NTP), and the steady one
 * may stand still while the computer sleeps. Pure, but for `instantNow`.
 */
import type { Clock } from '../base/clock.ts';

export interface Instant {
  /** Milliseconds since the epoch. */
  readonly wall: number;
  /** Milliseconds since any moment; they never go back. */
  readonly steady: number;
}

export type Now = () => Instant;

export function instantNow(clock: Pick<Clock, 'now'>, steady: () => number = () => performance.now()): Now {
  return () => ({ wall: clock.now(), steady: steady() });
}

/** At least so many milliseconds lie between the two, by whichever clock saw more of them. */
export function elapsed(from: Instant, to: Instant): number {
  return Math.max(to.wall - from.wall, to.steady - from.steady);
}

/** So many milliseconds the wall clock was set back, so that what was computed with it lies too late. */
export function setBack(from: Instant, to: Instant): number {
  return Math.max(0, to.steady - from.steady - (to.wall - from.wall));
}
