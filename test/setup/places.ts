// Where things are: the checkout, and the cache outside it that every checkout shares.
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

export const repoRoot = dirname(dirname(import.meta.dirname));

export const cacheRoot = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'no-wing-dev');

export const versions = {
  node: '24.21.0',
  codeServer: '4.139.1',
  moto: '5.2.1',
  cdk: '2.1148.1',
  cdkLibrary: '2.276.0',
  constructs: '10.8.1',
  duckDb: '1.5.6-r.1',
} as const;

export const nodeDir = join(cacheRoot, `node-${versions.node}`);
export const hostNodePackage = `node-${process.platform}-${process.arch}`;
export const hostNodeHome = join(nodeDir, 'node_modules', hostNodePackage);
export const hostNode = join(hostNodeHome, 'bin', 'node');
export const codeServerDir = join(cacheRoot, `code-server-${versions.codeServer}`);
export const codeServerEntry = join(codeServerDir, 'node_modules', 'code-server', 'out', 'node', 'entry.js');
export const motoDir = join(cacheRoot, `moto-${versions.moto}`);

/** What the apps of the tests are written with, and the command line that synthesizes them. */
export const cdkDir = join(cacheRoot, `cdk-${versions.cdk}-${versions.cdkLibrary}`);

/** What imports and questions are measured beside. */
export const duckDbDir = join(cacheRoot, `duckdb-${versions.duckDb}`);

/** Scratch output of builds and test runs; ignored by git. */
export const outDir = join(repoRoot, 'out');
