/** Processes by their number. The system gives a number again; on Linux, when a process began tells it from a later one. */
import { readFileSync } from 'node:fs';
import { errorName } from './userError.ts';

export interface KnownProcess {
  readonly processId: number;
  /** As `startOf` told it; undefined where it tells nothing. */
  readonly processStart?: string | undefined;
}

/** Is it there, and still the one that was known? */
export function isStillRunning({ processId, processStart }: KnownProcess): boolean {
  return isRunning(processId) && (processStart === undefined || startOf(processId) === processStart);
}

/** Also one of another user's. */
export function isRunning(processId: number): boolean {
  try {
    return process.kill(processId, 0);
  } catch (error) {
    return errorName(error) === 'EPERM';
  }
}

/** In which run of the system, and when in it: proc(5), `starttime`. @returns undefined elsewhere, or when it is gone. */
export function startOf(processId: number): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
    const stat = readFileSync(`/proc/${processId}/stat`, 'latin1');
    // The name stands in parentheses and may hold some itself; the state, the third field, follows the last one.
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[22 - 3];
    return ticks === undefined ? undefined : `${boot} ${ticks}`;
  } catch {
    return undefined;
  }
}
