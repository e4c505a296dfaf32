/** Columns of events as a whole: read, put one after the other, thinned out, and brought into the order of time. */
import type { Column } from './columnCodec.ts';
import type { EventColumns, NumberColumn, Segment, Segments } from './segments.ts';

/** One number for each event. */
export const EACH = ['place', 'call', 'caller', 'origin', 'file', 'position'] as const;
export type EachColumn = (typeof EACH)[number];

export function columnsOf(segments: Segments, segment: Segment): EventColumns {
  return {
    ...numberColumns(name => segments.numbers(segment, name)),
    firstSeq: segment.firstSeq,
    time: segments.times(segment),
    id: segments.ids(segment),
    oddIds: segments.oddIds(segment),
  };
}

/** @param later - its numbers follow. */
export function joined(one: EventColumns, later: EventColumns): EventColumns {
  const count = one.time.length;
  const shift = later.firstSeq - one.firstSeq;
  const resources = one.resources.length;
  const time = Float64Array.of(...one.time, ...later.time);
  return {
    ...numberColumns(name => Int32Array.of(...one[name], ...later[name])),
    firstSeq: one.firstSeq,
    time,
    id: Buffer.concat([one.id, later.id]),
    oddIds: new Map([...one.oddIds, ...[...later.oddIds].map(([at, id]) => [at + count, id] as const)]),
    offset: Int32Array.of(...one.offset, ...later.offset.map(offset => offset + shift)),
    order: orderOf(time),
    resourceFrom: Int32Array.of(
      ...one.resourceFrom,
      ...later.resourceFrom.subarray(1).map(from => from + resources),
    ),
  };
}

/** The events for which `isKept`. */
export function thinned(columns: EventColumns, isKept: (at: number) => boolean): EventColumns {
  const kept = Int32Array.from({ length: columns.time.length }, (_, at) => at).filter(isKept);
  const time = Float64Array.from(kept, at => columns.time[at] ?? 0);
  const id = new Uint8Array(kept.length * 16);
  const resourceFrom = new Int32Array(kept.length + 1);
  const resources: number[] = [];
  const oddIds = new Map<number, string>();
  for (const [index, at] of kept.entries()) {
    id.set(columns.id.subarray(at * 16, at * 16 + 16), index * 16);
    for (const resource of resourcesOf(columns, at)) resources.push(resource);
    resourceFrom[index + 1] = resources.length;
    const odd = columns.oddIds.get(at);
    if (odd !== undefined) oddIds.set(index, odd);
  }
  return {
    ...numberColumns(name => kept.map(at => columns[name][at] ?? 0)),
    ...{ firstSeq: columns.firstSeq, time, id, oddIds, order: orderOf(time), resourceFrom },
    resources: Int32Array.from(resources),
  };
}

export function resourcesOf(
  { resourceFrom, resources }: Pick<EventColumns, 'resourceFrom' | 'resources'>,
  at: number,
) {
  return resources.subarray(resourceFrom[at] ?? 0, resourceFrom[at + 1] ?? 0);
}

export function orderOf(time: Float64Array): Int32Array {
  const count = time.length;
  const first = time.reduce((least, each) => Math.min(least, each), Number.POSITIVE_INFINITY);
  const last = time.reduce((most, each) => Math.max(most, each), Number.NEGATIVE_INFINITY);
  if ((last - first + 1) * count > Number.MAX_SAFE_INTEGER || !Number.isSafeInteger(first))
    return sorted(time);
  // As plain numbers, which has no comparison to call: the time above, the event below.
  const packed = time.map((each, at) => (each - first) * count + at).sort();
  const order = new Int32Array(count);
  for (let at = 0; at < count; at++) order[at] = (packed[at] ?? 0) % count;
  return order;
}

function sorted(time: Float64Array): Int32Array {
  return Int32Array.from(time, (_, at) => at).sort(
    (one, other) => (time[one] ?? 0) - (time[other] ?? 0) || one - other,
  );
}

function numberColumns(make: (name: NumberColumn) => Column): Record<NumberColumn, Column> {
  const [offset, order, resourceFrom, resources] = [
    make('offset'),
    make('order'),
    make('resourceFrom'),
    make('resources'),
  ];
  const [place, call, caller] = [make('place'), make('call'), make('caller')];
  const [origin, file, position] = [make('origin'), make('file'), make('position')];
  return { offset, order, place, call, caller, origin, file, position, resourceFrom, resources };
}
