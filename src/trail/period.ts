/**
 * Periods of time and what is missing from them. Pure. A period is half-open, [from, to), in milliseconds, on whole
 * seconds: CloudTrail counts in seconds, and a second that was read in part counts as unread.
 */
import { SECOND } from '../base/clock.ts';

export interface Period {
  readonly from: number;
  readonly to: number;
}

/** Periods that touch or overlap become one; oldest first. */
export function addPeriod(periods: readonly Period[], added: Period): Period[] {
  if (added.to <= added.from) return [...periods];
  const joined: Period[] = [];
  for (const next of [...periods, added].toSorted((a, b) => a.from - b.from)) {
    const last = joined.at(-1);
    if (!last || next.from > last.to) joined.push(next);
    else joined[joined.length - 1] = { from: last.from, to: Math.max(last.to, next.to) };
  }
  return joined;
}

/** What of `wanted` is not covered, newest first. */
export function gaps(wanted: Period, covered: readonly Period[]): Period[] {
  const missing: Period[] = [];
  let from = wanted.from;
  for (const part of addPeriodsInOrder(covered)) {
    if (part.from > from) missing.push({ from, to: Math.min(part.from, wanted.to) });
    from = Math.max(from, part.to);
  }
  missing.push({ from, to: wanted.to });
  return missing.filter(gap => gap.from < gap.to).reverse();
}

/** How far back the trail is known without a gap, counting from its newest covered moment. */
export function reachesBackTo(covered: readonly Period[]): number | undefined {
  return addPeriodsInOrder(covered).at(-1)?.from;
}

export function toWholeSeconds({ from, to }: Period): Period {
  return { from: Math.floor(from / SECOND) * SECOND, to: Math.ceil(to / SECOND) * SECOND };
}

function addPeriodsInOrder(periods: readonly Period[]): Period[] {
  return periods.reduce<Period[]>(addPeriod, []);
}
