/** Writes an export to a file: whole or not at all, and piece by piece, so that everything else goes on meanwhile. */
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Cancelled } from '../base/cancellation.ts';
import { UserError } from '../base/userError.ts';
import type { ExportPiece } from './exportEvents.ts';

/** @returns how many events. @throws UserError `trail.export`, Cancelled; then what was in the file before still is */
export async function writeExport(
  file: string,
  pieces: AsyncIterable<ExportPiece> | Iterable<ExportPiece>,
  isCancelled: () => boolean,
  onProgress: (events: number) => void,
): Promise<number> {
  const unfinished = join(dirname(file), `.${basename(file)}.unfinished`);
  try {
    const handle = await open(unfinished, 'w', 0o600);
    const events = await writeAll(handle, pieces, isCancelled, onProgress).finally(() => handle.close());
    await rename(unfinished, file);
    return events;
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error instanceof Cancelled || error instanceof UserError ? error : unwritable(file, error);
  }
}

async function writeAll(
  handle: FileHandle,
  pieces: AsyncIterable<ExportPiece> | Iterable<ExportPiece>,
  isCancelled: () => boolean,
  onProgress: (events: number) => void,
): Promise<number> {
  let events = 0;
  for await (const piece of pieces) {
    if (isCancelled()) throw new Cancelled();
    await handle.writeFile(piece.text);
    events += piece.events;
    onProgress(events);
  }
  return events;
}

function unwritable(file: string, cause: unknown): UserError {
  return new UserError('trail.export', `The audit trail could not be written to ${file}.`, {
    hint: 'Check that there is room on the disk, and that you may write there.',
    cause,
  });
}
