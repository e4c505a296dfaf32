// moto, the Python program behind the local AWS: the one on the PATH, else one in a virtual environment of our own.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { cacheRoot, motoDir, versions } from '../places.ts';
import { runStep } from './runStep.ts';
import { ensureSystemPackages } from './systemPackages.ts';

/** @returns the command that starts moto's server. */
export async function findMoto(): Promise<string> {
  const installed = onPath('moto_server').find(works);
  if (installed) return installed;
  const own = join(motoDir, 'bin', 'moto_server');
  if (!existsSync(complete)) await installMoto();
  return own;
}

const complete = join(motoDir, 'complete');

function onPath(name: string): string[] {
  const places = (process.env['PATH'] ?? '').split(delimiter).map(dir => join(dir, name));
  return places.filter(place => existsSync(place));
}

// A version manager's shim is on the PATH even when the Python behind it has no moto. To ask takes a second, so
// the answer is kept.
function works(command: string): boolean {
  const record = join(cacheRoot, 'moto-on-path');
  const identity = `${command} ${statSync(command).mtimeMs}`;
  if (existsSync(record) && readFileSync(record, 'utf8') === identity) return true;
  if (spawnSync(command, ['--help'], { stdio: 'ignore' }).status !== 0) return false;
  writeFileSync(record, identity);
  return true;
}

// A virtual environment holds its own path, so it is made in place; a last file says that it is whole.
async function installMoto(): Promise<void> {
  console.log(`Setting up: moto ${versions.moto} in ${motoDir}`);
  await ensureSystemPackages(['venv']);
  await rm(motoDir, { recursive: true, force: true });
  try {
    await runStep('python3', ['-m', 'venv', motoDir]);
    await runStep(join(motoDir, 'bin', 'pip'), ['install', '-q', '--retries', '1', requirement]);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`Missing: moto. Have moto_server on the PATH: pip install '${requirement}'\n${reason}`, {
      cause,
    });
  }
  writeFileSync(complete, '');
}

const requirement = `moto[server]==${versions.moto}`;
