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
  /**
   * Durable and read back when it resolves. A name that has a secret which cannot be read now (locked, removed, its
   * keychain not answering) is not overwritten, unless `replace` says that the earlier secret is not wanted any more.
   * @throws as `read`; then the earlier secret is still there, or, if the keychain stopped answering at the very end,
   * the new one: one of them, whole.
   */
  write(name: string, value: Secret, options?: { readonly replace?: boolean }): Promise<void>;
  /**
   * From then on nothing is stored under the name; what a locked keychain still has of it is deleted later.
   * `forget` does so even when the keychain does not answer. @throws as `read`, before anything was removed
   */
  remove(name: string, options?: { readonly forget?: boolean }): Promise<void>;
  /** Which one is in use, and why. */
  status(): Promise<KeychainStatus>;
}

export interface KeychainStatus {
  readonly backend: KeychainBackend;
  /** For a person: "GNOME Keyring answered", "No OS keychain answers: libsecret-1-0 is missing". */
  readonly reason: string;
}
