/** What SQLite's errors mean for the trail's index, which can always be made again. */
import { UserError } from '../../base/userError.ts';

/** SQLite's primary result codes. */
const BUSY = 5;
const LOCKED = 6;
const CORRUPT = 11;
const FULL = 13;
const NOT_A_DATABASE = 26;

export function isDamaged(error: unknown): boolean {
  const code = resultCode(error);
  return code === CORRUPT || code === NOT_A_DATABASE;
}

export function isBusy(error: unknown): boolean {
  const code = resultCode(error);
  return code === BUSY || code === LOCKED;
}

export function isFull(error: unknown): boolean {
  return resultCode(error) === FULL;
}

/** In words for a person; errors of other kinds stay what they are. */
export function indexError(error: unknown, file: string): unknown {
  if (isBusy(error))
    return new UserError('trail.indexBusy', "The trail's index is in use by another window.", {
      hint: 'Wait until its import has ended, then try again.',
      cause: error,
    });
  if (isFull(error))
    return new UserError('trail.indexFull', "The trail's index has no room: the disk is full.", {
      hint: `Make room on the disk of ${file}, then import again: it goes on where it stopped.`,
      cause: error,
    });
  if (isDamaged(error))
    return new UserError('trail.indexDamaged', "The trail's index was damaged and has been begun anew.", {
      hint: 'Reload the window, refresh the audit trail and import your CloudTrail files again. Profiles and the ledger are not affected.',
      cause: error,
    });
  return error;
}

function resultCode(error: unknown): number | undefined {
  const isSqlite = error instanceof Error && 'errcode' in error && typeof error.errcode === 'number';
  return isSqlite ? Number(error.errcode) & 0xff : undefined;
}
