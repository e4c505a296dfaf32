/** What each failed state of a stack means, and what leads out of it. Pure. */
import type { WayOut } from '../engine.ts';

export interface Trouble {
  /** A clause about the stack: "its creation failed, and ...". */
  readonly meaning: string;
  readonly ways: readonly WayOut[];
  /** What a person can do besides. */
  readonly advice: string;
  /** It takes a corrected template as it is. */
  readonly takesChanges: boolean;
}

/** @returns undefined for a state that is in order, or that will end by itself. */
export function troubleOf(status: string): Trouble | undefined {
  return Object.hasOwn(TROUBLES, status) ? TROUBLES[status] : undefined;
}

const TROUBLES: Readonly<Record<string, Trouble>> = {
  CREATE_FAILED: {
    meaning: 'its creation failed, and what was made stands as it was at that moment',
    ways: ['rollBack', 'delete'],
    advice: 'Roll it back or delete it; nothing in it was finished. Then plan again.',
    takesChanges: false,
  },
  ROLLBACK_COMPLETE: {
    meaning: 'its creation failed, and AWS has taken back all that it had made',
    ways: ['delete'],
    advice: 'Delete the failed stack first; nothing in it was finished. Then plan again.',
    takesChanges: false,
  },
  ROLLBACK_FAILED: {
    meaning: 'its creation failed, and AWS could not take back all that it had made',
    ways: ['delete'],
    advice: 'Delete the failed stack; what is in the way is named in its events. Then plan again.',
    takesChanges: false,
  },
  UPDATE_FAILED: {
    meaning: 'its last update failed and was not rolled back: parts are new, parts are old',
    ways: ['rollBack'],
    advice: 'Roll it back to its last good state, or correct the template and deploy it again.',
    takesChanges: true,
  },
  UPDATE_ROLLBACK_FAILED: {
    meaning: 'its last update failed, and AWS could not roll it back',
    ways: ['continueRollBack'],
    advice: 'Put right what its events name, then continue the roll back. Then plan again.',
    takesChanges: false,
  },
  DELETE_FAILED: {
    meaning: 'AWS could not delete all of it',
    ways: [],
    advice:
      'Plan to destroy it again: empty what is in the way first, or leave it out, so that it stays in the account.',
    takesChanges: false,
  },
  IMPORT_ROLLBACK_FAILED: {
    meaning: 'an import of resources failed, and AWS could not take it back',
    ways: [],
    advice: 'Put right what its events name, or destroy it with the imported resources kept.',
    takesChanges: false,
  },
};
