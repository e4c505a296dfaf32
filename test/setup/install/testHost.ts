// The workbench the tests run in: code-server, and the Node it runs on, which brings the headers it is built with.
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  codeServerDir,
  codeServerEntry,
  hostNode,
  hostNodeHome,
  hostNodePackage,
  nodeDir,
  versions,
} from '../places.ts';
import { runStep } from './runStep.ts';

export function hasTestHost(): boolean {
  return existsSync(hostNode) && existsSync(codeServerEntry);
}

/** Takes one to two minutes, once per machine. */
export async function installTestHost(): Promise<void> {
  if (!existsSync(hostNode)) await installInto(nodeDir, hostNodePackage, versions.node, {});
  if (!existsSync(codeServerEntry)) {
    await installInto(codeServerDir, 'code-server', versions.codeServer, {
      PATH: `${join(hostNodeHome, 'bin')}:${process.env['PATH']}`,
      npm_config_nodedir: hostNodeHome,
      npm_config_ignore_scripts: 'false',
    });
  }
}

// A folder appears under its name only when it is complete; half of one is thrown away by the next run.
async function installInto(
  dir: string,
  name: string,
  version: string,
  env: Record<string, string>,
): Promise<void> {
  console.log(`Setting up: ${name} ${version} in ${dir}`);
  const partial = `${dir}.partial`;
  await rm(partial, { recursive: true, force: true });
  await rm(dir, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  await writeFile(
    join(partial, 'package.json'),
    JSON.stringify({ private: true, name: 'no-wing-test-host' }),
  );
  const flags = ['--foreground-scripts', '--no-audit', '--no-fund', '--no-package-lock', '--save-exact'];
  await runStep('npm', ['install', `${name}@${version}`, ...flags], {
    cwd: partial,
    env: { ...outerEnv(), ...env },
  });
  await rename(partial, dir);
}

// What `npm test` tells its scripts about itself would be taken for settings of the npm inside: code-server looks at
// the user agent to learn the version of Node.
function outerEnv(): NodeJS.ProcessEnv {
  const inner = /^npm_(?!config_)|^npm_config_(user_agent|local_prefix|global_prefix|node_gyp|loglevel)$/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !inner.test(name)));
}
