/** What SQLite's errors mean for the trail's index, which can always be made again. */
import { UserError } from '../../base/userError.ts';

/** SQLite's primary result codes. */
const BUSY = 5;
const LOCKED = 6;
const READ_ONLY = 8;
const IO = 10;
const CORRUPT = 11;
const FULL = 13;
const CANNOT_OPEN = 14;
const NOT_A_DATABASE = 26;

const DAMAGED = 'trail.indexDamaged';

export function isDamaged(error: unknown): boolean {
  // Between threads the cause is lost.
  if (error instanceof UserError) return error.code === DAMAGED;
  const code = resultCode(error);
  return code === CORRUPT || code === NOT_A_DATABASE;
}

export function isBusy(error: unknown): boolean {
  const code = resultCode(error);
  return code === BUSY || code === LOCKED;
}

/** What is in the index can be read; only nothing more can be written, now or until the disk is seen to. */
export function isUnwritable(error: unknown): boolean {
  const code = resultCode(error);
  return isBusy(error) || code === FULL || code === READ_ONLY;
}

/** In words for a person; errors of other kinds stay what they are. */
export function indexError(error: unknown, file: string): unknown {
  if (error instanceof UserError) return error;
  const words = WORDS.find(({ codes }) => codes.includes(resultCode(error) ?? -1));
  if (words === undefined) return error;
  return new UserError(words.code, words.message, { hint: words.hint(file), cause: error });
}

interface Words {
  readonly codes: readonly number[];
  readonly code: string;
  readonly message: string;
  readonly hint: (file: string) => string;
}

const WORDS: readonly Words[] = [
  {
    codes: [BUSY, LOCKED],
    code: 'trail.indexBusy',
    message: "The trail's index is in use by another window.",
    hint: () => 'Wait until its import has ended, then try again.',
  },
  {
    codes: [FULL],
    code: 'trail.indexFull',
    message: "The trail's index has no room: the disk is full.",
    hint: file => `Make room on the disk of ${file}, then try again: it goes on where it stopped.`,
  },
  {
    codes: [READ_ONLY],
    code: 'trail.indexReadOnly',
    message: "The trail's index cannot be written: the file or its disk is read-only.",
    hint: file => `Make ${file} writable again, then try again: it goes on where it stopped.`,
  },
  {
    codes: [IO, CANNOT_OPEN],
    code: 'trail.indexUnreachable',
    message: "The trail's index cannot be read or written: the disk does not let No Wing.",
    hint: file =>
      `Check the disk and the permissions of ${file}. All in it can be read from CloudTrail again.`,
  },
  {
    codes: [CORRUPT, NOT_A_DATABASE],
    code: DAMAGED,
    message: "The trail's index is damaged.",
    hint: () =>
      'Close the other windows, then refresh the audit trail and import your CloudTrail files again. Profiles and the ledger are not affected.',
  },
];

export function isSqlite(error: unknown): boolean {
  return resultCode(error) !== undefined;
}

/** Of the error, or of the one it was put in words for. */
function resultCode(error: unknown): number | undefined {
  if (error instanceof UserError) return resultCode(error.cause);
  const isCoded = error instanceof Error && 'errcode' in error && typeof error.errcode === 'number';
  return isCoded ? Number(error.errcode) & 0xff : undefined;
}
