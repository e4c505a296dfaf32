/**
 * Verdicts on records that are read from files or a pipe, without the index: a line of JSON for each record, in the order
 * of the input.
 *
 * A record may be explained by a later one: a session's events can stand before the record of its start, in the same file
 * or in another. So no line of a file is written before all files were read: up to a million records are held as numbers;
 * of more, the sessions and the copies alone are kept, and the files are read once more. A pipe is read once, and its
 * records are judged by what came before them. Memory is bounded: by the largest record, by what is held and remembered,
 * and by the pace of whoever reads the lines.
 */
import { Readable } from 'node:stream';
import type { Known } from './attribution/attribution.ts';
import { scanUnit } from './import/readUnit.ts';
import { DocumentScanner, type TakeRecord } from './scan/documentScanner.ts';
import { createVerdictLines, type VerdictLines } from './verdicts/verdictLines.ts';

/** Something with records in it. */
export interface RecordInput {
  /** For people. */
  readonly name: string;
  /** In bytes; infinite for a pipe. */
  readonly size: number;
  readonly canReadTwice: boolean;
  /** At once when it is small, as a stream when it may be large. */
  open(): Buffer | Readable;
}

export interface AttributeAsk {
  /** May be called twice: the same inputs each time. */
  readonly inputs: () => Iterable<RecordInput>;
  readonly known: Known;
  /** Of hashes: see `createVerdictLines`. */
  readonly seed: number;
  /** How many sessions, and how many copies, are remembered. */
  readonly limit?: number;
  /** How many records are held at most. */
  readonly mostHeld?: number;
  /** Lines, the last one without its line feed. Resolves when whoever reads them wants more. */
  readonly write: (lines: string) => Promise<void>;
  /** What is wrong with an input, and what was left out. */
  readonly tell: (note: string) => void;
}

/** @returns how many inputs something was wrong with; what could be read of them has its lines. */
export async function attributeFiles(ask: AttributeAsk): Promise<number> {
  const lines = createVerdictLines(ask);
  const beforehand = await readBeforehand(ask, lines);
  if (!beforehand.isWhole) return readForLines(ask, lines);
  for (const text of lines.held()) if (text !== '') await ask.write(text);
  return report(beforehand.found, ask.tell);
}

type FoundIn = readonly (Found & { readonly name: string })[];

/** @returns whether all of it is held. */
async function readBeforehand(
  { inputs }: AttributeAsk,
  lines: VerdictLines,
): Promise<{ readonly isWhole: boolean; readonly found: FoundIn }> {
  const found: FoundIn[number][] = [];
  let isWhole = true;
  const take: TakeRecord = (bytes, from, end) =>
    isWhole && !lines.isFull() ? lines.hold(bytes, from, end) : lines.learn(bytes, from, end);
  for (const input of inputs())
    if (input.canReadTwice) found.push({ ...(await scan(input, take)), name: input.name });
    else isWhole = false;
  return { isWhole: isWhole && !lines.isFull(), found };
}

async function readForLines({ inputs, write, tell }: AttributeAsk, lines: VerdictLines): Promise<number> {
  const output = createOutput(lines, write);
  let problems = 0;
  for (const input of inputs()) {
    const found = await scan(input, output.add, output.drained);
    await output.flush();
    problems += report([{ ...found, name: input.name }], tell);
  }
  return problems;
}

/** @returns how many inputs something is wrong with. */
function report(found: FoundIn, tell: AttributeAsk['tell']): number {
  for (const { name, note } of found) if (note !== undefined) tell(`${name}: ${note}`);
  return found.filter(({ isProblem }) => isProblem).length;
}

interface Found {
  readonly note?: string;
  readonly isProblem: boolean;
}

async function scan(input: RecordInput, take: TakeRecord, drained = noPause): Promise<Found> {
  const scanner = new DocumentScanner(take);
  const content = counted(input, drained);
  const unit = { name: input.name, size: input.size };
  const problem = await scanUnit({ open: content.open }, unit, scanner);
  if (content.isEmpty()) return { isProblem: false };
  if (problem !== undefined) return { note: problem, isProblem: true };
  if (scanner.kind === 'digest') return { note: "a digest of CloudTrail's, passed over", isProblem: false };
  return scanner.odd === 0
    ? { isProblem: false }
    : { note: `${scanner.odd} of its entries are no records`, isProblem: true };
}

async function noPause(): Promise<void> {
  // Whoever learns has nobody to wait for.
}

/** Nothing at all is no damage: a pipe may have had nothing to say. */
function counted(input: RecordInput, drained: () => Promise<void>) {
  let size = 0;
  async function* paced(content: Readable): AsyncGenerator<unknown> {
    for await (const part of content) {
      if (Buffer.isBuffer(part)) size += part.length;
      yield part;
      await drained();
    }
  }
  return {
    isEmpty: () => size === 0,
    open(): Buffer | Readable {
      size = 0;
      try {
        const content = input.open();
        if (!Buffer.isBuffer(content)) return Readable.from(paced(content));
        size = content.length;
        return content;
      } catch (error) {
        // Not empty, but not to be had.
        size = Number.NaN;
        throw error;
      }
    },
  };
}

/** So many lines go out at once. */
const LOT = 2000;

function createOutput(lines: VerdictLines, write: (lines: string) => Promise<void>) {
  let writing = Promise.resolve();
  const send = (): void => {
    const text = lines.take();
    if (text !== '') writing = Promise.all([writing, write(text)]).then(() => undefined);
  };
  return {
    add(bytes: Buffer, from: number, end: number): number {
      const to = lines.add(bytes, from, end);
      if (lines.count() >= LOT) send();
      return to;
    },
    drained: () => writing,
    async flush(): Promise<void> {
      send();
      await writing;
    },
  };
}
