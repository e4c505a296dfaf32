/** The secret storage of VS Code as a backend. It has no notion of "locked": what it does not have is not there. */
import { redact } from '../../base/redact.ts';
import { errorMessage } from '../../base/userError.ts';
import { KeychainFailure, type RawKeychain } from './rawKeychain.ts';

/** The part of VS Code's `SecretStorage` that is used. */
export interface SecretStorage {
  get(key: string): PromiseLike<string | undefined>;
  store(key: string, value: string): PromiseLike<void>;
  delete(key: string): PromiseLike<void>;
}

export function secretStorageKeychain(storage: SecretStorage): RawKeychain {
  return {
    get: key => answered(() => storage.get(key)),
    set: (key, value) => answered(() => storage.store(key, value)),
    async delete(key) {
      await answered(() => storage.delete(key));
      return true;
    },
  };
}

/** Stands in for it outside VS Code. */
export const noSecretStorage: RawKeychain = { get: unreachable, set: unreachable, delete: unreachable };

async function unreachable(): Promise<never> {
  throw new KeychainFailure({
    kind: 'unavailable',
    reason: 'only VS Code itself can reach it',
    remedy: 'Do this in VS Code, or keep secrets in the OS keychain: set "noWing.keychain.backend" to "os".',
  });
}

async function answered<T>(call: () => PromiseLike<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw new KeychainFailure({ kind: 'unavailable', reason: redact(errorMessage(error)) }, error);
  }
}
