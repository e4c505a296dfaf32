// The keychain as production has it: the bundled worker with its native binary, against a real keyring of our own.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { createKeychain } from '../../src/identity/keychain/createKeychain.ts';
import { forkWorker } from '../../src/identity/keychain/forkWorker.ts';
import { type OsKeychain, osKeychain } from '../../src/identity/keychain/osKeychain.ts';
import type { SecretStorage } from '../../src/identity/keychain/secretStorageKeychain.ts';
import { missingSessionBus } from '../../src/identity/keychain/trouble.ts';
import type { Keychain } from '../../src/identity/keychain.ts';
import { openDatabase } from '../../src/store/database.ts';
import { cleanEnv, type Env } from '../setup/cleanEnv.ts';
import { type Keyring, startKeyring } from '../setup/keyring.ts';
import { removeFolder } from '../setup/ownedProcess.ts';
import { repoRoot } from '../setup/places.ts';
import { scratchFolder } from '../setup/scratchFolder.ts';

export interface World {
  readonly keyring: Keyring;
  readonly keychain: Keychain;
  readonly os: OsKeychain;
  /** What lies in the stand-in for VS Code's secret storage. */
  readonly vsCode: ReadonlyMap<string, string>;
  readonly folder: string;
  readonly workerPath: string;
}

export interface WorldOptions {
  readonly setting?: 'auto' | 'os' | 'secretStorage';
  readonly limitMs?: number;
  /** Instead of the keyring's. */
  readonly env?: Env;
}

export async function withWorld(options: WorldOptions, work: (world: World) => Promise<void>): Promise<void> {
  const folder = scratchFolder();
  const keyring = await startKeyring();
  const workerPath = await bundleWorker(folder);
  const opened = openKeychain({ ...options, folder, workerPath, env: options.env ?? keyring.env });
  try {
    await work({ ...opened, keyring, folder, workerPath });
  } finally {
    opened.close();
    await keyring.stop();
    await removeFolder(folder);
  }
}

export interface OpenOptions extends WorldOptions {
  readonly folder: string;
  readonly workerPath: string;
  readonly env: Env;
}

/** One window's keychain. Windows share the folder, with the index in it, and the keyring. */
export function openKeychain({ folder, workerPath, env, setting = 'os', limitMs = 10_000 }: OpenOptions) {
  const platform = process.platform;
  const db = openDatabase(join(folder, 'store.db'));
  const vsCode = new Map<string, string>();
  const start = forkWorker({ path: workerPath, env: cleanEnv(env), log: silentLog });
  const obstacle = () => missingSessionBus(platform, env, existsSync);
  const os = osKeychain({ start, clock: systemClock, platform, obstacle, limitMs });
  const keychain = createKeychain({
    db,
    os,
    platform,
    clock: systemClock,
    log: silentLog,
    setting: () => setting,
    secretStorage: memoryStorage(vsCode),
  });
  const close = () => {
    os.dispose();
    db.close();
  };
  return { keychain, os, vsCode, close };
}

/** The ids of the processes that run this worker. */
export function workerPids(workerPath: string): number[] {
  const rows = execFileSync('ps', ['-eo', 'pid=,stat=,args='], { encoding: 'utf8' }).split('\n');
  const running = rows.filter(row => row.endsWith(workerPath) && !/^\s*\d+\s+Z/.test(row));
  return running.map(row => Number.parseInt(row, 10));
}

async function bundleWorker(folder: string): Promise<string> {
  const outfile = join(folder, 'keychainWorker.cjs');
  const source = join(repoRoot, 'src', 'identity', 'keychain', 'worker.ts');
  const common = {
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    logLevel: 'warning',
  } as const;
  await build({ ...common, mainFields: ['module', 'main'], entryPoints: [source], outfile });
  const binary = join('prebuilds', `${process.platform}-${process.arch}`, 'keytar.node');
  await mkdir(dirname(join(folder, binary)), { recursive: true });
  await copyFile(join(repoRoot, 'node_modules', 'keytar', binary), join(folder, binary));
  return outfile;
}

function memoryStorage(entries: Map<string, string>): SecretStorage {
  return {
    get: async key => entries.get(key),
    store: async (key, value) => void entries.set(key, value),
    delete: async key => void entries.delete(key),
  };
}
