/**
 * A folder, or one file, as a ZIP archive that depends on nothing but what is in it: not on time, order or place. So that
 * the same content has the same hash tomorrow and on another computer.
 */
import type { Stats } from 'node:fs';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { type AsyncZipOptions, type AsyncZippable, zip } from 'fflate';
import { UserError } from '../../base/userError.ts';

/** As AWS's own tools write it: the earliest that a ZIP archive knows. */
const EPOCH = new Date(1980, 0, 1);
/** It is made in memory. Lambda takes 250 MB unzipped. */
const MOST_BYTES = 512 * 1024 * 1024;
const MOST_FILES = 50_000;
const UNIX = 3;

/**
 * Links within the folder are followed, as AWS's own tools do.
 * @throws UserError `assets.tooLarge`, `assets.linkLeadsOut`; the file system's error.
 */
export async function zipFolder(folder: string, name: string): Promise<Uint8Array> {
  const root = await realpath(folder);
  const files: AsyncZippable = {};
  let bytes = 0;
  for (const path of await filesIn({ root, name, entries: 0 }, root, '')) {
    const found = await stat(join(root, path));
    bytes += found.size;
    if (bytes > MOST_BYTES) throw tooLarge(name);
    files[path] = [await readFile(join(root, path)), optionsOf(found)];
  }
  return zipped(files);
}

interface Walk {
  readonly root: string;
  readonly name: string;
  entries: number;
}

/** With `/` between the parts, sorted by code unit whatever the locale. */
async function filesIn(walk: Walk, folder: string, prefix: string): Promise<string[]> {
  const { root, name } = walk;
  const found: string[] = [];
  for (const entry of (await readdir(folder)).sort()) {
    walk.entries += 1;
    // Links to a folder above lead round and round; two of them, at twice the number each time.
    if (walk.entries > MOST_FILES || prefix.split('/').length > MOST_DEPTH) throw tooLarge(name);
    const real = await realpath(join(folder, entry));
    if (real !== root && !real.startsWith(root + sep)) throw linkLeadsOut(name, `${prefix}${entry}`);
    const kind = await stat(real);
    if (kind.isDirectory()) found.push(...(await filesIn(walk, real, `${prefix}${entry}/`)));
    else if (kind.isFile()) found.push(`${prefix}${entry}`);
  }
  return found;
}

const MOST_DEPTH = 64;

/** Who may execute a file counts in Lambda; on Windows nobody can say, so everybody may. */
function optionsOf({ mode }: Stats): AsyncZipOptions {
  const executable = process.platform === 'win32' || (mode & 0o100) !== 0;
  return { mtime: EPOCH, os: UNIX, attrs: ((0o100000 | (executable ? 0o755 : 0o644)) << 16) >>> 0, level: 6 };
}

function zipped(files: AsyncZippable): Promise<Uint8Array> {
  return new Promise((resolve, reject) =>
    zip(files, { consume: true }, (error, bytes) => (error ? reject(error) : resolve(bytes))),
  );
}

function tooLarge(name: string): UserError {
  return new UserError(
    'assets.tooLarge',
    `${name} is too large to be packed: more than 512 MiB or 50,000 files.`,
    {
      hint: 'Exclude what is not needed (node_modules, build output), then plan again.',
    },
  );
}

function linkLeadsOut(name: string, path: string): UserError {
  return new UserError('assets.linkLeadsOut', `${name} has a link that leads out of it: ${path}.`, {
    hint: 'What lies elsewhere is not published. Put a copy in its place, or remove the link, then plan again.',
  });
}
