// After a run of the tests: was any secret that the local AWS ever gave out written anywhere? Whoever makes a secret
// notes it; every scratch folder is searched before it is removed, and what the stages printed at the end.
import { execFile } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { promisify } from 'node:util';

/** Names the file that secrets are noted in; without it nothing is noted and nothing searched. */
export const secretsVariable = 'NO_WING_TEST_SECRETS';

export interface Hit {
  readonly file: string;
  /** Enough of it to find out which it was. */
  readonly secret: string;
}

/**
 * Where tests themselves put a secret, as a careless person would, or as a stand-in for the editor's secret storage
 * that several processes share: what is found there is no find.
 */
const PLANTED =
  /(?:^|\/)(?:(?:\.aws\/)?credentials|\.aws\/(?:config|cli\/cache\/.*)|\.bashrc|\.profile|\.zshrc|\.env|\.boto|keychain\.json|storage\.json)$/;

/** The files that exist to hold an API key, for its client. */
const TOKEN_FILE = /(?:^|\/)broker\/(?:tokens|run)\//;

export function startNoting(file: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, '');
}

export function stopNoting(file: string): void {
  for (const made of [file, hitsFile(file)]) rmSync(made, { force: true });
}

/** Of a token the start is enough, and what a search of thousands takes well. */
const NOTED_LENGTH = 40;

export function noteSecret(secret: string, file = process.env[secretsVariable]): void {
  // The first characters of all session tokens are the same.
  if (file) appendFileSync(file, `${secret.slice(-NOTED_LENGTH)}\n`);
}

/** Searches a folder, and keeps what it finds for the end of the run. */
export async function searchBeforeRemoval(
  folder: string,
  file = process.env[secretsVariable],
): Promise<void> {
  if (!file || !existsSync(file) || !existsSync(folder)) return;
  const hits = await search(folder, file);
  if (hits.length > 0) appendFileSync(hitsFile(file), hits.map(hit => `${JSON.stringify(hit)}\n`).join(''));
}

export function hitsSoFar(file: string): Hit[] {
  if (!existsSync(hitsFile(file))) return [];
  const lines = readFileSync(hitsFile(file), 'utf8').split('\n').filter(Boolean);
  return lines.map(line => JSON.parse(line));
}

/** @returns the files below `folder` that hold a noted secret, or an API key of the broker, in plain text. */
export async function search(folder: string, file: string): Promise<Hit[]> {
  const noted = await grep(['-Ff', file], folder);
  const apiKeys = await grep(['-E', '-e', 'nw_[A-Za-z0-9_-]{8,16}_[A-Za-z0-9_-]{43}'], folder);
  const planted = ({ file: name }: Hit): boolean => PLANTED.test(name);
  return [
    ...noted.filter(hit => !planted(hit)),
    ...apiKeys.filter(hit => !planted(hit) && !TOKEN_FILE.test(hit.file)),
  ];
}

async function grep(what: readonly string[], folder: string): Promise<Hit[]> {
  // -a searches binary files as text. The exit code is 1 when nothing is found, 2 when a file vanished meanwhile.
  const { stdout } = await promisify(execFile)('grep', ['-raoH', ...what, '--', folder], {
    maxBuffer: 64 << 20,
    encoding: 'latin1',
    env: { ...process.env, LC_ALL: 'C' },
  }).catch((error: { code?: unknown; stdout?: string }) => {
    if (error.code === 1 || error.code === 2) return { stdout: error.stdout ?? '' };
    throw error;
  });
  return stdout
    .split('\n')
    .filter(Boolean)
    .map(line => toHit(folder, line));
}

/** A line is `FILE:SECRET`, and no secret has a colon. */
function toHit(folder: string, line: string): Hit {
  const end = line.lastIndexOf(':');
  return {
    file: relative(folder, line.slice(0, end)) || folder,
    secret: `…${line.slice(end + 1).slice(-6)}`,
  };
}

function hitsFile(file: string): string {
  return `${file}.hits`;
}
