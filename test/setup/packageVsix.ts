// Makes the .vsix of one target in a folder of its own, so that no other run and no watch gets in, and refuses one that holds a wrong binary
// or is too large.
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { targetOfBinary } from './nativeBinary.ts';
import { outDir, repoRoot } from './places.ts';

export const targets = [
  'linux-x64',
  'linux-arm64',
  'win32-x64',
  'win32-arm64',
  'darwin-x64',
  'darwin-arm64',
] as const;
export type Target = (typeof targets)[number];

export const maximumVsixBytes = 1.5 * 1024 * 1024;

export interface Package {
  readonly vsix: string;
  readonly bytes: number;
  /** The unpacked extension: what the package holds. */
  readonly folder: string;
}

/** @throws when the build fails, when a binary is not for the target, or when the package is over the limit. */
export async function packageVsix(target: Target): Promise<Package> {
  const made = await mkdtemp(join(await folderIn('package'), `${target}-`));
  const vsix = join(await folderIn('vsix'), `no-wing-${target}.vsix`);
  await stage(made, target);
  await checkBinaries(made, target);
  await vsce(made, ['package', '--target', target, ...vsceFlags, '--out', `${made}.vsix`]);
  const { size } = await stat(`${made}.vsix`);
  if (size > maximumVsixBytes) throw new Error(`${vsix} has ${size} bytes; ${maximumVsixBytes} are allowed.`);
  const folder = join(outDir, 'package', target);
  await rm(folder, { recursive: true, force: true });
  await rename(made, folder);
  await rename(`${made}.vsix`, vsix);
  return { vsix, bytes: size, folder };
}

async function folderIn(name: string): Promise<string> {
  const folder = join(outDir, name);
  await mkdir(folder, { recursive: true });
  return folder;
}

export function thisTarget(): Target {
  const here = `${process.platform}-${process.arch}`;
  const target = targets.find(name => name === here);
  if (!target) throw new Error(`No Wing has no package for ${here}. There are: ${targets.join(', ')}.`);
  return target;
}

const vsceFlags = ['--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links'];
const run = promisify(execFile);

async function stage(folder: string, target: Target): Promise<void> {
  const listed = (await vsce(repoRoot, ['ls', '--no-dependencies'])).split('\n').filter(isSource);
  for (const file of listed) await cp(join(repoRoot, file), join(folder, file));
  await shipManifest(folder);
  await writeFile(join(folder, '.vscodeignore'), '');
  const build = ['esbuild.mjs', '--production', '--target', target, '--outdir', join(folder, 'dist')];
  await run(process.execPath, build, { cwd: repoRoot });
}

function isSource(file: string): boolean {
  return file !== '' && !file.startsWith('dist/');
}

// A user's copy has no use for our scripts, and vsce would run some of them.
async function shipManifest(folder: string): Promise<void> {
  const file = join(folder, 'package.json');
  const manifest: Record<string, unknown> = JSON.parse(await readFile(file, 'utf8'));
  const {
    scripts: _scripts,
    devDependencies: _devDependencies,
    allowScripts: _allowScripts,
    ...shipped
  } = manifest;
  await writeFile(file, JSON.stringify(shipped, null, 2));
}

async function checkBinaries(folder: string, target: Target): Promise<void> {
  const files = await readdir(folder, { recursive: true });
  const binaries = files.filter(file => file.endsWith('.node'));
  if (binaries.length !== 1)
    throw new Error(`Expected one native binary for ${target}, found: ${binaries.join(', ')}`);
  for (const file of binaries) {
    const found = targetOfBinary(await readFile(join(folder, file)));
    if (found !== target) throw new Error(`${file} in the ${target} package was built for ${found}.`);
  }
}

async function vsce(cwd: string, args: readonly string[]): Promise<string> {
  const program = join(repoRoot, 'node_modules', '@vscode', 'vsce', 'vsce');
  const { stdout } = await run(process.execPath, [program, ...args], { cwd });
  return stdout;
}
