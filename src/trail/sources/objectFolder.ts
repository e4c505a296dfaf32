/**
 * Objects of a bucket as files on this computer: they are imported from here, and an event's whole record is read here. An
 * object has either all its bytes here or is not here. Names have been checked: see `trailObject.ts`.
 */
import { randomUUID } from 'node:crypto';
import type { Stats } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { type Clock, HOUR } from '../../base/clock.ts';
import { UserError } from '../../base/userError.ts';
import { type BucketAddress, bucketText } from './bucket.ts';

export interface ObjectFolder {
  readonly path: string;
  /** @param size - in bytes, as S3 lists it. */
  has(name: string, size: number): Promise<boolean>;
  /**
   * A connection that ends can look like the end of the bytes, so these are counted.
   * @throws UserError `trail.objects` when it cannot be written; Error for too few bytes; what the bytes throw
   */
  keep(name: string, bytes: Readable, size: number): Promise<void>;
  /** Removes the oldest days while there is more than that. @returns how many bytes are left */
  shrink(mostBytes: number): Promise<number>;
}

/** @throws UserError `trail.bucketName`, `trail.objects` */
export async function openObjectFolder(
  directory: string,
  address: BucketAddress,
  clock: Pick<Clock, 'now'> = Date,
): Promise<ObjectFolder> {
  const path = join(directory, bucketName(address), `p-${encodeURIComponent(address.prefix)}`);
  await writing(path, () => mkdir(path, { recursive: true, mode: 0o700 }));
  return {
    path,
    has: async (name, size) => (await sizeOf(join(path, name))) === size,
    async keep(name, bytes, size) {
      const file = join(path, name);
      const unfinished = join(path, `${randomUUID()}${UNFINISHED}`);
      try {
        await writing(path, () => mkdir(dirname(file), { recursive: true, mode: 0o700 }));
        await writing(path, () => writeFile(unfinished, bytes, { mode: 0o600, flag: 'wx' }));
        const written = await sizeOf(unfinished);
        if (written !== size) throw new Error(`${written} of ${size} bytes came`);
        await rename(unfinished, file);
      } catch (error) {
        await rm(unfinished, { force: true });
        throw error;
      }
    },
    shrink: mostBytes => shrink(path, mostBytes, clock.now()),
  };
}

/** The name that bytes have until all of them are here: not one of a file that an import takes. */
const UNFINISHED = '.part';

async function sizeOf(file: string): Promise<number | undefined> {
  return (await statOf(file))?.size;
}

function statOf(file: string): Promise<Stats | undefined> {
  return stat(file).catch(() => undefined);
}

/** Amazon S3 user guide, "General purpose bucket naming rules"; it becomes the name of a folder. */
function bucketName(address: BucketAddress): string {
  if (/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(address.bucket) && !address.bucket.includes('..'))
    return address.bucket;
  throw new UserError('trail.bucketName', `${bucketText(address)} is not the name of a bucket.`, {
    hint: 'A name has 3 to 63 lower-case letters, digits, dots and hyphens.',
  });
}

async function writing<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && FILE_FAULTS.has(error.code))) throw error;
    throw new UserError(
      'trail.objects',
      `Objects of the bucket cannot be written to ${path} (${error.code}).`,
      {
        hint: 'Make room on the disk, or let No Wing write there; then import the bucket again: it goes on from here.',
        cause: error,
      },
    );
  }
}

const FILE_FAULTS: ReadonlySet<unknown> = new Set([
  'ENOSPC',
  'EACCES',
  'EPERM',
  'EROFS',
  'EDQUOT',
  'EIO',
  'EMFILE',
]);

interface KeptFile {
  readonly file: string;
  readonly bytes: number;
}

async function shrink(path: string, mostBytes: number, now: number): Promise<number> {
  const days = (await filesByDay(path, now)).toSorted(([a], [b]) => (a < b ? -1 : 1));
  let left = days.flatMap(([, files]) => files).reduce((sum, { bytes }) => sum + bytes, 0);
  for (const [, files] of days) {
    if (left <= mostBytes) break;
    await Promise.all(files.map(({ file }) => rm(file, { force: true })));
    left -= files.reduce((sum, { bytes }) => sum + bytes, 0);
  }
  return left;
}

/** It went while the folder was read. */
const GONE = { size: 0, mtimeMs: 0 };

/**
 * Whatever is there, by `yyyy/mm/dd`; pieces that were left by a process that died have no day and come first. Those that
 * are young may be another window's, which is still writing.
 */
async function filesByDay(path: string, now: number): Promise<[day: string, KeptFile[]][]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const days = new Map<string, KeptFile[]>();
  for (const entry of entries.filter(entry => entry.isFile())) {
    const file = join(entry.parentPath, entry.name);
    const { size: bytes, mtimeMs } = (await statOf(file)) ?? GONE;
    if (file.endsWith(UNFINISHED) && mtimeMs > now - HOUR) continue;
    const day = /\d{4}[/\\]\d{2}[/\\]\d{2}$/.exec(entry.parentPath)?.[0] ?? '';
    const ofDay = days.get(day);
    if (ofDay === undefined) days.set(day, [{ file, bytes }]);
    else ofDay.push({ file, bytes });
  }
  return [...days];
}
