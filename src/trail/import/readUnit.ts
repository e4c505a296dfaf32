/**
 * Reads one unit of work into a batch builder. Whatever is wrong with it ends the unit, not the import: what came before
 * the damage is taken, and the report says where it is. Memory and output are bounded, however a file was packed.
 */
import type { Readable } from 'node:stream';
import { createGunzip, gunzipSync } from 'node:zlib';
import { errorMessage } from '../../base/userError.ts';
import type { BatchBuilder, FoundRecord } from '../scan/batchBuilder.ts';
import { DocumentScanner } from '../scan/documentScanner.ts';
import { DamagedJson } from '../scan/jsonBytes.ts';
import type { Source, Unit } from '../sources/source.ts';
import { unitTime } from './unitTime.ts';

export interface UnitReport {
  readonly kind: 'events' | 'insights' | 'digest' | 'other';
  /** Events in it, new or not. */
  readonly events: number;
  /** Insights of CloudTrail, which are no calls of anybody's. */
  readonly insights: number;
  /** Entries that are no records. */
  readonly odd: number;
  /** The time of the oldest event. */
  readonly oldest: number | undefined;
  readonly problem: string | undefined;
}

export interface ReadUnitInput {
  readonly source: Pick<Source, 'open' | 'accountOf'>;
  readonly builder: BatchBuilder;
  /** Called after each record, so that batches stay small, however large the unit is. It may take the batch. */
  readonly afterRecord: (bytes: number) => void;
  readonly now: number;
  /** Older events are passed over. */
  readonly since: number | undefined;
}

/** Of what is unpacked in one piece; a larger unit is unpacked as a stream. In bytes. */
const MOST_AT_ONCE = 64 << 20;
/** A unit may unpack to this, or to so many times its size: CloudTrail's files unpack to some twenty times theirs. */
const MOST_UNPACKED = 256 << 20;
const MOST_TIMES = 200;
const PIECE = 1 << 20;
/** A unit may have so many records, or one in so many of its bytes: CloudTrail's take forty and more, packed. */
const MOST_RECORDS = 100_000;
const LEAST_BYTES = 4;

export async function readUnit(input: ReadUnitInput, unit: Unit, number: number): Promise<UnitReport> {
  const counts = { events: 0, insights: 0, oldest: Number.POSITIVE_INFINITY };
  // One for all its records: a copy for each would cost as much as reading some of its fields.
  const found = {
    unit: number,
    position: 0,
    otherwiseAccountId: input.source.accountOf(unit.name),
    region: 'unknown',
    get time() {
      return unitTime(unit, input.now);
    },
    since: input.since,
  } satisfies FoundRecord;
  const most = Math.max(MOST_RECORDS, Math.floor(unit.size / LEAST_BYTES));
  const scanner = new DocumentScanner((bytes, from, end, position) => {
    if (position >= most) throw new Error(`it has more than ${most} records`);
    found.position = position;
    const taken = input.builder.add(bytes, from, end, found);
    if (taken.time === undefined) counts.insights++;
    else {
      counts.events++;
      if (taken.time < counts.oldest) counts.oldest = taken.time;
    }
    input.afterRecord(taken.end - from);
    return taken.end;
  });
  const problem = await scanUnit(input.source, unit, scanner);
  return {
    kind: kindOf(scanner, counts),
    events: counts.events,
    insights: counts.insights,
    odd: scanner.odd,
    oldest: counts.events === 0 ? undefined : counts.oldest,
    problem,
  };
}

function kindOf(
  { kind }: DocumentScanner,
  { events, insights }: { events: number; insights: number },
): UnitReport['kind'] {
  if (kind === 'digest') return 'digest';
  if (kind !== 'records') return 'other';
  return events === 0 && insights > 0 ? 'insights' : 'events';
}

/** @returns what is wrong with it. */
export async function scanUnit(
  source: Pick<Source, 'open'>,
  unit: Pick<Unit, 'name' | 'size'>,
  scanner: DocumentScanner,
): Promise<string | undefined> {
  try {
    const content = source.open(unit);
    const bytes = Buffer.isBuffer(content) ? unpackedAtOnce(content) : undefined;
    if (bytes) scanner.push(bytes, true);
    else await scanStream(Buffer.isBuffer(content) ? [content] : content, unit.size, scanner);
    return scanner.kind === 'other' ? 'no CloudTrail records in it' : undefined;
  } catch (error) {
    return problemText(error, scanner);
  }
}

/** @returns undefined when it is too large for that, or damaged: as a stream it gives what is before the damage. */
function unpackedAtOnce(content: Buffer): Buffer | undefined {
  if (!isPacked(content)) return content;
  // The last four bytes say how long it is, and are not to be trusted.
  const said = content.length < 18 ? 0 : content.readUInt32LE(content.length - 4);
  if (said > MOST_AT_ONCE) return undefined;
  try {
    return gunzipSync(content, {
      maxOutputLength: MOST_AT_ONCE,
      chunkSize: Math.min(Math.max(said + 64, 1024), MOST_AT_ONCE, content.length * 40 + 1024),
    });
  } catch {
    return undefined;
  }
}

function isPacked(bytes: Buffer): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

async function scanStream(
  content: Readable | readonly Buffer[],
  size: number,
  scanner: DocumentScanner,
): Promise<void> {
  const most = Math.max(MOST_UNPACKED, size * MOST_TIMES);
  let total = 0;
  for await (const piece of inPieces(unpacked(content))) {
    total += piece.length;
    if (total > most) throw new Error(`it unpacks to more than ${Math.round(most / 1e6)} MB`);
    scanner.push(piece, false);
  }
  scanner.push(Buffer.alloc(0), true);
}

async function* unpacked(content: AsyncIterable<unknown> | Iterable<unknown>): AsyncGenerator<Buffer> {
  const parts = buffersIn(content);
  const first = await parts.next();
  if (first.done) return;
  const all = (async function* () {
    yield first.value;
    yield* parts;
  })();
  if (!isPacked(first.value)) return yield* all;
  const gunzip = createGunzip({ chunkSize: PIECE / 4 });
  const feeding = feed(gunzip, all);
  try {
    yield* buffersIn(gunzip);
    await feeding;
  } finally {
    gunzip.destroy();
    await feeding.catch(() => undefined);
  }
}

async function feed(gunzip: ReturnType<typeof createGunzip>, parts: AsyncIterable<Buffer>): Promise<void> {
  try {
    for await (const part of parts) {
      if (gunzip.destroyed) return;
      if (!gunzip.write(part)) await drained(gunzip);
    }
    gunzip.end();
  } catch (error) {
    gunzip.destroy(error instanceof Error ? error : new Error(String(error)));
  }
}

function drained(gunzip: ReturnType<typeof createGunzip>): Promise<void> {
  return new Promise(resolve => {
    const done = (): void => {
      gunzip.off('drain', done).off('close', done);
      resolve();
    };
    gunzip.on('drain', done).on('close', done);
  });
}

async function* buffersIn(parts: AsyncIterable<unknown> | Iterable<unknown>): AsyncGenerator<Buffer> {
  for await (const part of parts) if (Buffer.isBuffer(part)) yield part;
}

/** Small pieces would each be looked through again from their unfinished record on. */
async function* inPieces(parts: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let gathered: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of parts) {
      gathered.push(part);
      size += part.length;
      if (size < PIECE) continue;
      yield Buffer.concat(gathered);
      gathered = [];
      size = 0;
    }
  } catch (error) {
    // What came before the damage is still to be had.
    if (size > 0) yield Buffer.concat(gathered);
    throw error;
  }
  if (size > 0) yield Buffer.concat(gathered);
}

function problemText(error: unknown, { position }: DocumentScanner): string {
  const where = position === 0 ? 'at its beginning' : `after record ${position}`;
  if (error instanceof DamagedJson) return `damaged ${where}, at byte ${error.at}`;
  return `damaged ${where}: ${errorMessage(error)}`;
}
