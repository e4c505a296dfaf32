/** What a backend offers: short ASCII texts under keys, each set whole or not at all. Built upon by `storedSecrets.ts`. */
export interface RawKeychain {
  /** @returns undefined when there is none, and also when the keychain is locked. @throws KeychainFailure */
  get(key: string): Promise<string | undefined>;
  /** @throws KeychainFailure */
  set(key: string, value: string): Promise<void>;
  /** @returns true when there was one and it is gone; false proves nothing. @throws KeychainFailure */
  delete(key: string): Promise<boolean>;
}

export type KeychainTrouble =
  | { readonly kind: 'locked' }
  /** `reason` completes "it does not answer: …"; `remedy` is a sentence. */
  | { readonly kind: 'unavailable'; readonly reason: string; readonly remedy?: string }
  | { readonly kind: 'timedOut'; readonly limitMs: number };

/** Inside the keychain only: `keychainError` turns it into what a person sees. */
export class KeychainFailure extends Error {
  override readonly name = 'KeychainFailure';
  readonly trouble: KeychainTrouble;

  constructor(trouble: KeychainTrouble, cause?: unknown) {
    super(trouble.kind, cause === undefined ? undefined : { cause });
    this.trouble = trouble;
  }
}
