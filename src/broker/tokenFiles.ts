/**
 * The files in which API keys lie, for this user alone: SDKs read theirs again at each request, so a key can change
 * under them. A file is replaced whole; what stands in its place (a link, a pipe, a directory) is never written through.
 */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Secret } from '../base/secret.ts';
import { UserError } from '../base/userError.ts';

/** `exposed`: somebody else can read it, or it is not a plain file of ours. */
export type TokenFileState = 'fine' | 'missing' | 'exposed';

export interface TokenFiles {
  /** Decided by the client's id alone: no record can name another path. */
  path(clientId: string): string;
  /** @throws UserError `broker.tokenFile` */
  write(clientId: string, apiKey: Secret): void;
  look(clientId: string): TokenFileState;
  remove(clientId: string): void;
}

const { O_CREAT, O_EXCL, O_WRONLY, O_NOFOLLOW } = constants;
/** Bits of others and of the group. */
const NOT_OURS = 0o077;

/** `directory`: No Wing's own. */
export function createTokenFiles(directory: string, platform = process.platform): TokenFiles {
  const broker = join(directory, 'broker');
  const tokens = join(broker, 'tokens');
  const path = (clientId: string): string => join(tokens, clientId);
  return {
    path,
    write(clientId, apiKey) {
      try {
        for (const folder of [broker, tokens]) ownFolder(folder, platform);
        replaceFile(path(clientId), apiKey);
      } catch (error) {
        throw unwritable(tokens, error);
      }
    },
    look: clientId => look(path(clientId), platform),
    remove: clientId => removeFile(path(clientId)),
  };
}

/**
 * One API key in a file of a folder that is there for it, whoever its client is: for a process that looks for it in a
 * place which was agreed on before.
 */
export function createTokenFile(folder: string, platform = process.platform): TokenFiles {
  const path = join(folder, 'token');
  return {
    path: () => path,
    write(_clientId, apiKey) {
      try {
        ownFolder(folder, platform);
        replaceFile(path, apiKey);
      } catch (error) {
        throw unwritable(folder, error);
      }
    },
    look: () => look(path, platform),
    remove: () => removeFile(path),
  };
}

/** @throws when it is a link, somebody else's, or open to others. */
function ownFolder(folder: string, platform: NodeJS.Platform): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const found = lstatSync(folder);
  const isOurs = found.isDirectory() && (platform === 'win32' || isPrivate(found));
  if (!isOurs) throw new Error(`${folder} is not a folder of this user alone`);
}

/** This user's, and open to nobody else. Not for Windows, where the mode says nothing. */
export function isPrivate({ mode, uid }: { mode: number; uid: number }): boolean {
  return (mode & NOT_OURS) === 0 && uid === process.getuid?.();
}

function replaceFile(path: string, apiKey: Secret): void {
  const temporary = `${path}.${randomBytes(4).toString('hex')}`;
  try {
    writeNew(temporary, apiKey.reveal());
    if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) moveAside(path);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

function writeNew(path: string, text: string): void {
  // Not on Windows, which has no O_NOFOLLOW; O_EXCL follows no link anyway.
  const file = openSync(path, O_CREAT | O_EXCL | O_WRONLY | (O_NOFOLLOW ?? 0), 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Not emptied: what is in it is not ours. */
function moveAside(path: string): void {
  renameSync(path, `${path}.aside-${randomBytes(4).toString('hex')}`);
}

function look(path: string, platform: NodeJS.Platform): TokenFileState {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found) return 'missing';
  if (!found.isFile() || found.nlink > 1) return 'exposed';
  return platform === 'win32' || isPrivate(found) ? 'fine' : 'exposed';
}

/** Its key is void by now: whatever keeps the file from going, it does no harm. */
function removeFile(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    return;
  }
}

function unwritable(folder: string, cause: unknown): UserError {
  return new UserError('broker.tokenFile', 'No Wing could not write the file that an API key lies in.', {
    hint: `Check that the folder is yours alone and that the disk has room: ${folder}`,
    cause,
  });
}
