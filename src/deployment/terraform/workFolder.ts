/**
 * The private folder of one deployment: its snapshot, the tool's data, the plan, and after the order what is needed to
 * know how it went. It is found by the deployment's id alone, so no record can lead to another one.
 */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { startOf } from '../../base/runningProcess.ts';
import { errorName } from '../../base/userError.ts';
import { privateFolder } from '../../broker/identityFiles.ts';
import { bytesOf } from './project.ts';
import type { TerraformSource } from './terraformSource.ts';

export interface WorkFolder {
  readonly path: string;
  /** Of the snapshot. */
  readonly source: string;
  readonly data: string;
  readonly plan: string;
  /** The key of the private broker. */
  readonly token: string;
  /** Of the apply, one JSON value in each line. */
  readonly log: string;
  readonly errors: string;
}

export function allWork(directory: string): string {
  return join(directory, 'terraform', 'work');
}

/** @throws Error for an id that is not ours: it becomes a part of a path. */
export function workFolderOf(directory: string, deploymentId: string): WorkFolder {
  if (!/^[\w-]{1,64}$/.test(deploymentId)) throw new Error(`Not an id of a deployment: ${deploymentId}`);
  const path = join(allWork(directory), deploymentId);
  return {
    path,
    source: join(path, 'source'),
    data: join(path, 'data'),
    plan: join(path, 'plan'),
    token: join(path, 'token'),
    log: join(path, 'apply.jsonl'),
    errors: join(path, 'errors.txt'),
  };
}

export function rootOf({ source }: WorkFolder, { root }: Pick<TerraformSource, 'root'>): string {
  return root === '' ? source : join(source, ...root.split('/'));
}

export function writeSnapshot(folder: WorkFolder, { files }: Pick<TerraformSource, 'files'>): void {
  privateFolder(folder.path);
  for (const file of files) {
    if (!isBelow(file.path)) throw new Error(`Not a path of a snapshot: ${file.path}`);
    const path = join(folder.source, ...file.path.split('/'));
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(path, bytesOf(file), { mode: 0o600, flag: 'wx' });
  }
}

/** A snapshot comes from the store as well, which other programs of this user can write. */
export function isBelow(path: string): boolean {
  return path !== '' && path.split('/').every(part => !/^\.{0,2}$/.test(part) && !/[\\:\0]/.test(part));
}

export const Process = v.object({ processId: v.number(), processStart: v.exactOptional(v.string()) });
export type Process = v.InferOutput<typeof Process>;

/**
 * On the disk before the process is started, and only once. That it is there says that nothing may be started any more;
 * nothing in it is ever read, since other programs of this user can write it.
 * @returns false when it was there already.
 */
export function markOrdered(folder: WorkFolder, at: number): boolean {
  return writeOnce(join(folder.path, 'order.json'), JSON.stringify({ at }));
}

export function isOrdered(folder: WorkFolder): boolean {
  return readText(join(folder.path, 'order.json')) !== undefined;
}

export function markProcess(folder: WorkFolder, processId: number): void {
  const processStart = startOf(processId);
  writeOnce(
    join(folder.path, 'process.json'),
    JSON.stringify({ processId, ...(processStart === undefined ? {} : { processStart }) }),
  );
}

export function processIn(folder: WorkFolder): Process | undefined {
  return readAs(join(folder.path, 'process.json'), Process);
}

export function markStopping(folder: WorkFolder): void {
  writeOnce(join(folder.path, 'stop.json'), '{}');
}

export function isStopping(folder: WorkFolder): boolean {
  return readText(join(folder.path, 'stop.json')) !== undefined;
}

/** The name that no other program can know before: the plan as it is applied. */
export function newPlanCopy({ plan }: WorkFolder): string {
  return `${plan}-${randomBytes(16).toString('hex')}`;
}

/** Of a plan of this folder, or of its copy. */
export function isPlanOf({ plan }: WorkFolder, path: string): boolean {
  return path.startsWith(plan) && /^(?:-[0-9a-f]{32})?$/.test(path.slice(plan.length));
}

/** Everything, or after an order all that holds secrets: the plan, the snapshot, the tool's data. */
export function removeWork(folder: WorkFolder, what: 'all' | 'secrets'): void {
  const plans = what === 'all' ? [] : pathsIn(folder.path).filter(path => isPlanOf(folder, path));
  const paths = what === 'all' ? [folder.path] : [folder.source, folder.data, ...plans];
  for (const path of paths) rmSync(path, { recursive: true, force: true });
}

/** Of a broker whose window is gone: it opens nothing any more, and is a secret all the same. */
export function removeToken({ token }: WorkFolder): void {
  rmSync(token, { force: true });
}

function pathsIn(folder: string): string[] {
  try {
    return readdirSync(folder).map(name => join(folder, name));
  } catch (error) {
    if (errorName(error) === 'ENOENT') return [];
    throw error;
  }
}

function writeOnce(path: string, text: string): boolean {
  try {
    const file = openSync(path, 'wx', 0o600);
    try {
      writeSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    return true;
  } catch (error) {
    if (errorName(error) === 'EEXIST') return false;
    throw error;
  }
}

export function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (errorName(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** One that was cut off by a power failure is as good as none. */
function readAs<T>(path: string, schema: v.GenericSchema<unknown, T>): T | undefined {
  const text = readText(path);
  if (text === undefined) return undefined;
  try {
    return v.parse(schema, JSON.parse(text));
  } catch {
    return undefined;
  }
}
