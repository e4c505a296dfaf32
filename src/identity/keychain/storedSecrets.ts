/**
 * Whole secrets in one backend, kept so that a crash between any two steps leaves the earlier value or the new one
 * readable, and that of two windows writing at once the last one wins whole. Order is everything here: index the new
 * parts, write them, read them back, replace the manifest, enter the name, and only then delete the earlier parts.
 */
import { type Clock, HOUR, MINUTE } from '../../base/clock.ts';
import { describeError, type Log } from '../../base/log.ts';
import { Secret } from '../../base/secret.ts';
import type { KeychainBackend } from '../keychain.ts';
import type { EntryIndex } from './entryIndex.ts';
import {
  joinValue,
  newPartSet,
  type PartSet,
  partKeys,
  readManifest,
  splitValue,
  writeManifest,
} from './parts.ts';
import { KeychainFailure, type RawKeychain } from './rawKeychain.ts';

/** A writer that was suspended for longer gives up, and much later its parts are anybody's to delete. */
const LONGEST_WRITE = 5 * MINUTE;
const ABANDONED_AFTER = HOUR;

export interface StoredSecrets {
  /** @returns undefined when it is not there, or cannot be read: these look alike. @throws KeychainFailure */
  read(name: string): Promise<Secret | undefined>;
  /**
   * Durable, read back and entered in the index when it resolves.
   * @throws KeychainFailure; then the earlier value is there, or, when only the last answer is missing, the new one.
   */
  write(name: string, value: Secret): Promise<void>;
  /** Deletes what the manifest names. @returns true when the keychain confirmed it. @throws KeychainFailure */
  discard(name: string): Promise<boolean>;
}

export interface StoredSecretsInput {
  readonly backend: KeychainBackend;
  readonly raw: RawKeychain;
  readonly index: EntryIndex;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Pick<Log, 'warn'>;
}

export function storedSecrets(input: StoredSecretsInput): StoredSecrets {
  const { raw } = input;
  return {
    read: name => read(raw, name),
    async write(name, value) {
      const earlier = readManifest(name, await raw.get(name));
      await replace(input, name, value);
      await tidy(input, earlier);
    },
    async discard(name) {
      const set = readManifest(name, await raw.get(name));
      const gone = await raw.delete(name);
      if (set) await deleteSet(input, set);
      return gone;
    },
  };
}

async function read(raw: RawKeychain, name: string): Promise<Secret | undefined> {
  let seen: string | undefined;
  for (;;) {
    const set = readManifest(name, await raw.get(name));
    if (!set || set.generation === seen) return undefined;
    const found = await readSet(raw, set);
    if (found !== undefined) return new Secret(found);
    // Another window may have just replaced it and deleted these parts: then there is a new manifest.
    seen = set.generation;
  }
}

async function readSet(raw: RawKeychain, set: PartSet): Promise<string | undefined> {
  const parts = await Promise.all(partKeys(set).map(key => raw.get(key)));
  return parts.every(part => part !== undefined) ? joinValue(parts) : undefined;
}

async function replace(input: StoredSecretsInput, name: string, value: Secret): Promise<void> {
  const { raw, index, backend, clock } = input;
  const startedAt = clock.now();
  const parts = splitValue(value);
  const set = { ...newPartSet(name, parts.length), backend };
  index.addSet(set);
  for (const [at, key] of partKeys(set).entries()) await raw.set(key, parts[at] ?? '');
  if ((await readSet(raw, set)) !== value.reveal()) throw new KeychainFailure({ kind: 'locked' });
  const took = clock.now() - startedAt;
  if (took > LONGEST_WRITE) throw new KeychainFailure({ kind: 'timedOut', limitMs: took });
  await raw.set(name, writeManifest(set));
  // It may be another window's by now: the last writer wins, and its value is whole.
  if (!(await read(raw, name))) throw new KeychainFailure({ kind: 'locked' });
  index.enter(name, backend);
}

/**
 * Deletes what the new value has replaced, and what crashed or overtaken writers left: right after a write, when the
 * keychain is not locked. The value is safe by now, so trouble here is for the log.
 */
async function tidy(input: StoredSecretsInput, earlier: PartSet | undefined): Promise<void> {
  const { index, backend, clock, log } = input;
  try {
    if (earlier) await deleteSet(input, earlier);
    const before = clock.now() - ABANDONED_AFTER;
    for (const set of index.doubtfulSets(backend, before)) await judge(input, set);
  } catch (error) {
    log.warn(`Earlier parts in the keychain will be deleted later: ${describeError(error)}`);
  }
}

async function deleteSet({ raw, index }: StoredSecretsInput, set: PartSet): Promise<void> {
  for (const key of partKeys(set)) await raw.delete(key);
  index.dropSet(set);
}

/** A set of parts counts while its entry is in this backend and the manifest names it; else it is a leftover. */
async function judge(input: StoredSecretsInput, set: PartSet): Promise<void> {
  const { raw, index, backend } = input;
  const isNamed = readManifest(set.name, await raw.get(set.name))?.generation === set.generation;
  if (isNamed && index.backendOf(set.name) === backend) return;
  if (isNamed) await raw.delete(set.name);
  await deleteSet(input, set);
}
