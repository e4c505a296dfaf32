/**
 * Reading for the doctor: bounded, and without being held up or led astray by what lies in a workspace. Only regular
 * files are read, and no more than their beginning; what is absent is `undefined`, anything else that fails throws.
 */
import { constants } from 'node:fs';
import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { errorName } from '../../base/userError.ts';

export interface FoundFile {
  readonly path: string;
  readonly text: string;
  /** Permission bits. */
  readonly mode: number;
  /** More was there than was read. */
  readonly cut: boolean;
}

export interface Entry {
  readonly name: string;
  readonly kind: 'file' | 'folder' | 'other';
}

export interface Files {
  /** @param options.noLinks a symbolic link is not followed: for places that others may write to. */
  read(path: string, options?: { readonly noLinks?: boolean }): Promise<FoundFile | undefined>;
  list(folder: string): Promise<Entry[] | undefined>;
  mode(path: string): Promise<number | undefined>;
}

const LONGEST_BYTES = 256 * 1024;

export const diskFiles: Files = {
  async read(path, { noLinks = false } = {}) {
    // Without blocking: a named pipe in a workspace would otherwise be waited for.
    const flags =
      constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (noLinks ? (constants.O_NOFOLLOW ?? 0) : 0);
    const file = await unlessAbsent(() => open(path, flags));
    try {
      return file && (await beginning(file, path));
    } finally {
      await file?.close();
    }
  },
  async list(folder) {
    const found = await unlessAbsent(() => readdir(folder, { withFileTypes: true }));
    return found?.map(entry => ({
      name: entry.name,
      kind: entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : 'other',
    }));
  },
  async mode(path) {
    const found = await unlessAbsent(() => stat(path));
    return found && found.mode & 0o777;
  },
};

async function beginning(file: FileHandle, path: string): Promise<FoundFile | undefined> {
  const found = await file.stat();
  if (!found.isFile()) return undefined;
  const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(found.size, LONGEST_BYTES)), 0);
  const text = buffer.toString('utf8', 0, bytesRead);
  return { path, text, mode: found.mode & 0o777, cut: found.size > LONGEST_BYTES };
}

/** ELOOP: a link that was not to be followed. */
const ABSENT = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO', 'EISDIR']);

async function unlessAbsent<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (ABSENT.has(errorName(error))) return undefined;
    throw error;
  }
}
