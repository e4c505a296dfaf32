/** What a person is told when the keychain fails: what happened, to whose secret, where it is, and what to do. */
import { SECOND } from '../../base/clock.ts';
import { UserError } from '../../base/userError.ts';
import type { KeychainBackend } from '../keychain.ts';
import { KeychainFailure, type KeychainTrouble } from './rawKeychain.ts';

export interface KeychainCall {
  /** `replace`: looking at the earlier secret before a new one is written. */
  readonly doing: keyof typeof DONE;
  readonly backend: KeychainBackend;
  /** Whose secret: "alice (1111-2222-3333)". */
  readonly whose: string;
}

const DONE = { read: 'read', write: 'stored', replace: 'replaced', remove: 'removed' } as const;

/** Everything that is not a `KeychainFailure` passes unchanged. */
export function keychainError(error: unknown, call: KeychainCall): unknown {
  if (!(error instanceof KeychainFailure)) return error;
  const { trouble, cause } = error;
  switch (trouble.kind) {
    case 'locked':
      return locked(call, cause);
    case 'timedOut':
      return timedOut(call, trouble.limitMs, cause);
    case 'unavailable':
      return unavailable(call, trouble, cause);
  }
}

/** The index has the name, and the keychain gives nothing for it. */
export function lockedOrRemoved({ doing, backend, whose }: KeychainCall): UserError {
  const what = `The secret of ${whose} was not ${DONE[doing]}`;
  return backend === 'os'
    ? new UserError(
        'keychain.lockedOrRemoved',
        `${what}: ${OS} is locked, or the entry was removed from it.`,
        {
          hint: 'Unlock it and try again. If the entry was removed, enter the secret again.',
        },
      )
    : new UserError('keychain.lockedOrRemoved', `${what}: ${VS_CODE} does not have it now.`, {
        hint: 'It may have been stored from another computer, or in another VS Code. Enter the secret again.',
      });
}

const OS = 'the OS keychain';
const VS_CODE = 'the secret storage of VS Code';

function placeName(backend: KeychainBackend): string {
  return backend === 'os' ? OS : VS_CODE;
}

function locked({ backend, whose, doing }: KeychainCall, cause: unknown): UserError {
  const message = `The secret of ${whose} was not ${DONE[doing]}: ${placeName(backend)} is locked.`;
  return new UserError('keychain.lockedOrRemoved', message, {
    hint: 'Unlock it and try again. What was there before is still there.',
    cause,
  });
}

function timedOut({ doing, backend, whose }: KeychainCall, limitMs: number, cause: unknown): UserError {
  const result = doing === 'write' ? 'may not have been stored' : `was not ${DONE[doing]}`;
  const message = `The secret of ${whose} ${result}: ${placeName(backend)} did not answer within ${Math.round(limitMs / SECOND)} s.`;
  return new UserError('keychain.timedOut', message, {
    hint: 'If a dialog asks for the password of your keychain, answer it first. Then try again.',
    cause,
  });
}

type Unavailable = Extract<KeychainTrouble, { kind: 'unavailable' }>;

function unavailable(call: KeychainCall, { reason, remedy }: Unavailable, cause: unknown): UserError {
  const place = placeName(call.backend);
  const silent =
    call.doing === 'write'
      ? `${place} does not answer, because ${reason}`
      : `it is in ${place}, which does not answer, because ${reason}`;
  const message = `The secret of ${call.whose} was not ${DONE[call.doing]}: ${silent}.`;
  const elsewhere =
    call.doing === 'write' && call.backend === 'os'
      ? ' Or set "noWing.keychain.backend" to "secretStorage", which keeps new secrets in VS Code.'
      : '';
  return new UserError('keychain.unavailable', message, {
    hint: `${remedy ?? 'Try again.'}${elsewhere}`,
    cause,
  });
}
