/** Where single events stand in the segments. */
import { unpackEventId } from '../../scan/eventId.ts';
import type { Column } from './columnCodec.ts';
import type { Segment, Segments } from './segments.ts';

/** The event with that place in the columns of that segment. */
export interface Position {
  readonly segment: Segment;
  readonly at: number;
}

export function positionOf(segments: Segments, seq: number): Position | undefined {
  for (const segment of segments.numbered(seq, seq)) {
    const at = placeOf(segments.numbers(segment, 'offset'), seq - segment.firstSeq);
    if (at !== undefined) return { segment, at };
  }
  return undefined;
}

export function seqAt(segments: Segments, { segment, at }: Position): number {
  return segment.firstSeq + (segments.numbers(segment, 'offset')[at] ?? 0);
}

export function eventIdAt(segments: Segments, { segment, at }: Position): string {
  return (
    segments.oddIds(segment).get(at) ?? unpackEventId(segments.ids(segment).subarray(at * 16, at * 16 + 16))
  );
}

function placeOf(offsets: Column, offset: number): number | undefined {
  const at = firstFrom(offsets.length, place => (offsets[place] ?? 0) >= offset);
  return offsets[at] === offset ? at : undefined;
}

/** @param isThere - from some place on. @returns that place; `length` when it is nowhere. */
export function firstFrom(length: number, isThere: (place: number) => boolean): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isThere(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
