/**
 * Runs a program that was not written by us: without a shell, in a group of its own that ends with it, within a time, and
 * with no more of its output kept than a person reads.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { throwIfCancelled } from '../../base/cancellation.ts';
import { SECOND } from '../../base/clock.ts';

export interface ToolRun {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** All of it: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** From the polite signal to the one that nobody refuses. */
  readonly graceMs?: number;
  readonly signal: AbortSignal;
}

export interface ToolEnd {
  /** `timedOut`: it was ended for that. */
  readonly kind: 'exited' | 'timedOut';
  /** Undefined when a signal ended it. */
  readonly exitCode: number | undefined;
  /** The ends of what it wrote to its output and to its errors. */
  readonly output: string;
  readonly errors: string;
}

const GRACE_MS = 3 * SECOND;
/** Somebody who left the group may hold its output open for ever. */
const DRAIN_MS = 500;

/** @throws Cancelled once it has ended; the system's error when it cannot be started. */
export async function runTool(run: ToolRun): Promise<ToolEnd> {
  const { program, args, cwd, env, timeoutMs, graceMs = GRACE_MS, signal } = run;
  throwIfCancelled(signal);
  const isWindows = process.platform === 'win32';
  const child = spawn(program, args, {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: !isWindows,
    windowsHide: true,
  });
  const [output, errors] = [tailOf(child.stdout), tailOf(child.stderr)];
  const ending = endingOf(child, isWindows, graceMs);
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    ending.begin();
  }, timeoutMs);
  signal.addEventListener('abort', ending.begin, { once: true });
  try {
    const exitCode = await exitOf(child);
    throwIfCancelled(signal);
    return { kind: timedOut ? 'timedOut' : 'exited', exitCode, output: output(), errors: errors() };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', ending.begin);
    ending.finish();
  }
}

function exitOf(child: ChildProcess): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', code => {
      const drained = setTimeout(() => close(child), DRAIN_MS);
      child.once('close', () => {
        clearTimeout(drained);
        resolve(code ?? undefined);
      });
    });
  });
}

function close(child: ChildProcess): void {
  child.stdout?.destroy();
  child.stderr?.destroy();
}

function endingOf(child: ChildProcess, isWindows: boolean, graceMs: number) {
  let grace: NodeJS.Timeout | undefined;
  return {
    begin(): void {
      killGroup(child, 'SIGTERM', isWindows);
      grace = setTimeout(() => killGroup(child, 'SIGKILL', isWindows), graceMs);
    },
    /** What it left running in its group does not outlive it. */
    finish(): void {
      clearTimeout(grace);
      killGroup(child, 'SIGKILL', isWindows);
    },
  };
}

function killGroup({ pid }: ChildProcess, signal: NodeJS.Signals, isWindows: boolean): void {
  if (pid === undefined) return;
  if (isWindows) {
    spawn('taskkill', ['/pid', String(pid), '/T', '/F'], { stdio: 'ignore', windowsHide: true }).on(
      'error',
      () => undefined,
    );
    return;
  }
  try {
    process.kill(-pid, signal);
  } catch {
    // All of them have ended.
  }
}

const TAIL_BYTES = 16 * 1024;

/** Whatever it writes is read, so that it never waits for us; only the end is kept. */
function tailOf(stream: Readable): () => string {
  let tail = Buffer.alloc(0);
  stream.on('data', (chunk: Buffer) => {
    tail = Buffer.concat([tail, chunk]).subarray(-TAIL_BYTES);
  });
  return () => tail.toString('utf8');
}
