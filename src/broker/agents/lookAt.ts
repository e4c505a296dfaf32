/** Reads a small file that somebody else may have written: a device, a pipe or a giant is not waited for. */
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';

const LARGEST_BYTES = 1024 * 1024;

/** @returns undefined when there is no such file. */
export function lookAt(path: string): string | undefined {
  let handle: number | undefined;
  try {
    handle = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const stat = fstatSync(handle);
    return stat.isFile() && stat.size <= LARGEST_BYTES ? readFileSync(handle, 'utf8') : undefined;
  } catch {
    return undefined;
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}
