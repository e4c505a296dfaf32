/** How long to wait before AWS is asked again: what is quick is seen at once, what is slow is not asked all the time. Pure. */
import type { Pace } from './draft.ts';

const GROWTH = 1.5;

/** @param looks how many in a row have shown nothing new. */
export function nextPause(looks: number, { pollMs, firstMs = pollMs }: Omit<Pace, 'clock'>): number {
  return Math.min(pollMs, firstMs * GROWTH ** Math.min(looks, 20));
}
