/**
 * Imports CloudTrail files into the index, in threads of their own: the window only hears how far it has come. What was
 * read before stays; cut off at any moment, the next import goes on from there.
 */
import { availableParallelism } from 'node:os';
import { MessageChannel, Worker } from 'node:worker_threads';
import { Cancelled, throwIfCancelled } from '../../base/cancellation.ts';
import type { Clock } from '../../base/clock.ts';
import type { KnownAgent, KnownUser } from '../attribution/attribution.ts';
import type { SourceAddress } from '../sources/source.ts';
import { revived } from './failure.ts';
import type { ImportCounts, ImportNews, Keeping, ReaderData, WriterData } from './messages.ts';
import { newRoom } from './room.ts';

export interface ImportInput {
  /** `dist/trailWorker.cjs` */
  readonly worker: string;
  readonly indexFile: string;
  /** The database of the ledger. */
  readonly ledgerFile: string;
  readonly clock: Pick<Clock, 'now'>;
  /** Of hashes, so that files made for it cannot slow the import down. */
  readonly seed: () => number;
}

export interface ImportAsk {
  readonly source: SourceAddress;
  readonly keeping: Keeping;
  readonly users: readonly KnownUser[];
  readonly agents: readonly KnownAgent[];
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: ImportProgress) => void;
  /** How many threads read; as many as there are processors when absent. */
  readonly readers?: number;
  /** How many events are written at a time. */
  readonly transaction?: number;
}

export interface ImportProgress extends ImportCounts {
  /** Of all units that were not in the index yet. */
  readonly ofUnits: number;
  readonly ofBytes: number;
  readonly eventsPerSecond: number;
  /** In milliseconds, as far as it can be told. */
  readonly left: number | undefined;
}

export interface ImportOutcome extends ImportCounts {
  /** Units that were in the index before. */
  readonly already: number;
}

const MOST_READERS = 4;
const TRANSACTION = 48_000;
/** What a reader makes is short-lived: a small nursery keeps what was unpacked from piling up. */
const READING = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 256 };
/** What it is sent lives until it is written: a small nursery would copy it about. */
const WRITING = { maxYoungGenerationSizeMb: 32, maxOldGenerationSizeMb: 256 };

/** @throws Cancelled, when what was read is in the index; UserError `trail.source`, `trail.index*` */
export async function importFiles(input: ImportInput, ask: ImportAsk): Promise<ImportOutcome> {
  throwIfCancelled(ask.signal);
  const threads = startThreads(input, ask);
  try {
    return await follow(threads, input.clock, ask);
  } finally {
    await Promise.all([threads.writer, ...threads.readers].map(thread => thread.terminate()));
  }
}

interface Threads {
  readonly writer: Worker;
  readonly cancelled: Int32Array;
  readonly readers: readonly Worker[];
}

function startThreads(input: ImportInput, ask: ImportAsk): Threads {
  const count = ask.readers ?? Math.min(availableParallelism(), MOST_READERS);
  const channels = Array.from({ length: count }, () => {
    const { port1, port2 } = new MessageChannel();
    return { writer: port1, port: port2, room: newRoom() };
  });
  const now = input.clock.now();
  const seed = input.seed();
  const readers = channels.map(({ writer, room }) => {
    const { source, keeping } = ask;
    const data: ReaderData = { role: 'read', source, since: keeping.since, now, seed, writer, room };
    return new Worker(input.worker, {
      workerData: data,
      transferList: [writer],
      resourceLimits: READING,
    });
  });
  const cancelled = new Int32Array(new SharedArrayBuffer(4));
  const data: WriterData = {
    cancelled,
    role: 'write',
    indexFile: input.indexFile,
    source: ask.source,
    keeping: ask.keeping,
    known: { ledgerFile: input.ledgerFile, users: ask.users, agents: ask.agents },
    transaction: ask.transaction ?? TRANSACTION,
    readers: channels.map(({ port, room }) => ({ port, room })),
  };
  const writer = new Worker(input.worker, {
    workerData: data,
    transferList: channels.map(({ port }) => port),
    resourceLimits: WRITING,
  });
  return { writer, readers, cancelled };
}

function follow(
  { writer, readers, cancelled }: Threads,
  clock: Pick<Clock, 'now'>,
  ask: ImportAsk,
): Promise<ImportOutcome> {
  const { signal, onProgress } = ask;
  const startedAt = clock.now();
  const plan = { units: 0, bytes: 0, already: 0 };
  return new Promise<ImportOutcome>((resolve, reject) => {
    const cancel = (): void => {
      Atomics.store(cancelled, 0, 1);
      writer.postMessage('cancel');
    };
    signal.addEventListener('abort', cancel, { once: true });
    const settle = (work: () => void): void => {
      signal.removeEventListener('abort', cancel);
      work();
    };
    const hear = (news: ImportNews): void => {
      if (news.is === 'planned') Object.assign(plan, news);
      else if (news.is === 'written') onProgress?.(progress(news, plan, clock.now() - startedAt));
      else if (news.is === 'failed') settle(() => reject(revived(news.error)));
      else if (news.cancelled) settle(() => reject(new Cancelled()));
      else settle(() => resolve(outcome(news, plan.already)));
    };
    writer.on('message', hear);
    for (const thread of [writer, ...readers]) {
      thread.on('error', error => settle(() => reject(error)));
      thread.on('exit', code => {
        // Readers end by themselves when the writer is through.
        if (thread === writer || code !== 0)
          settle(() => reject(new Error(`A thread of the import ended with ${code}.`)));
      });
    }
  });
}

function progress(
  counts: ImportCounts,
  plan: { readonly units: number; readonly bytes: number },
  took: number,
): ImportProgress {
  const { units, bytes, events, added, insights, digests, odd } = counts;
  return {
    ...{ units, bytes, events, added, insights, digests, odd },
    ofUnits: plan.units,
    ofBytes: plan.bytes,
    eventsPerSecond: took === 0 ? 0 : (events * 1000) / took,
    left: bytes === 0 ? undefined : (took * Math.max(0, plan.bytes - bytes)) / bytes,
  };
}

function outcome(counts: ImportCounts, already: number): ImportOutcome {
  const { units, bytes, events, added, insights, digests, odd } = counts;
  return { units, bytes, events, added, insights, digests, odd, already };
}
