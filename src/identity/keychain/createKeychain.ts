/**
 * The keychain that the rest of No Wing uses: new secrets go where the setting and the machine allow, and a secret is
 * read from where the index says it is. It fails closed: a backend that was asked for is never quietly replaced.
 */
import type { Clock } from '../../base/clock.ts';
import { describeError, type Log } from '../../base/log.ts';
import { lazy } from '../../base/memo.ts';
import type { Secret } from '../../base/secret.ts';
import type { Database } from '../../store/database.ts';
import type { Keychain, KeychainBackend, KeychainStatus } from '../keychain.ts';
import { chooseBackend, type KeychainSetting } from './backendChoice.ts';
import { type EntryIndex, entryIndex } from './entryIndex.ts';
import { type KeychainCall, keychainError, lockedOrRemoved } from './keychainError.ts';
import type { OsKeychain } from './osKeychain.ts';
import { noSecretStorage, type SecretStorage, secretStorageKeychain } from './secretStorageKeychain.ts';
import { type StoredSecrets, storedSecrets } from './storedSecrets.ts';

export interface KeychainInput {
  readonly db: Pick<Database, 'run' | 'get' | 'all'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Pick<Log, 'warn'>;
  /** `noWing.keychain.backend`, asked again before each write. */
  readonly setting: () => KeychainSetting;
  /** The caller disposes it. */
  readonly os: Pick<OsKeychain, 'get' | 'set' | 'delete' | 'probe'>;
  /** Absent outside VS Code. */
  readonly secretStorage?: SecretStorage;
  readonly platform: NodeJS.Platform;
  /** Whose secret a name is, for messages: "alice (1111-2222-3333)". */
  readonly whose?: (name: string) => string | undefined;
}

export function createKeychain(input: KeychainInput): Keychain {
  const index = entryIndex(input.db, input.clock);
  const secrets = secretsByBackend(input, index);
  const status = describedChoice(input);
  const call = (doing: KeychainCall['doing'], backend: KeychainBackend, name: string): KeychainCall => {
    return { doing, backend, whose: input.whose?.(name) ?? `"${name}"` };
  };
  const readFrom = async (doing: 'read' | 'replace', name: string): Promise<Secret | undefined> => {
    const backend = index.backendOf(name);
    if (!backend) return undefined;
    const about = call(doing, backend, name);
    const found = await explained(about, secrets[backend].read(name));
    if (found) return found;
    // Another window may have removed it meanwhile, or put it elsewhere.
    if (index.backendOf(name) === backend) throw lockedOrRemoved(about);
    return readFrom(doing, name);
  };
  return {
    read: name => readFrom('read', name),
    async write(name, value, { replace = false } = {}) {
      assertName(name);
      const setting = input.setting();
      const backend = setting === 'auto' ? (await status()).backend : setting;
      const held = index.backendOf(name);
      if (!replace) await readFrom('replace', name);
      await explained(call('write', backend, name), secrets[backend].write(name, value));
      const hasMoved = held && held !== backend && index.backendOf(name) === backend;
      if (hasMoved) await discard(input, secrets[held], name);
    },
    async remove(name, { forget = false } = {}) {
      const backend = index.backendOf(name);
      if (!backend) return;
      if (!forget) await explained(call('remove', backend, name), secrets[backend].read(name));
      // The name first: from here on there is no such secret, whatever happens to its parts.
      index.forget(name);
      await discard(input, secrets[backend], name);
    },
    status,
  };
}

function secretsByBackend({ clock, log, os, secretStorage }: KeychainInput, index: EntryIndex) {
  const inVsCode = secretStorage ? secretStorageKeychain(secretStorage) : noSecretStorage;
  return {
    os: storedSecrets({ backend: 'os', raw: os, index, clock, log }),
    secretStorage: storedSecrets({ backend: 'secretStorage', raw: inVsCode, index, clock, log }),
  } satisfies Record<KeychainBackend, StoredSecrets>;
}

/** 'auto' is decided once a window: secrets do not change places because a keyring was slow for a moment. */
function describedChoice(input: KeychainInput): () => Promise<KeychainStatus> {
  const { os, platform, setting } = input;
  const hasSecretStorage = input.secretStorage !== undefined;
  const probeOnce = lazy(() => os.probe());
  const probes = { auto: probeOnce, os: () => os.probe(), secretStorage: async () => undefined };
  return async () => {
    const now = setting();
    return chooseBackend({ setting: now, osTrouble: await probes[now](), hasSecretStorage, platform });
  };
}

async function explained<T>(call: KeychainCall, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw keychainError(error, call);
  }
}

/** What cannot be deleted now is in the index, and a later write to the same backend deletes it. */
async function discard({ log }: KeychainInput, from: StoredSecrets, name: string): Promise<void> {
  try {
    const confirmed = await from.discard(name);
    if (!confirmed) log.warn(`The keychain had nothing to delete for "${name}", or is locked.`);
  } catch (error) {
    log.warn(`What the keychain has of "${name}" will be deleted later: ${describeError(error)}`);
  }
}

function assertName(name: string): void {
  if (!/^[\w./:@+=-]{1,200}$/.test(name)) throw new TypeError(`Not a name for a keychain entry: ${name}`);
}
