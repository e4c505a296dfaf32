/** Is the process of an apply still there? Known by its number and its start; found again by its plan's path on Linux. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { SECOND } from '../../base/clock.ts';
import { isStillRunning } from '../../base/runningProcess.ts';
import { isPlanOf, markProcess, type Process, processIn, type WorkFolder } from './workFolder.ts';

/** Where a process cannot be looked for, a log that has been silent for so long is one nobody writes to. */
const SILENCE_MS = 60 * SECOND;

export function applyProcess(folder: WorkFolder): Process | undefined {
  const known = processIn(folder);
  if (known !== undefined) return isThere(known) ? known : undefined;
  // Killed between its start and the note of it.
  const found = processWith(argument => isPlanOf(folder, argument));
  if (found === undefined) return undefined;
  markProcess(folder, found);
  return processIn(folder);
}

export function isApplying(folder: WorkFolder, now: number): boolean {
  if (applyProcess(folder) !== undefined) return true;
  return (
    processIn(folder) === undefined && process.platform !== 'linux' && now - lastWritten(folder) < SILENCE_MS
  );
}

/** One that has ended and that nobody has waited for is still in the list of processes. */
function isThere(known: Process): boolean {
  return isStillRunning(known) && stateOf(known.processId) !== 'Z';
}

function stateOf(processId: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${processId}/stat`, 'latin1');
    return stat.charAt(stat.lastIndexOf(')') + 2);
  } catch {
    return undefined;
  }
}

function processWith(isOurs: (argument: string) => boolean): number | undefined {
  if (process.platform !== 'linux') return undefined;
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number)
    .find(processId => argumentsOf(processId).some(isOurs) && stateOf(processId) !== 'Z');
}

function argumentsOf(processId: number): string[] {
  try {
    const [, verb, ...rest] = readFileSync(`/proc/${processId}/cmdline`, 'utf8').split('\0');
    return verb === 'apply' ? rest : [];
  } catch {
    return [];
  }
}

function lastWritten({ log, path }: WorkFolder): number {
  try {
    return statSync(log).mtimeMs;
  } catch {
    return statSync(path).mtimeMs;
  }
}
