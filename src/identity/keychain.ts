/**
 * The keychain as the rest of No Wing sees it. Names come from the index in the store, never from a search of the
 * keychain. "Never stored", "locked or removed" and "not answering" are different answers.
 */
import type { Secret } from '../base/secret.ts';

export type KeychainBackend = 'os' | 'secretStorage';

export interface Keychain {
  /**
   * @returns undefined when nothing was ever stored under the name.
   * @throws UserError `keychain.lockedOrRemoved`, `keychain.unavailable`, `keychain.timedOut`
   */
  read(name: string): Promise<Secret | undefined>;
  /** Durable and read back when it resolves. @throws as `read`; what was there before is then still there. */
  write(name: string, value: Secret): Promise<void>;
  remove(name: string): Promise<void>;
  /** Which one is in use, and why. */
  status(): Promise<KeychainStatus>;
}

export interface KeychainStatus {
  readonly backend: KeychainBackend;
  /** For a person: "GNOME Keyring answered", "No OS keychain answers: libsecret-1-0 is missing". */
  readonly reason: string;
}
