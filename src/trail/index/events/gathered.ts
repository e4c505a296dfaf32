/**
 * Events of a transaction until they become a segment. Small segments grow: events of LookupEvents come fifty at a time,
 * and a segment for each page would be slow to look through.
 */
import { unpackEventId } from '../../scan/eventId.ts';
import type { TrailIndex } from '../openIndex.ts';
import { keepStateNumber, stateNumber } from '../state.ts';
import { columnsOf, joined } from './columns.ts';
import { Growing, type NewEvent } from './growing.ts';
import { firstFrom } from './positions.ts';
import type { Segment } from './segments.ts';

/** A segment with fewer events grows. */
const SMALL = 2048;

export class Gathered {
  readonly #index: Pick<TrailIndex, 'db' | 'segments'>;
  #events = new Growing();
  #resources: number[] = [];
  #oddIds = new Map<number, string>();

  constructor(index: Pick<TrailIndex, 'db' | 'segments'>) {
    this.#index = index;
  }

  /** Numbers must grow. */
  add(event: NewEvent): void {
    const at = this.#events.add(event);
    if (event.oddId !== undefined) this.#oddIds.set(at, event.oddId);
    this.#events.resourceFrom[at + 1] = this.#resources.length;
  }

  /** Of the event that was added last. */
  addResource(resource: number): void {
    this.#resources.push(resource);
    this.#events.resourceFrom[this.#events.count] = this.#resources.length;
  }

  /** Place and id of one that is not written yet. */
  find(seq: number): { readonly place: number; readonly eventId: string } | undefined {
    const { count, seqs, columns, ids } = this.#events;
    const at = firstFrom(count, index => (seqs[index] ?? 0) >= seq);
    if (at === count || seqs[at] !== seq) return undefined;
    const eventId = this.#oddIds.get(at) ?? unpackEventId(ids.subarray(at * 16, at * 16 + 16));
    return { place: columns.place[at] ?? 0, eventId };
  }

  /** The number of the next event. */
  nextSeq(): number {
    const { count, seqs } = this.#events;
    if (count > 0) return (seqs[count - 1] ?? 0) + 1;
    return stateNumber(this.#index.db, LAST_SEQ) + 1;
  }

  /** Inside of the transaction. */
  write(): void {
    if (this.#events.count === 0) return;
    const lastSeq = this.nextSeq() - 1;
    const columns = this.#events.whole(this.#resources, this.#oddIds);
    this.forget();
    const small = columns.time.length < SMALL ? this.#lastSmall(SMALL - columns.time.length) : undefined;
    const segments = this.#index.segments();
    segments.add(small ? joined(columnsOf(segments, small), columns) : columns);
    if (small) segments.remove(small);
    keepStateNumber(this.#index.db, LAST_SEQ, lastSeq);
  }

  /** The segment that was written last, when that many events more still leave it small. */
  #lastSmall(room: number): Segment | undefined {
    const last = this.#index.segments().last();
    return last && last.events <= room ? last : undefined;
  }

  forget(): void {
    this.#events = new Growing();
    this.#resources = [];
    this.#oddIds = new Map();
  }
}

/** Kept for itself: numbers of events that went must not come again. */
const LAST_SEQ = 'last seq';
