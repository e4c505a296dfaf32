// Packages that are larger than everything else of this project together, in folders of their own outside of it.
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runStep } from './runStep.ts';

export interface NpmFolder {
  /** What it is, for a person who waits. */
  readonly what: string;
  readonly folder: string;
  /** `name@version` of each. */
  readonly packages: readonly string[];
}

/** Installs them, the first time. @returns their `node_modules`. */
export async function findPackages(wanted: NpmFolder): Promise<string> {
  const modules = join(wanted.folder, 'node_modules');
  if (!existsSync(modules)) await install(wanted);
  return modules;
}

// A folder appears under its name only when it is complete.
async function install({ what, folder, packages }: NpmFolder): Promise<void> {
  console.log(`Setting up: ${what} in ${folder}`);
  const partial = `${folder}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  await writeFile(join(partial, 'package.json'), JSON.stringify({ private: true, name: 'no-wing-test' }));
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock', '--save-exact'];
  await runStep('npm', ['install', ...packages, ...flags], { cwd: partial });
  await rename(partial, folder);
}
