/**
 * The thread that writes: it lists the source, gives the readers what is not in the index yet, and takes their batches in.
 * Events and the fact that their file is done are one transaction, so an import that is cut off goes on where it stopped.
 */
import type { MessagePort } from 'node:worker_threads';
import { createLedger } from '../../identity/ledger.ts';
import { openDatabase } from '../../store/database.ts';
import type { Known } from '../attribution/attribution.ts';
import { createFiles } from '../index/files.ts';
import { BULK, openIndex, type TrailIndex } from '../index/openIndex.ts';
import { dropOlder, keptSince, shrink, tidy } from '../index/retention.ts';
import { isDamaged } from '../index/sqliteErrors.ts';
import type { InUse } from '../index/unused.ts';
import { createWriter, Numbers } from '../index/writer.ts';
import { openSource } from '../sources/files.ts';
import type { Unit } from '../sources/source.ts';
import type { ImportCounts, ImportNews, NumberedUnit, ReadPart, Work, WriterData } from './messages.ts';
import type { UnitReport } from './readUnit.ts';
import { releaseRoom } from './room.ts';
import { received } from './sentBatch.ts';
import { beginImport, type UnderWay } from './underWay.ts';

/** What a reader gets at once, and how much of it is on its way to each. Units have some events at least. */
const MOST_UNITS = 200;
const EVENTS_OF_UNIT = 20;
const WORK_BYTES = 1 << 20;
const AHEAD = 4;

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
    const { byAccessKey, byRoleSessionName } = createLedger(ledger);
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
  #units: readonly Unit[] = [];
  #next = 0;
  /** Pieces of work that readers are busy with. */
  #outstanding = 0;
  #parts: { readonly reader: MessagePort; readonly part: ReadPart }[] = [];
  #waiting = 0;
  #cancelled = false;
  /** Nobody else has written since it began. */
  #isAlone = true;
  readonly #version: number;
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
    this.#files = createFiles(index.db, data.source);
    this.#version = index.db.version();
    this.#underWay = index.db.transaction(() => beginImport(index.db));
    this.#since = data.keeping.since;
  }

  async run(): Promise<void> {
    const { since, maxBytes } = this.#data.keeping;
    if (since > 0) this.#writer.transaction(() => dropOlder(this.#index, since));
    tidy(this.#index, maxBytes, this.#inUse);
    this.#since = keptSince(this.#index.db, since, maxBytes);
    this.#plan();
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
      for (let ahead = 0; ahead < AHEAD; ahead++) this.#give(port);
    }
    if (this.#outstanding === 0) this.#end();
    await ended;
    this.#numbers.clear();
    tidy(this.#index, maxBytes, this.#inUse);
    this.#writer.transaction(() => this.#underWay.end());
    this.#index.db.script('PRAGMA wal_checkpoint(PASSIVE)');
    this.#port.tell({ is: 'ended', cancelled: this.#cancelled, ...this.#counts });
  }

  #plan(): void {
    const all = openSource(this.#data.source).list();
    this.#units = all.filter(unit => !this.#files.isDone(unit, this.#since));
    this.#port.tell({
      is: 'planned',
      units: this.#units.length,
      bytes: this.#units.reduce((sum, { size }) => sum + size, 0),
      already: all.length - this.#units.length,
    });
  }

  #give(reader: MessagePort): void {
    const units: NumberedUnit[] = [];
    let bytes = 0;
    const most = Math.min(MOST_UNITS, Math.ceil(this.#data.transaction / EVENTS_OF_UNIT));
    while (this.#next < this.#units.length && units.length < most && bytes < WORK_BYTES) {
      const number = this.#next++;
      const unit = this.#units[number];
      if (unit === undefined || this.#isDoneMeanwhile(unit)) continue;
      units.push({ number, unit });
      bytes += unit.size;
    }
    if (units.length === 0) return;
    this.#outstanding++;
    const work: Work = { units };
    reader.postMessage(work);
  }

  /** Another window may be importing the same. */
  #isDoneMeanwhile(unit: Unit): boolean {
    this.#isAlone &&= this.#index.db.version() === this.#version;
    return !this.#isAlone && this.#files.isDone(unit, this.#since);
  }

  #take(reader: MessagePort, part: ReadPart): void {
    if (this.#cancelled) return;
    this.#parts.push({ reader, part });
    if (Atomics.load(this.#data.cancelled, 0) !== 0) {
      this.#cancel();
      return;
    }
    this.#waiting += part.batch.count;
    if (part.isEnd) {
      this.#outstanding--;
      this.#give(reader);
    }
    if (this.#waiting >= this.#data.transaction || this.#outstanding === 0) this.#flush();
    if (this.#outstanding === 0) this.#end();
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
    const unit = this.#units[number];
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
    const unit = this.#units[number];
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
