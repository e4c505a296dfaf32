/**
 * A tool's configuration file: read as it lies there, written so that it is the old text or the new one at any moment, with
 * the mode, the owner and the place it had. A link is followed, and what it leads to is what a person is told.
 */

import { randomUUID } from 'node:crypto';
import * as nodeFs from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { errorName, UserError } from '../../base/userError.ts';

export type FileSystem = Pick<
  typeof nodeFs,
  | 'chownSync'
  | 'closeSync'
  | 'fchmodSync'
  | 'fsyncSync'
  | 'lstatSync'
  | 'mkdirSync'
  | 'openSync'
  | 'readFileSync'
  | 'realpathSync'
  | 'renameSync'
  | 'rmSync'
  | 'writeFileSync'
>;

export interface ConfigFile {
  /** The name by which the tool knows it. */
  readonly path: string;
  /** Where it really lies. */
  readonly target: string;
  /** Undefined when there is none. */
  readonly text: string | undefined;
  readonly mode: number;
}

/** Only this user's, like every file of ours. */
const NEW_MODE = 0o600;
const LARGEST_BYTES = 4 * 1024 * 1024;

/** @throws UserError `agent.file` when it is no file of this user's, is no text, or cannot be read. */
export function readConfig(path: string, fs: FileSystem = nodeFs): ConfigFile {
  try {
    const link = fs.lstatSync(path, { throwIfNoEntry: false });
    if (!link) return { path, target: path, text: undefined, mode: NEW_MODE };
    const target = fs.realpathSync(path);
    const stat = fs.lstatSync(target);
    if (!stat.isFile()) throw unusable(path, target, 'is not a file');
    if (process.getuid && stat.uid !== process.getuid())
      throw unusable(path, target, 'belongs to somebody else');
    if (stat.size > LARGEST_BYTES) throw unusable(path, target, 'is too large for a configuration file');
    return { path, target, text: decoded(fs.readFileSync(target), path, target), mode: stat.mode & 0o777 };
  } catch (error) {
    throw error instanceof UserError
      ? error
      : unusable(path, path, `cannot be read (${errorName(error)})`, error);
  }
}

/** @throws UserError `agent.fileChanged` when it is not as it was read; `agent.file`. Then nothing is written. */
export function writeConfig(file: ConfigFile, text: string, fs: FileSystem = nodeFs): void {
  const folder = dirname(file.target);
  const next = join(folder, `.${basename(file.target)}.${randomUUID().slice(0, 8)}`);
  try {
    if (file.text === undefined) fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeNew(next, text, file.mode, fs);
    mustBeAsRead(file, fs);
    keepGroup(file, next, fs);
    fs.renameSync(next, file.target);
  } catch (error) {
    fs.rmSync(next, { force: true });
    throw error instanceof UserError ? error : notWritten(file, error);
  }
}

/** @throws UserError `agent.fileChanged` when it is not as it was read; `agent.file`. */
export function removeConfig(file: ConfigFile, fs: FileSystem = nodeFs): void {
  mustBeAsRead(file, fs);
  try {
    fs.rmSync(file.target);
  } catch (error) {
    throw notWritten(file, error);
  }
}

/** The name is new, so nothing that lies there already, and no link, is written to. */
function writeNew(path: string, text: string, mode: number, fs: FileSystem): void {
  const { O_CREAT, O_EXCL, O_WRONLY, O_NOFOLLOW = 0 } = nodeFs.constants;
  const handle = fs.openSync(path, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW, NEW_MODE);
  try {
    fs.writeFileSync(handle, text);
    fs.fchmodSync(handle, mode);
    fs.fsyncSync(handle);
  } finally {
    fs.closeSync(handle);
  }
}

/** What the mode gives to the group, it gives to the group it was given to. @throws when that cannot be kept. */
function keepGroup(file: ConfigFile, next: string, fs: FileSystem): void {
  if (file.text === undefined || process.platform === 'win32') return;
  const { uid, gid } = fs.lstatSync(file.target);
  if (fs.lstatSync(next).gid !== gid) fs.chownSync(next, uid, gid);
}

function mustBeAsRead(file: ConfigFile, fs: FileSystem): void {
  const now = readConfig(file.path, fs);
  if (now.text === file.text && now.target === file.target) return;
  throw new UserError('agent.fileChanged', `${file.path} was changed meanwhile. Nothing was written.`, {
    hint: 'Look at the change again.',
  });
}

function decoded(bytes: Buffer, path: string, target: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw unusable(path, target, 'is not text in UTF-8', error);
  }
}

function unusable(path: string, target: string, why: string, cause?: unknown): UserError {
  const where = path === target ? path : `${path}, which leads to ${target},`;
  return new UserError('agent.file', `${where} ${why}. Nothing was written.`, {
    hint: 'Correct that, and set the agent up again.',
    ...(cause === undefined ? {} : { cause }),
  });
}

function notWritten({ path, target }: ConfigFile, cause: unknown): UserError {
  return unusable(path, target, `could not be written (${errorName(cause)})`, cause);
}
