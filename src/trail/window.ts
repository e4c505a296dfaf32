/**
 * A stretch of time as LookupEvents is asked for it, page by page, newest first. Pure. It says after each page which part
 * is complete: that part need not be read again, even when the reading is cut off.
 */
import { SECOND } from '../base/clock.ts';
import type { LookupAnswer, LookupRequest } from './lookUp.ts';
import type { Period } from './period.ts';

export interface Window {
  /** What is to be read. Its beginning moves up when another window takes the lower part over. */
  readonly period: Period;
  /** What AWS was asked for: a token is good for just that. */
  readonly asked: Period;
  readonly token?: string;
  /** The second of the oldest event so far. */
  readonly oldest: number;
  /** Whether events really came newest first; without that, nothing is complete before the last page. */
  readonly ordered: boolean;
  /** AWS's time when the reading began: what happened shortly before may still be on its way. */
  readonly asOf?: number;
  /** As far as it is known. */
  readonly eventsPerSecond?: number;
  /** How often a token was refused without the reading having come further than this. */
  readonly restarts: number;
  readonly reached: number;
}

export function openWindow(period: Period): Window {
  return { period, asked: period, oldest: period.to, ordered: true, restarts: 0, reached: period.to };
}

export function requestFor({ asked, token }: Window): LookupRequest {
  return { startTime: asked.from, endTime: asked.to, ...(token === undefined ? {} : { nextToken: token }) };
}

export function afterPage(before: Window, { events, serverTime, nextToken }: LookupAnswer): Window {
  const seconds = events.map(({ time }) => Math.floor((time ?? Number.NaN) / SECOND) * SECOND);
  const descending = seconds.every((second, index) => second <= (seconds[index - 1] ?? before.oldest));
  const oldest = Math.min(before.oldest, ...seconds);
  const { token: _, ...rest } = before;
  return {
    ...rest,
    oldest,
    ordered: before.ordered && descending,
    asOf: Math.min(before.asOf ?? serverTime, serverTime),
    eventsPerSecond: events.length / ((before.oldest - oldest + SECOND) / SECOND),
    restarts: oldest < before.reached ? 0 : before.restarts,
    reached: Math.min(oldest, before.reached),
    ...(nextToken === undefined ? {} : { token: nextToken }),
  };
}

/** To be asked after a page. */
export function isThrough({ period, token, oldest, ordered }: Window): boolean {
  return token === undefined || (ordered && oldest < period.from);
}

export function completePart(window: Window): Period | undefined {
  const { period, oldest, ordered } = window;
  if (isThrough(window)) return period;
  // The oldest second may go on on the next page.
  const from = oldest + SECOND;
  return ordered && from < period.to ? { from, to: period.to } : undefined;
}

const MOST_RESTARTS = 3;

/**
 * A token does not live for ever. What is complete stays so, and the reading goes on below it with a fresh token; where
 * the order cannot be relied on, the window is begun anew.
 * @returns undefined when that has not helped before.
 */
export function afterRefusedToken({ token: _, ...before }: Window): Window | undefined {
  const { period, asked, oldest, ordered, restarts } = before;
  if (restarts === MOST_RESTARTS) return undefined;
  const to = ordered ? Math.min(oldest, asked.to) : period.to;
  return {
    ...before,
    asked: { from: period.from, to },
    oldest: to,
    ordered: true,
    restarts: restarts + 1,
  };
}

/** Pages that are still to come, by what came so far; 0 as long as nothing is known. */
export function pagesLeft(
  { period, oldest, ordered, eventsPerSecond = 0 }: Window,
  pageSize: number,
): number {
  return ordered ? (Math.max(0, oldest - period.from) / SECOND) * (eventsPerSecond / pageSize) : 0;
}

/** Two windows, of which the upper one goes on and the lower one begins. */
export function halved(window: Window): readonly [upper: Window, lower: Window] {
  const { period, oldest, eventsPerSecond } = window;
  const middle = Math.ceil((period.from + oldest) / 2 / SECOND) * SECOND;
  const lower = openWindow({ from: period.from, to: middle });
  return [
    { ...window, period: { from: middle, to: period.to } },
    { ...lower, ...(eventsPerSecond === undefined ? {} : { eventsPerSecond }) },
  ];
}
