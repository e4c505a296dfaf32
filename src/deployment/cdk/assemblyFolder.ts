/** A folder for one cloud assembly, for this user alone. What a killed window left is removed by the next one. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Disposable } from '../../base/disposables.ts';
import { isRunning } from '../../base/runningProcess.ts';
import { privateFolder } from '../../broker/identityFiles.ts';

export interface AssemblyFolder extends Disposable {
  readonly path: string;
  /** In it, empty: for the assembly itself. */
  readonly assembly: string;
}

/** @param directory No Wing's own. @throws the file system's error. */
export function openAssemblyFolder(directory: string): AssemblyFolder {
  const all = join(directory, 'cdk');
  privateFolder(all);
  for (const name of readdirSync(all)) if (isLeft(name)) remove(join(all, name));
  const path = mkdtempSync(join(all, `${process.pid}-`));
  const assembly = join(path, 'assembly');
  mkdirSync(assembly, { mode: 0o700 });
  return { path, assembly, dispose: () => remove(path) };
}

function isLeft(name: string): boolean {
  const processId = Number(/^(\d+)-/.exec(name)?.[1] ?? 0);
  return processId > 0 && processId !== process.pid && !isRunning(processId);
}

/** What cannot be removed now is removed by the next. */
function remove(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true, maxRetries: 2 });
  } catch {
    return;
  }
}
