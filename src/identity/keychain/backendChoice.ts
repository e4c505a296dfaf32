/** Which backend new secrets go to, and why. Pure: the probe has been made by the caller. */
import { SECOND } from '../../base/clock.ts';
import type { KeychainStatus } from '../keychain.ts';
import type { KeychainTrouble } from './rawKeychain.ts';

export type KeychainSetting = 'auto' | 'os' | 'secretStorage';

export interface BackendFacts {
  readonly setting: KeychainSetting;
  /** What the probe of the OS keychain met; undefined when it answered. */
  readonly osTrouble: KeychainTrouble | undefined;
  /** False outside VS Code. */
  readonly hasSecretStorage: boolean;
  readonly platform: NodeJS.Platform;
}

export function chooseBackend({
  setting,
  osTrouble,
  hasSecretStorage,
  platform,
}: BackendFacts): KeychainStatus {
  if (setting === 'secretStorage') {
    const note = hasSecretStorage ? '' : ', which only VS Code itself can reach';
    return {
      backend: 'secretStorage',
      reason: `The settings ask for the secret storage of VS Code${note}`,
    };
  }
  if (!osTrouble) return { backend: 'os', reason: `${osName(platform)} answered` };
  const why = troubleText(osTrouble);
  if (setting === 'os') {
    return { backend: 'os', reason: `The settings ask for the OS keychain, but it does not answer: ${why}` };
  }
  return hasSecretStorage
    ? {
        backend: 'secretStorage',
        reason: `The secret storage of VS Code is used, because no OS keychain answers: ${why}`,
      }
    : { backend: 'os', reason: `No OS keychain answers: ${why}` };
}

function osName(platform: NodeJS.Platform): string {
  if (platform === 'win32') return 'Windows Credential Manager';
  return platform === 'darwin' ? 'The macOS Keychain' : 'The keyring of this desktop (Secret Service)';
}

function troubleText(trouble: KeychainTrouble): string {
  switch (trouble.kind) {
    case 'locked':
      return 'it is locked';
    case 'timedOut':
      return `it said nothing within ${trouble.limitMs / SECOND} s`;
    case 'unavailable':
      return trouble.reason;
  }
}
