/**
 * Records as the index takes them in: columns of numbers, which go from thread to thread without being copied, and the
 * texts behind the numbers, each sent once. Numbers of texts, places, calls, callers and origins count from 1 in the order they
 * were first met since the last `fresh` batch of the same builder; 0 means absent.
 */
import type { Evidence } from '../attribution/attribution.ts';
import type { MintedSession } from '../attribution/mintedSession.ts';

export interface Batch {
  readonly count: number;
  /** The numbers begin anew: what the batches before said of them no longer holds. */
  readonly fresh: boolean;
  /** Milliseconds since the epoch. */
  readonly time: Float64Array;
  /** Sixteen bytes each, for ids that are UUIDs. */
  readonly id: Uint8Array;
  /** Ids of another form, by the event's number in this batch. */
  readonly oddIds: ReadonlyMap<number, string>;
  readonly place: Int32Array;
  readonly call: Int32Array;
  readonly caller: Int32Array;
  readonly origin: Int32Array;
  /** Which unit of work it is from, and which record of it. */
  readonly unit: Int32Array;
  readonly position: Int32Array;
  /** The resources of event n are those from `resourceFrom[n]` to `resourceFrom[n + 1]`. */
  readonly resourceFrom: Int32Array;
  readonly resources: Int32Array;
  readonly names: Names;
  readonly sessions: readonly StartedSession[];
  /** Events that another account has a copy of. */
  readonly shared: readonly { readonly event: number; readonly sharedEventId: string }[];
}

/** What is new since the batch before. */
export interface Names {
  /** Of resources. */
  readonly texts: readonly string[];
  readonly places: readonly PlaceName[];
  readonly calls: readonly CallName[];
  readonly callers: readonly Evidence[];
  /** The addresses that calls came from. */
  readonly origins: readonly string[];
}

export interface PlaceName {
  readonly accountId: string;
  readonly region: string;
}

export interface CallName {
  readonly name: string;
  readonly source: string;
  readonly readOnly: boolean | undefined;
  readonly error: string | undefined;
}

/** The event started a session: its record is the only one that says which. */
export interface StartedSession {
  readonly event: number;
  readonly asked: NonNullable<Evidence['requestedSession']>;
  readonly error: string | undefined;
  readonly minted: MintedSession | undefined;
}

/** What goes from thread to thread by reference. */
export function buffersOf(batch: Batch): ArrayBuffer[] {
  const columns = [
    batch.time,
    batch.id,
    batch.place,
    batch.call,
    batch.caller,
    batch.origin,
    batch.unit,
    batch.position,
    batch.resourceFrom,
    batch.resources,
  ];
  return columns.map(({ buffer }) => buffer).filter(buffer => buffer instanceof ArrayBuffer);
}
