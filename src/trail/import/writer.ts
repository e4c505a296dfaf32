/**
 * The thread that writes: it lists the source, gives the readers what is not in the index yet, and takes their batches in.
 * Events and the fact that their file is done are one transaction, so an import that is cut off goes on where it stopped.
 */
import type { MessagePort } from 'node:worker_threads';
import { openDatabase } from '../../store/database.ts';
import type { Known } from '../attribution/attribution.ts';
import { createFiles } from '../index/files.ts';
import { createLedgerMarks } from '../index/ledgerMarks.ts';
import { BULK, openIndex, type TrailIndex } from '../index/openIndex.ts';
import { dropOlder, keptSince, shrink, tidy } from '../index/retention.ts';
import { isDamaged } from '../index/sqliteErrors.ts';
import type { InUse } from '../index/unused.ts';
import { createWriter, Numbers } from '../index/writer.ts';
import { openSource } from '../sources/files.ts';
import type { ImportCounts, ImportNews, ReadPart, Work, WriterData } from './messages.ts';
import { Plan } from './plan.ts';
import type { UnitReport } from './readUnit.ts';
import { releaseRoom } from './room.ts';
import { received } from './sentBatch.ts';
import { beginImport, type UnderWay } from './underWay.ts';

/** How many pieces of work are on their way to each reader. */
const AHEAD = 4;
/** How many events are written together at least, when there are so many. */
const FEWEST_EVENTS = 8000;

export interface WriterPort {
  tell(news: ImportNews): void;
  /** Calls back when the window wants it to stop. */
  onCancel(listener: () => void): void;
}

/** Resolves when everything is in the index, or it was told to stop; tells the window either. */
export async function runWriter(data: WriterData, port: WriterPort): Promise<void> {
  const index = openIndex(data.indexFile, BULK);
  const ledger = openDatabase(data.known.ledgerFile);
  try {
    const { byAccessKey, byRoleSessionName } = createLedgerMarks(ledger, index.hash);
    const { users, agents } = data.known;
    await new Import(data, port, index, { byAccessKey, byRoleSessionName, users, agents }).run();
  } catch (error) {
    if (isDamaged(error)) index.rebuild();
    throw error;
  } finally {
    for (const { port } of data.readers) port.close();
    ledger.close();
    index.close();
  }
}

type Counting = { -readonly [key in keyof ImportCounts]: ImportCounts[key] };

class Import {
  readonly #data: WriterData;
  readonly #port: WriterPort;
  readonly #index: TrailIndex;
  readonly #known: Known;
  readonly #writer;
  readonly #files;
  readonly #counts: Counting = { units: 0, bytes: 0, events: 0, added: 0, insights: 0, digests: 0, odd: 0 };
  /** Each reader numbers names in its own way. */
  readonly #numbers = new Map<MessagePort, Numbers>();
  readonly #fileNumbers = new Map<number, number>();
  readonly #plan: Plan;
  /** Readers as often as they have room for a piece of work. */
  readonly #idle: MessagePort[] = [];
  /** Pieces of work that readers are busy with. */
  #outstanding = 0;
  #parts: { readonly reader: MessagePort; readonly part: ReadPart }[] = [];
  #waiting = 0;
  #cancelled = false;
  readonly #underWay: UnderWay;
  readonly #inUse: InUse = () => (this.#underWay.isAlone() ? this.#numbers.values() : undefined);
  /** Older events are not wanted. */
  #since: number;
  #end: (error?: unknown) => void = () => undefined;

  constructor(data: WriterData, port: WriterPort, index: TrailIndex, known: Known) {
    this.#data = data;
    this.#port = port;
    this.#index = index;
    this.#known = known;
    this.#writer = createWriter(index);
    this.#files = createFiles(index, data.source);
    const version = index.db.version();
    this.#plan = new Plan({
      files: this.#files,
      since: () => this.#since,
      hasCompany: () => index.db.version() !== version,
      transaction: data.transaction,
    });
    this.#underWay = index.db.transaction(() => beginImport(index));
    this.#since = data.keeping.since;
  }

  async run(): Promise<void> {
    try {
      await this.#run();
    } finally {
      this.#leave();
    }
    this.#index.db.script('PRAGMA wal_checkpoint(PASSIVE)');
    this.#port.tell({ is: 'ended', cancelled: this.#cancelled, ...this.#counts });
  }

  async #run(): Promise<void> {
    const { since, maxBytes } = this.#data.keeping;
    if (since > 0) this.#writer.transaction(() => dropOlder(this.#index, since));
    tidy(this.#index, maxBytes, this.#inUse);
    this.#since = keptSince(this.#index.db, since, maxBytes);
    const ended = new Promise<void>((resolve, reject) => {
      this.#end = error => (error === undefined ? resolve() : reject(error));
    });
    this.#port.onCancel(() => this.#guarded(() => this.#cancel()));
    for (const { port, room } of this.#data.readers) {
      this.#numbers.set(port, new Numbers());
      port.on('message', (part: ReadPart) => {
        releaseRoom(room);
        this.#guarded(() => this.#take(port, part));
      });
    }
    for (let ahead = 0; ahead < AHEAD; ahead++) this.#idle.push(...this.#numbers.keys());
    this.#list();
    if (this.#outstanding === 0) this.#end();
    await ended;
    this.#numbers.clear();
    tidy(this.#index, maxBytes, this.#inUse);
  }

  #leave(): void {
    try {
      this.#index.db.transaction(() => this.#underWay.end());
    } catch {
      // Why it failed is told; others will take it for dead in time.
    }
  }

  /** Readers begin while the source is still being listed. */
  #list(): void {
    for (const unit of openSource(this.#data.source).list()) {
      if (this.#isCancelled()) return;
      this.#plan.add(unit);
      if (this.#plan.hasPiece) this.#give();
    }
    const { units, bytes, already } = this.#plan;
    this.#port.tell({ is: 'planned', units: units.length, bytes, already });
    this.#give();
  }

  /** To readers that have room for it. */
  #give(): void {
    for (let reader = this.#idle.shift(); reader !== undefined; reader = this.#idle.shift()) {
      const work: Work = { units: this.#plan.take() };
      if (work.units.length === 0) {
        this.#idle.unshift(reader);
        return;
      }
      this.#outstanding++;
      reader.postMessage(work);
    }
  }

  #take(reader: MessagePort, part: ReadPart): void {
    if (this.#cancelled) return;
    this.#parts.push({ reader, part });
    if (this.#isCancelled()) return;
    this.#waiting += part.batch.count;
    if (part.isEnd) {
      this.#outstanding--;
      this.#idle.push(reader);
      this.#give();
    }
    if (this.#waiting >= this.#enough() || this.#outstanding === 0) this.#flush();
    if (this.#outstanding === 0) this.#end();
  }

  #isCancelled(): boolean {
    if (Atomics.load(this.#data.cancelled, 0) !== 0) this.#cancel();
    return this.#cancelled;
  }

  /** How many events to write together: few at first, while readers have little done, and few in a small import's end. */
  #enough(): number {
    return Math.min(this.#data.transaction, Math.max(FEWEST_EVENTS, this.#counts.events / 4));
  }

  /** What was read is kept. */
  #cancel(): void {
    if (this.#cancelled) return;
    this.#cancelled = true;
    this.#flush();
    this.#end();
  }

  #flush(): void {
    const parts = this.#parts;
    this.#parts = [];
    this.#waiting = 0;
    if (parts.length === 0) return;
    this.#writer.transaction(() => {
      this.#underWay.goOn();
      for (const { reader, part } of parts) this.#write(reader, part);
    });
    const { since, maxBytes } = this.#data.keeping;
    if (shrink(this.#index, maxBytes, this.#inUse)) this.#since = keptSince(this.#index.db, since, maxBytes);
    this.#port.tell({ is: 'written', ...this.#counts });
  }

  #write(reader: MessagePort, { batch, ended }: ReadPart): void {
    const numbers = this.#numbers.get(reader) ?? new Numbers();
    // First, as their events need the numbers of their files.
    for (const { number, report } of ended) this.#ended(number, report);
    const fileOf = (number: number): number => this.#file(number);
    this.#counts.added += this.#writer.write(received(batch), this.#known, { fileOf, numbers });
    for (const { number } of ended) this.#fileNumbers.delete(number);
  }

  #ended(number: number, report: UnitReport): void {
    const unit = this.#plan.units[number];
    if (unit === undefined) return;
    this.#fileNumbers.set(number, this.#files.end(unit, report, this.#since));
    this.#counts.units++;
    this.#counts.bytes += unit.size;
    this.#counts.events += report.events;
    this.#counts.insights += report.insights;
    this.#counts.odd += report.odd;
    if (report.kind === 'digest') this.#counts.digests++;
  }

  #file(number: number): number {
    const known = this.#fileNumbers.get(number);
    const unit = this.#plan.units[number];
    if (known !== undefined || unit === undefined) return known ?? 0;
    const file = this.#files.begin(unit);
    this.#fileNumbers.set(number, file);
    return file;
  }

  /** What is thrown in a listener would be nobody's. */
  #guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#end(error);
    }
  }
}
