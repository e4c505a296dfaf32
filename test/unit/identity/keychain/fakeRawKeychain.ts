// A backend in memory, with the ways a keychain fails.
import {
  KeychainFailure,
  type KeychainTrouble,
  type RawKeychain,
} from '../../../../src/identity/keychain/rawKeychain.ts';

export interface FakeRawKeychain extends RawKeychain {
  readonly entries: Map<string, string>;
  /** Locked: nothing is found, and nothing can be stored. */
  locked: boolean;
  /** Every call meets it. */
  trouble: KeychainTrouble | undefined;
  probe(): Promise<KeychainTrouble | undefined>;
}

/** `step` runs before every call, with what is about to be done: it may wait, or throw. */
export function fakeRawKeychain(step: (op: string, key: string) => Promise<void> | void = () => undefined) {
  const fake: FakeRawKeychain = {
    entries: new Map(),
    locked: false,
    trouble: undefined,
    probe: async () => fake.trouble,
    async get(key) {
      await before('get', key);
      return fake.locked ? undefined : fake.entries.get(key);
    },
    async set(key, value) {
      await before('set', key);
      if (fake.locked) throw new KeychainFailure({ kind: 'locked' });
      if (!/^[\x20-\x7e]+$/.test(value))
        throw new Error('A keychain takes printable ASCII, and something of it');
      if (value.length > 2560) throw new Error('Too long for Windows');
      fake.entries.set(key, value);
    },
    async delete(key) {
      await before('delete', key);
      return !fake.locked && fake.entries.delete(key);
    },
  };
  const before = async (op: string, key: string) => {
    await step(op, key);
    if (fake.trouble) throw new KeychainFailure(fake.trouble);
  };
  return fake;
}
