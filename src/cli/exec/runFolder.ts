/** A folder for what lives as long as this process. What a killed process left is removed by the next one. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Disposable } from '../../base/disposables.ts';
import { isRunning } from '../../base/runningProcess.ts';
import { errorName } from '../../base/userError.ts';
import { privateFolder } from '../../broker/identityFiles.ts';

export interface RunFolder extends Disposable {
  readonly path: string;
}

/**
 * @param directory No Wing's own.
 * @param agent for whom this process runs something: whoever is below it is told from a person by that.
 * @throws the file system's error.
 */
export function openRunFolder(directory: string, agent: string): RunFolder {
  const all = join(directory, FOLDER);
  privateFolder(all);
  for (const name of readdirSync(all)) if (isLeft(name)) remove(join(all, name));
  const path = mkdtempSync(join(all, `${process.pid}-`));
  writeFileSync(join(path, AGENT), agent, { mode: 0o600 });
  const atExit = (): void => remove(path);
  process.once('exit', atExit);
  return {
    path,
    dispose() {
      process.off('exit', atExit);
      remove(path);
    },
  };
}

const FOLDER = 'run';
const AGENT = 'agent';

/** The agents that processes run something for now, by the id of the process. */
export function runningAgents(directory: string): ReadonlyMap<number, string> {
  const all = join(directory, FOLDER);
  const found = names(all).map(name => [processOf(name), text(join(all, name, AGENT))] as const);
  return new Map(found.filter((entry): entry is [number, string] => entry[1] !== undefined));
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function text(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function processOf(name: string): number {
  return Number(/^(\d+)-/.exec(name)?.[1] ?? 0);
}

function isLeft(name: string): boolean {
  const processId = processOf(name);
  return processId > 0 && processId !== process.pid && !isRunning(processId);
}

/** What cannot be removed now holds a key that opens nothing any more. */
function remove(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch (error) {
    if (errorName(error) === 'TypeError') throw error;
  }
}
