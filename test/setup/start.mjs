// The way in, from a fresh clone and with any Node from 20 on: makes sure of the Node packages, then runs a program
// of this project under the Node 24 that is among them.
//   node test/setup/start.mjs test/setup/run/all.ts [arguments of the program]
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
// biome-ignore lint/correctness/useImportExtensions: it takes the declaration beside the file for the file.
import { withLock } from './lock.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const modules = join(root, 'node_modules');
const node24 = join(modules, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

await main(process.argv.slice(2));

async function main([program, ...args]) {
  if (!packagesAreRight()) await withLock(lockFile(), installPackages);
  if (!existsSync(node24)) fail(`There is no Node 24 at ${node24}. Run: npm ci`);
  const separator = process.platform === 'win32' ? ';' : ':';
  const path = [join(modules, '.bin'), process.env.PATH].join(separator);
  const options = { stdio: 'inherit', cwd: root, env: { ...process.env, PATH: path } };
  const child = spawn(
    node24,
    ['--disable-warning=ExperimentalWarning', join(root, program), ...args],
    options,
  );
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', error => fail(error.message));
  child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
}

function installPackages() {
  if (packagesAreRight()) return;
  console.log('Setting up: Node packages (npm ci)');
  const npm = process.env.npm_execpath;
  const [command, first] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []];
  const options = {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32' && !npm,
  };
  const { status, error } = spawnSync(
    command,
    [...first, 'ci', '--no-audit', '--no-fund', '--loglevel=error'],
    options,
  );
  if (status !== 0)
    fail(`npm ci failed${error ? `: ${error.message}` : ''}. The npm registry must be reachable.`);
}

/** npm writes its hidden lock file when an install is complete, so it tells a whole one from half of one. */
function packagesAreRight() {
  try {
    const wanted = readPackages(join(root, 'package-lock.json'));
    const installed = readPackages(join(modules, '.package-lock.json'));
    accessSync(node24);
    return Object.entries(wanted).every(([path, entry]) => isInstalled(path, entry, installed[path]));
  } catch {
    return false;
  }
}

function isInstalled(path, wanted, installed) {
  if (path === '' || wanted.link) return true;
  if (!installed) return Boolean(wanted.optional || wanted.devOptional || wanted.peer);
  return installed.version === wanted.version && installed.integrity === wanted.integrity;
}

function readPackages(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages;
}

function lockFile() {
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'no-wing-dev');
  return join(cache, `packages-${createHash('sha256').update(root).digest('hex').slice(0, 12)}.lock`);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
