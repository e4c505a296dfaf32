/** The files, folders and pipes that were named on the command line, as inputs with records in them. */
import {
  accessSync,
  constants,
  createReadStream,
  type Dirent,
  readdirSync,
  readFileSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { errorMessage } from '../../base/userError.ts';
import type { RecordInput } from '../../trail/attributeFiles.ts';

/** Stands for standard input. */
const STANDARD_INPUT = '-';
/** A larger file is read piece by piece. In bytes. */
const LARGE = 256 << 10;
const PIECE = 256 << 10;

/**
 * In the order they were named; a folder's files in the order of their names.
 * @param missing - hears of what is not there or may not be read.
 */
export function* recordInputs(
  paths: readonly string[],
  stdin: Readable,
  missing: (note: string) => void,
): Generator<RecordInput> {
  for (const path of paths)
    if (path === STANDARD_INPUT) yield pipe('standard input', () => stdin);
    else yield* inputsAt(path, missing);
}

function* inputsAt(path: string, missing: (note: string) => void): Generator<RecordInput> {
  try {
    accessSync(path, constants.R_OK);
    const { isFolder, isFile, size } = kindOf(path);
    if (isFolder) yield* inputsIn(path, missing);
    else if (isFile) yield file(path, size);
    else yield pipe(path, () => createReadStream(path, { highWaterMark: PIECE }));
  } catch (error) {
    missing(`${path}: ${errorMessage(error)}`);
  }
}

function kindOf(path: string) {
  const stat = statSync(path);
  return { isFolder: stat.isDirectory(), isFile: stat.isFile(), size: stat.size };
}

/** Links are not followed: they may lead in a circle, or out of the folder. */
function* inputsIn(folder: string, missing: (note: string) => void): Generator<RecordInput> {
  for (const entry of entriesOf(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() || (entry.isFile() && RECORDS.test(entry.name))) yield* inputsAt(path, missing);
  }
}

const RECORDS = /\.(?:json|jsonl|ndjson)(?:\.gz)?$/i;

function entriesOf(folder: string): Dirent[] {
  return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function file(path: string, size: number): RecordInput {
  return {
    name: path,
    size,
    canReadTwice: true,
    open: () => (size > LARGE ? createReadStream(path, { highWaterMark: PIECE }) : readFileSync(path)),
  };
}

function pipe(name: string, open: () => Readable): RecordInput {
  return { name, size: Number.POSITIVE_INFINITY, canReadTwice: false, open };
}
