// Bundles the tests for the extension host, which loads CommonJS: one file each, beside the entry that finds them.
import { globSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { outDir, repoRoot } from '../../setup/places.ts';

/** @returns the entry to give to the extension host. */
export async function bundleTests(): Promise<string> {
  const outdir = join(outDir, 'host');
  await rm(outdir, { recursive: true, force: true });
  const tests = globSync('test/host/**/*.test.ts', { cwd: repoRoot });
  await build({
    absWorkingDir: repoRoot,
    entryPoints: ['test/host/index.ts', ...tests],
    outdir,
    entryNames: '[name]',
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    sourcemap: 'inline',
    external: ['vscode', 'mocha'],
    logLevel: 'warning',
  });
  return join(outdir, 'index.cjs');
}
