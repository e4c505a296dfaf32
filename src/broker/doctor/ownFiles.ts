/** The files of No Wing itself: its store, and the files that hold API keys, are for this user alone. */
import { join } from 'node:path';
import { throwIfCancelled } from '../../base/cancellation.ts';
import type { Files } from './files.ts';
import type { Finding, Outcome } from './report.ts';

export interface OwnFiles {
  readonly directory: string;
  readonly files: Pick<Files, 'list' | 'mode'>;
  readonly platform: NodeJS.Platform;
}

const MOST_FILES = 2000;
const DEEPEST = 4;

export async function lookAtOwnFiles(
  { directory, files, platform }: OwnFiles,
  signal: AbortSignal,
): Promise<Outcome> {
  if (platform === 'win32') {
    return {
      findings: [],
      unchecked: [
        'On Windows, files in your profile are for you alone unless somebody changed that; No Wing does not read their access lists.',
      ],
    };
  }
  const paths = await below(directory, files, signal);
  const findings: Finding[] = [];
  for (const path of paths) {
    throwIfCancelled(signal);
    const mode = await files.mode(path.file);
    if (mode !== undefined && (mode & tooMuch(path)) !== 0) findings.push(loose(path, mode));
  }
  return {
    findings,
    ...(paths.length >= MOST_FILES
      ? { unchecked: [`${directory} holds more than ${MOST_FILES} files; not all were looked at.`] }
      : {}),
  };
}

interface OwnPath {
  readonly file: string;
  readonly folder: boolean;
}

async function below(
  directory: string,
  files: Pick<Files, 'list'>,
  signal: AbortSignal,
  depth = 0,
): Promise<OwnPath[]> {
  throwIfCancelled(signal);
  const entries = await files.list(directory);
  if (entries === undefined) return [];
  const found: OwnPath[] = [{ file: directory, folder: true }];
  for (const { name, kind } of entries) {
    if (found.length >= MOST_FILES) break;
    if (kind === 'file') found.push({ file: join(directory, name), folder: false });
    else if (kind === 'folder' && depth < DEEPEST)
      found.push(...(await below(join(directory, name), files, signal, depth + 1)));
  }
  return found;
}

/** A program of ours holds no secret, so anybody may run it; whoever could change it would act as this user. */
function tooMuch({ file }: OwnPath): number {
  return isProgram(file) ? 0o022 : 0o077;
}

function isProgram(file: string): boolean {
  return /[/\\]no-wing[/\\]bin(?:[/\\]|$)/.test(file);
}

function loose(path: OwnPath, mode: number): Finding {
  const { file, folder } = path;
  const wanted = mode & ~tooMuch(path);
  return {
    id: `ownFiles.mode:${file}`,
    severity: /[/\\]tokens[/\\]/.test(file) || isProgram(file) ? 'high' : 'medium',
    title: `Other users of this computer may open a ${folder ? 'folder' : 'file'} of No Wing`,
    what: `It has the mode ${mode.toString(8)}. ${isProgram(file) ? 'Whoever can change it decides what your terminals run.' : 'The API keys of clients, for which sessions are handed out, are among these files.'}`,
    where: { file },
    fix: `chmod ${wanted.toString(8)} ${file}`,
    action: { type: 'restrictMode', file, mode: wanted },
  };
}
