// A child process that cannot outlive us, not even when we are killed with SIGKILL: it leads a process group
// of its own, and a guard beside it, which waits for the end of a pipe we hold, kills that group when we are gone.
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { searchBeforeRemoval } from './secretSearch.ts';

export interface OwnedProcess {
  readonly child: ChildProcess;
  /** Settles when the process has ended; never rejects. */
  readonly ended: Promise<Ending>;
  /** To the process and everything it has started. */
  signal(name: NodeJS.Signals): void;
  /** Asks, waits up to `graceMs`, then kills the whole group. Also removes `scratch`. */
  stop(graceMs?: number): Promise<void>;
}

export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly error?: Error;
}

export interface OwnedOptions extends Pick<SpawnOptions, 'cwd' | 'env' | 'stdio'> {
  /** A folder that ends with the process. */
  readonly scratch?: string;
}

export function startOwned(
  command: string,
  args: readonly string[],
  options: OwnedOptions = {},
): OwnedProcess {
  const { scratch, ...spawnOptions } = options;
  const child = spawn(command, args, { ...spawnOptions, detached: process.platform !== 'win32' });
  const ended = endOf(child);
  const guard = child.pid === undefined ? undefined : startGuard(child.pid, scratch);
  const signal = (name: NodeJS.Signals) => signalGroup(child, name);
  return {
    child,
    ended,
    signal,
    async stop(graceMs = 4000) {
      signal('SIGTERM');
      await within(graceMs, ended);
      signal('SIGKILL');
      await ended;
      guard?.kill('SIGKILL');
      if (scratch) await removeFolder(scratch);
    },
  };
}

/** Deletes a folder whose last writers may still be on their way out. */
export async function removeFolder(folder: string): Promise<void> {
  await searchBeforeRemoval(folder);
  await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}

/** Waits for `work`, but no longer than `ms`; tells whether it was done in time. */
export async function within(ms: number, work: Promise<unknown>): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<false>();
  const timer = setTimeout(() => resolve(false), ms);
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}

async function endOf(child: ChildProcess): Promise<Ending> {
  try {
    const [code, signal] = await once(child, 'exit');
    return { code, signal };
  } catch (error) {
    return { code: null, signal: null, error: error instanceof Error ? error : new Error(String(error)) };
  }
}

function signalGroup(child: ChildProcess, name: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  if (process.platform === 'win32') return void child.kill(name);
  try {
    process.kill(-child.pid, name);
  } catch {
    // No such group: everything in it has ended already.
  }
}

// The second `rm` is for processes outside the group, such as a browser, that notice our end a moment later.
const guardScript =
  'cat >/dev/null; kill -s KILL -- "-$1" 2>/dev/null; [ -z "$2" ] || { rm -rf "$2"; sleep 2; rm -rf "$2"; }';

function startGuard(pid: number, scratch = ''): ChildProcess | undefined {
  if (process.platform === 'win32') return undefined;
  const guard = spawn('sh', ['-c', guardScript, 'guard', String(pid), scratch], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  guard.unref();
  // The pipe must not keep us alive either; its end is the signal.
  if (guard.stdin && 'unref' in guard.stdin && typeof guard.stdin.unref === 'function') guard.stdin.unref();
  return guard;
}
