/** Looks through the segments for events, by numbers alone: a million take some milliseconds. */

import type { Column } from './columnCodec.ts';
import { firstFrom, type Position, positionOf, seqAt } from './positions.ts';
import type { Segment, Segments } from './segments.ts';

/** Which numbers of a small table: 1 at each that is among them. Empty for none. */
export type Numbers = Uint8Array;

export interface Selection {
  /** Milliseconds since the epoch, half-open. */
  readonly from: number;
  readonly to: number;
  /** Everybody, when absent; and so on. */
  readonly callers?: Numbers;
  readonly calls?: Numbers;
  readonly places?: Numbers;
  /** Each of these must be met. */
  readonly any?: readonly AnyOf[];
  /** These alone. */
  readonly seqs?: readonly number[];
}

/** One of these is enough. */
export interface AnyOf {
  readonly callers?: Numbers;
  readonly calls?: Numbers;
  readonly places?: Numbers;
  readonly origins?: Numbers;
  readonly resources?: Numbers;
  readonly seqs?: ReadonlySet<number>;
}

/** Where to go on: after this event, to older ones. */
export interface Cursor {
  readonly time: number;
  readonly seq: number;
}

type Test = (at: number) => boolean;

interface Found extends Position, Cursor {}

/** The newest `limit` events, newest first; of the same time, those that came in last first. */
export function newest(segments: Segments, selection: Selection, limit: number, after?: Cursor): Position[] {
  if (isNothing(selection)) return [];
  if (selection.seqs) return newestOf(segments, selection, selection.seqs, after).slice(0, limit);
  let found: Found[] = [];
  const to = Math.min(selection.to, (after?.time ?? selection.to) + 1);
  for (const segment of segments.within(selection.from, to)) {
    if ((found[limit - 1]?.time ?? Number.NEGATIVE_INFINITY) > segment.to) break;
    const more = newestIn(segments, segment, { ...selection, to }, limit, after);
    found = [...found, ...more].sort(newestFirst).slice(0, limit);
  }
  return found;
}

/** Calls back with every event, by segment, in no order. */
export function eachEvent(
  segments: Segments,
  selection: Selection,
  columns: (segment: Segment) => (at: number) => void,
): void {
  if (isNothing(selection)) return;
  if (selection.seqs) {
    for (const { segment, at } of newestOf(segments, selection, selection.seqs, undefined))
      columns(segment)(at);
    return;
  }
  for (const segment of segments.within(selection.from, selection.to)) {
    const test = testOf(segments, segment, selection);
    const [order, times] = [segments.numbers(segment, 'order'), segments.times(segment)];
    const [first, end] = bounds(order, times, selection);
    const take = columns(segment);
    for (let index = first; index < end; index++) {
      const at = order[index] ?? 0;
      if (test(at)) take(at);
    }
  }
}

/** No event can meet it. */
function isNothing({ callers, calls, places, any = [] }: Selection): boolean {
  const isNone = (numbers: Numbers | undefined): boolean => numbers?.length === 0;
  const canBeMet = ({ seqs, ...numbers }: AnyOf): boolean =>
    seqs !== undefined || Object.values(numbers).some(each => !isNone(each));
  return isNone(callers) || isNone(calls) || isNone(places) || !any.every(canBeMet);
}

function newestOf(
  segments: Segments,
  selection: Selection,
  seqs: readonly number[],
  after: Cursor | undefined,
): Found[] {
  const found = seqs.flatMap((seq): Found[] => {
    const position = positionOf(segments, seq);
    if (!position) return [];
    const time = segments.times(position.segment)[position.at] ?? 0;
    const isIn = time >= selection.from && time < selection.to;
    return isIn && testOf(segments, position.segment, selection)(position.at)
      ? [{ ...position, time, seq }]
      : [];
  });
  return found.filter(event => after === undefined || newestFirst(after, event) < 0).sort(newestFirst);
}

function newestIn(
  segments: Segments,
  segment: Segment,
  selection: Selection,
  limit: number,
  after: Cursor | undefined,
): Found[] {
  const test = testOf(segments, segment, selection);
  const [order, times] = [segments.numbers(segment, 'order'), segments.times(segment)];
  const [first, end] = bounds(order, times, selection);
  const found: Found[] = [];
  for (let index = end - 1; index >= first && found.length < limit; index--) {
    const at = order[index] ?? 0;
    if (!test(at)) continue;
    const event = { segment, at, time: times[at] ?? 0, seq: seqAt(segments, { segment, at }) };
    if (after === undefined || newestFirst(after, event) < 0) found.push(event);
  }
  return found;
}

function newestFirst(one: Cursor, other: Cursor): number {
  return other.time - one.time || other.seq - one.seq;
}

/** Where in the order the time begins and ends. */
function bounds(
  order: Column,
  times: Float64Array,
  { from, to }: Pick<Selection, 'from' | 'to'>,
): [first: number, end: number] {
  const firstAt = (time: number): number =>
    firstFrom(order.length, index => (times[order[index] ?? 0] ?? 0) >= time);
  return [firstAt(from), firstAt(to)];
}

const EVERY: Test = () => true;

function testOf(segments: Segments, segment: Segment, selection: Selection): Test {
  const tests = [
    ...among(segments, segment, selection),
    ...(selection.any ?? []).map(any => anyOf(waysOf(segments, segment, any))),
  ];
  const [first = EVERY, second, ...others] = tests;
  if (second === undefined) return first;
  if (others.length === 0) return at => first(at) && second(at);
  return at => first(at) && second(at) && others.every(test => test(at));
}

/** What nothing can meet need not be read. */
function waysOf(segments: Segments, segment: Segment, any: AnyOf): Test[] {
  const { callers, calls, places, origins, resources, ...rest } = any;
  const possible = Object.fromEntries(
    Object.entries({ callers, calls, places, origins, resources }).filter(
      ([, numbers]) => numbers !== undefined && numbers.length > 0,
    ),
  );
  return [...among(segments, segment, possible), ...others(segments, segment, { ...possible, ...rest })];
}

function anyOf(tests: readonly Test[]): Test {
  return at => {
    for (const test of tests) if (test(at)) return true;
    return false;
  };
}

function among(
  segments: Segments,
  segment: Segment,
  { callers, calls, places }: Pick<AnyOf, 'callers' | 'calls' | 'places'>,
): Test[] {
  return [
    ...isAmong(segments, segment, 'caller', callers),
    ...isAmong(segments, segment, 'call', calls),
    ...isAmong(segments, segment, 'place', places),
  ];
}

function others(segments: Segments, segment: Segment, { origins, resources, seqs }: AnyOf): Test[] {
  const offsets = segments.numbers(segment, 'offset');
  return [
    ...isAmong(segments, segment, 'origin', origins),
    ...(resources ? [hasResource(segments, segment, resources)] : []),
    ...(seqs ? [(at: number) => seqs.has(segment.firstSeq + (offsets[at] ?? 0))] : []),
  ];
}

function isAmong(
  segments: Segments,
  segment: Segment,
  column: 'caller' | 'call' | 'place' | 'origin',
  numbers: Numbers | undefined,
): Test[] {
  if (numbers === undefined) return [];
  const values = segments.numbers(segment, column);
  return [at => numbers[values[at] ?? 0] === 1];
}

function hasResource(segments: Segments, segment: Segment, numbers: Numbers): Test {
  const [from, all] = [segments.numbers(segment, 'resourceFrom'), segments.numbers(segment, 'resources')];
  return at => {
    for (let index = from[at] ?? 0; index < (from[at + 1] ?? 0); index++)
      if (numbers[all[index] ?? 0] === 1) return true;
    return false;
  };
}
