/** How well the secrets of No Wing itself are kept: which keychain, and whether others can read it. Pure. */
import type { KeychainStatus } from '../../identity/keychain.ts';
import type { Finding, Outcome } from './report.ts';

export interface KeychainFacts {
  readonly status: Pick<KeychainStatus, 'backend' | 'reason'>;
  /** Key files of GNOME Keyring that are not encrypted, because their password is empty. */
  readonly plainKeyrings: readonly string[];
  /** What the start-up settings of the editor say: `basic`, `gnome-libsecret` ... */
  readonly passwordStore?: string;
}

export function judgeKeychain({ status, plainKeyrings, passwordStore }: KeychainFacts): Outcome {
  if (status.backend === 'os') return { findings: plainKeyrings.map(plainKeyring) };
  return { findings: [secretStorage(status.reason, passwordStore === 'basic')] };
}

function plainKeyring(file: string): Finding {
  return {
    id: `keychain.plain:${file}`,
    severity: 'high',
    title: 'The keyring has no password',
    what: 'The secrets of your profiles lie in this file as plain text: every process that can read it can act as you.',
    where: { file },
    fix: 'Give the keyring a password (in "Passwords and Keys": Change Password), then store the secrets again.',
  };
}

function secretStorage(reason: string, basic: boolean): Finding {
  return {
    id: 'keychain.secretStorage',
    severity: basic ? 'high' : 'medium',
    title: basic
      ? 'The secret storage of the editor is not encrypted'
      : 'Secrets are in the secret storage of the editor, not in the keychain',
    what: `${reason}. ${basic ? 'With the password store "basic" the editor keeps secrets under a key that everybody knows: every process of yours can read them.' : 'How well they are kept there depends on the editor, and No Wing cannot check it.'}`,
    fix: basic
      ? 'Let the editor use a keyring: remove "password-store" from argv.json ("Preferences: Configure Runtime Arguments"), then store the secrets again.'
      : 'Start a keyring (GNOME Keyring, KWallet) where the editor runs, set "noWing.keychain.backend" to "os", and store the secrets again.',
  };
}

/** An encrypted keyring of GNOME begins with "GnomeKeyring"; one without a password is a text file of groups. */
export function isPlainKeyring(text: string): boolean {
  return /^\s*\[keyring\]/.test(text);
}

/** From `argv.json` of the editor, which is JSON with comments. */
export function passwordStoreOf(argv: string): string | undefined {
  return /^[^/\n]*"password-store"\s*:\s*"([\w-]+)"/m.exec(argv)?.[1];
}
