/** Where secrets lie, wired. */
import { existsSync } from 'node:fs';
import type { Clock } from '../base/clock.ts';
import type { Disposables } from '../base/disposables.ts';
import type { FeaturesInput } from '../features.ts';
import { createKeychain } from '../identity/keychain/createKeychain.ts';
import { forkWorker } from '../identity/keychain/forkWorker.ts';
import { osKeychain } from '../identity/keychain/osKeychain.ts';
import { missingSessionBus } from '../identity/keychain/trouble.ts';
import type { Keychain } from '../identity/keychain.ts';
import type { Database } from '../store/database.ts';

export function keychainFeature(
  input: FeaturesInput,
  db: Database,
  clock: Clock,
  ended: Disposables,
): Keychain {
  const { platform, env } = process;
  const start = forkWorker({ path: input.keychainWorker, env, log: input.log });
  const os = ended.add(
    osKeychain({ start, clock, obstacle: () => missingSessionBus(platform, env, existsSync), platform }),
  );
  return createKeychain({
    db,
    clock,
    log: input.log,
    setting: input.keychainBackend,
    os,
    platform,
    whose: name => whoseSecret(db, name),
    ...(input.secretStorage ? { secretStorage: input.secretStorage } : {}),
  });
}

/** For messages about a secret: `user alice`. */
function whoseSecret(db: Database, name: string): string | undefined {
  if (name.startsWith('broker/')) return "No Wing's broker";
  const row = db.get('SELECT kind, name FROM profile WHERE id = ?', name.replace(/^profile\/\w+\//, ''));
  return row === undefined ? undefined : `${row['kind']} ${row['name']}`;
}
