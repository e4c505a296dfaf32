/** CloudTrail files in a folder, as `aws s3 sync` brings them: nested, `.json.gz` or `.json`. Or a single one. */
import {
  closeSync,
  createReadStream,
  type Dirent,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  type Stats,
  statSync,
} from 'node:fs';
import { basename, dirname, resolve, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { UserError } from '../../base/userError.ts';
import type { Source, SourceAddress, Unit } from './source.ts';

/** A larger file is read piece by piece. In bytes. */
export const LARGE = 8 << 20;

export function folderAddress(folder: string): SourceAddress {
  return `folder:${resolve(folder)}`;
}

/** What is no file is taken for a folder, which says when it is not there. */
export function pathAddress(path: string): SourceAddress {
  const isFile = statSync(path, { throwIfNoEntry: false })?.isFile() === true;
  return isFile ? `file:${resolve(path)}` : folderAddress(path);
}

export function openSource(address: SourceAddress): Source {
  const path = address.slice(address.indexOf(':') + 1);
  return address.startsWith('file:') ? oneFile(path) : folder(path);
}

function folder(root: string): Source {
  return {
    *list() {
      for (const name of byDay([...namesIn(root)])) {
        const stat = statSync(pathIn(root, name), { throwIfNoEntry: false });
        if (stat) yield unitOf(name, stat);
      }
    },
    open: ({ name, size }) => content(pathIn(root, name), size),
    accountOf: name =>
      /(?:^|\/)AWSLogs\/(?:o-[a-z0-9]+\/)?(\d{12})\//.exec(name)?.[1] ??
      /(?:^|\/)(\d{12})_CloudTrail_/.exec(name)?.[1],
  };
}

/** Whatever its name ends with: somebody chose it. */
function oneFile(path: string): Source {
  const beside = folder(dirname(path));
  return {
    ...beside,
    list: () => {
      const stat = statSync(path, { throwIfNoEntry: false });
      if (stat) return [unitOf(basename(path), stat)];
      throw new UserError('trail.source', `The file ${path} is not there any more.`, {
        hint: 'Choose a CloudTrail file that you may read.',
      });
    },
    accountOf: () => beside.accountOf(path.split(sep).join('/')),
  };
}

/** Names have slashes on every system. */
function pathIn(root: string, name: string): string {
  return root + sep + (sep === '/' ? name : name.replaceAll('/', sep));
}

function content(file: string, size: number): Buffer | Readable {
  if (size > LARGE) return createReadStream(file, { highWaterMark: 1 << 20 });
  return readAtOnce(file, size) ?? readFileSync(file);
}

/**
 * Of a small file most of the cost is in asking the system about it: what it was told once is not asked again.
 * @returns undefined when its size is another one by now.
 */
function readAtOnce(file: string, size: number): Buffer | undefined {
  const open = openSync(file, 'r');
  try {
    const bytes = Buffer.allocUnsafe(size + 1);
    return readSync(open, bytes) === size ? bytes.subarray(0, size) : undefined;
  } finally {
    closeSync(open);
  }
}

function unitOf(name: string, { size, mtimeMs }: Pick<Stats, 'size' | 'mtimeMs'>): Unit {
  const changedAt = Math.trunc(mtimeMs);
  return { name, size, version: `${size}-${changedAt}`, changedAt };
}

/**
 * By the day they were delivered in, where the names say so; then by name. Folders go by account and Region first, but what
 * happened together lies together in the index when it comes together, and sessions come before what was done with them.
 */
function byDay(names: readonly string[]): string[] {
  return names
    .map(name => ({ name, day: /(?:^|\/)(\d{4}\/\d{2}\/\d{2})\//.exec(name)?.[1] ?? '' }))
    .sort((one, other) => (one.day === other.day ? 0 : one.day < other.day ? -1 : 1))
    .map(({ name }) => name);
}

/** Links are not followed: they may lead in a circle, or out of the folder. @param within - ends with a slash */
function* namesIn(root: string, within = ''): Generator<string> {
  for (const entry of entriesOf(root, within)) {
    const name = within + entry.name;
    if (entry.isDirectory()) yield* namesIn(root, `${name}/`);
    else if (entry.isFile() && /\.json(?:\.gz)?$/i.test(name)) yield name;
  }
}

function entriesOf(root: string, within: string): Dirent[] {
  try {
    return readdirSync(pathIn(root, within), { withFileTypes: true }).sort((a, b) =>
      a.name < b.name ? -1 : 1,
    );
  } catch (error) {
    // A folder below that may not be read leaves the others.
    if (within !== '') return [];
    throw new UserError('trail.source', `The folder ${root} cannot be read.`, {
      hint: 'Choose a folder with CloudTrail files that you may read.',
      cause: error,
    });
  }
}
