// The CDK: its command line and its library, which are larger than everything else of this project together.
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cdkDir, versions } from '../places.ts';
import { runStep } from './runStep.ts';

/** Half a minute, once per machine. @returns the folder that an app's `node_modules` can be a link to. */
export async function findCdk(): Promise<string> {
  const modules = join(cdkDir, 'node_modules');
  if (!existsSync(modules)) await installCdk();
  return modules;
}

// A folder appears under its name only when it is complete.
async function installCdk(): Promise<void> {
  console.log(`Setting up: the CDK ${versions.cdk} in ${cdkDir}`);
  const partial = `${cdkDir}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  await writeFile(join(partial, 'package.json'), JSON.stringify({ private: true, name: 'no-wing-test-cdk' }));
  const wanted = [
    `aws-cdk@${versions.cdk}`,
    `aws-cdk-lib@${versions.cdkLibrary}`,
    `constructs@${versions.constructs}`,
  ];
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock', '--save-exact'];
  await runStep('npm', ['install', ...wanted, ...flags], { cwd: partial });
  await rename(partial, cdkDir);
}
