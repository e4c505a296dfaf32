/**
 * The two files that an identity's environment points AWS clients at, instead of ~/.aws: a configuration that names no
 * credentials, and a file that is empty. They are the same for every client; if they are missing, a chain finds nothing.
 */
import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONFIG_PROFILE, type EnvironmentInput } from './environment.ts';

export type IdentityFiles = Pick<EnvironmentInput, 'configFile' | 'emptyFile'>;

const CONFIG = `# Made by No Wing: what acts as an identity of No Wing reads this instead of ~/.aws/config.
[default]
[profile ${CONFIG_PROFILE}]
`;

/** @param directory No Wing's data directory. @throws the file system's error. */
export function identityFiles(directory: string): IdentityFiles {
  const folder = join(directory, 'broker', 'aws');
  privateFolder(folder);
  return keepIdentityFiles(folder);
}

/** @throws the file system's error. */
export function keepIdentityFiles(folder: string): IdentityFiles {
  const files = identityFilesIn(folder);
  keepFile(files.emptyFile, '');
  keepFile(files.configFile, CONFIG);
  return files;
}

export function identityFilesIn(folder: string): IdentityFiles {
  return { configFile: join(folder, 'config'), emptyFile: join(folder, 'empty') };
}

/** Makes the folder and those above it, for nobody but this user. */
export function privateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (process.platform !== 'win32') chmodSync(folder, 0o700);
}

/** Puts it in place at once, for whoever reads it meanwhile; a file that says so already is left alone. */
export function keepFile(path: string, text: string): void {
  if (read(path) === text) return;
  const next = `${path}.${process.pid}`;
  writeFileSync(next, text, { mode: 0o600 });
  renameSync(next, path);
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
