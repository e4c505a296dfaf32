/** CloudTrail files in a folder, as `aws s3 sync` brings them: nested, `.json.gz` or `.json`. */
import { createReadStream, type Dirent, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { UserError } from '../../base/userError.ts';
import type { Source, SourceAddress, Unit } from './source.ts';

/** A larger file is read piece by piece. In bytes. */
export const LARGE = 8 << 20;

export function folderAddress(folder: string): SourceAddress {
  return `folder:${resolve(folder)}`;
}

export function openSource(address: SourceAddress): Source {
  const root = address.slice('folder:'.length);
  return {
    list: () => [...unitsIn(root, root)],
    open({ name, size }) {
      const file = join(root, ...name.split('/'));
      return size > LARGE ? createReadStream(file, { highWaterMark: 1 << 20 }) : readFileSync(file);
    },
    accountOf: name =>
      /(?:^|\/)AWSLogs\/(?:o-[a-z0-9]+\/)?(\d{12})\//.exec(name)?.[1] ??
      /(?:^|\/)(\d{12})_CloudTrail_/.exec(name)?.[1],
  };
}

/** Links are not followed: they may lead in a circle, or out of the folder. */
function* unitsIn(root: string, folder: string): Generator<Unit> {
  for (const entry of entriesOf(root, folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* unitsIn(root, path);
    else if (entry.isFile() && /\.json(?:\.gz)?$/i.test(entry.name)) {
      const stat = statSync(path, { throwIfNoEntry: false });
      if (stat)
        yield {
          name: relative(root, path).split(sep).join('/'),
          size: stat.size,
          version: `${stat.size}-${Math.trunc(stat.mtimeMs)}`,
        };
    }
  }
}

function entriesOf(root: string, folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    // A folder below that may not be read leaves the others.
    if (folder !== root) return [];
    throw new UserError('trail.source', `The folder ${root} cannot be read.`, {
      hint: 'Choose a folder with CloudTrail files that you may read.',
      cause: error,
    });
  }
}
