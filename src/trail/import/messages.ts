/** What the threads of an import say to one another. */
import type { MessagePort } from 'node:worker_threads';
import type { KnownAgent, KnownUser } from '../attribution/attribution.ts';
import type { SourceAddress, Unit } from '../sources/source.ts';
import type { Failure } from './failure.ts';
import type { UnitReport } from './readUnit.ts';
import type { SentBatch } from './sentBatch.ts';

export interface Keeping {
  /** Older events are not taken, and those that are there go. Milliseconds since the epoch; 0 for all. */
  readonly since: number;
  /** When the index is larger, its oldest events go. In bytes. */
  readonly maxBytes: number;
}

export interface WriterData {
  readonly role: 'write';
  readonly indexFile: string;
  readonly source: SourceAddress;
  readonly keeping: Keeping;
  readonly known: {
    readonly ledgerFile: string;
    readonly users: readonly KnownUser[];
    readonly agents: readonly KnownAgent[];
  };
  /** How many events a transaction takes in: larger ones cost less each, and are longer in the way of other windows. */
  readonly transaction: number;
  /** Not zero when the window wants it to stop: a message would wait behind those of busy readers. */
  readonly cancelled: Int32Array;
  readonly readers: readonly ReaderEnd[];
}

/** What the writer has of a reader. */
export interface ReaderEnd {
  readonly port: MessagePort;
  /** See `newRoom`. */
  readonly room: Int32Array;
}

export interface ReaderData {
  readonly role: 'read';
  readonly source: SourceAddress;
  readonly since: number;
  readonly now: number;
  readonly seed: number;
  readonly writer: MessagePort;
  /** See `newRoom`. */
  readonly room: Int32Array;
}

/** Writer to reader. */
export interface Work {
  readonly units: readonly NumberedUnit[];
}

export interface NumberedUnit {
  readonly number: number;
  readonly unit: Unit;
}

/** Reader to writer. */
export interface ReadPart {
  readonly batch: SentBatch;
  /** The units that are through with this part. */
  readonly ended: readonly { readonly number: number; readonly report: UnitReport }[];
  /** The reader is through with one `Work`. */
  readonly isEnd: boolean;
}

/** Writer to the window. */
export type ImportNews =
  | { readonly is: 'planned'; readonly units: number; readonly bytes: number; readonly already: number }
  | ({ readonly is: 'written' } & ImportCounts)
  | ({ readonly is: 'ended'; readonly cancelled: boolean } & ImportCounts)
  | { readonly is: 'failed'; readonly error: Failure };

export interface ImportCounts {
  readonly units: number;
  readonly bytes: number;
  /** Events read, new or not. */
  readonly events: number;
  /** Events that were not there before. */
  readonly added: number;
  readonly insights: number;
  readonly digests: number;
  readonly odd: number;
}
