import { eventIdAt } from '../../../src/trail/index/events/positions.ts';
import { eachEvent } from '../../../src/trail/index/events/scan.ts';
import { FAR_AHEAD, LONG_AGO } from '../../../src/trail/index/events/selection.ts';
import type { TrailIndex } from '../../../src/trail/index/openIndex.ts';

/** The ids of all stored events, with repetitions if there are any. */
export function storedIds({ segments }: Pick<TrailIndex, 'segments'>): string[] {
  const ids: string[] = [];
  eachEvent(segments(), { from: LONG_AGO, to: FAR_AHEAD }, segment => at => {
    ids.push(eventIdAt(segments(), { segment, at }));
  });
  return ids.sort();
}
