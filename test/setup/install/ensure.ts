// Makes sure of what a run needs beyond Node packages. What is there already costs a look; what is missing is
// installed, or named together with the one command that installs it.
import { join } from 'node:path';
// biome-ignore lint/correctness/useImportExtensions: it takes the declaration beside the file for the file.
import { withLock } from '../lock.mjs';
import { cacheRoot } from '../places.ts';
import { findCdk } from './cdk.ts';
import { findDuckDb } from './duckDb.ts';
import { findMoto } from './moto.ts';
import { ensureSystemPackages } from './systemPackages.ts';
import { hasTestHost, installTestHost } from './testHost.ts';

export type Need = 'browser' | 'keyring' | 'host' | 'moto' | 'aws' | 'cdk' | 'jq' | 'duckDb';

/** @returns environment variables that tell the run where things are. @throws naming what is missing. */
export async function ensure(needs: readonly Need[]): Promise<Record<string, string>> {
  if (needs.length === 0) return {};
  refuseOtherPlatforms();
  return await withLock(join(cacheRoot, 'setup.lock'), () => ensureAll(needs));
}

async function ensureAll(needs: readonly Need[]): Promise<Record<string, string>> {
  const buildsHost = needs.includes('host') && !hasTestHost();
  await ensureSystemPackages([...needs, ...(buildsHost ? (['build'] as const) : [])]);
  if (buildsHost) await installTestHost();
  return {
    ...(needs.includes('moto') ? { NO_WING_MOTO: await findMoto() } : {}),
    ...(needs.includes('cdk') ? { NO_WING_CDK: await findCdk() } : {}),
    ...(needs.includes('duckDb') ? { NO_WING_DUCKDB: await findDuckDb() } : {}),
  };
}

function refuseOtherPlatforms(): void {
  if (process.platform === 'linux') return;
  throw new Error(
    'The tests with a keyring, an extension host and a browser need Linux. ' +
      'Here, run: npm run check && npm run lint && npm run test:unit && npm run test:desktop',
  );
}
