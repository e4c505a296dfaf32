/** Runs the tool to its end and gives back what it said. Broken off, it is interrupted as Ctrl+C does, so that it unlocks. */
import { spawn } from 'node:child_process';
import { Cancelled, throwIfCancelled } from '../../base/cancellation.ts';
import { UserError } from '../../base/userError.ts';
import type { FoundTool } from './tool.ts';

export interface ToolRun {
  readonly tool: FoundTool;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

export interface ToolEnd {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A plan of thousands of resources is some ten megabytes. */
const MOST_BYTES = 256 * 1024 * 1024;

export type RunTool = (run: ToolRun) => Promise<ToolEnd>;

/** @throws Cancelled; UserError `terraform.notStarted`, `terraform.tooMuch` */
export const runTool: RunTool = async run => {
  throwIfCancelled(run.signal);
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const child = spawn(run.tool.path, run.args, {
    cwd: run.cwd,
    env: run.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: a Ctrl+C in the terminal of the command line is passed on once, by us.
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  const interrupt = (): void => void child.kill('SIGINT');
  run.signal.addEventListener('abort', interrupt, { once: true });
  const [stdout, stderr] = [collect(child.stdout, reject), collect(child.stderr, reject)];
  child.on('error', error => reject(notStarted(run.tool, error)));
  child.on('close', exitCode => resolve(exitCode ?? 1));
  try {
    const exitCode = await promise;
    if (run.signal.aborted) throw new Cancelled();
    return { exitCode, stdout: stdout(), stderr: stderr() };
  } finally {
    run.signal.removeEventListener('abort', interrupt);
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGINT');
  }
};

function collect(stream: NodeJS.ReadableStream, reject: (error: Error) => void): () => string {
  const chunks: Buffer[] = [];
  let bytes = 0;
  stream.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) reject(tooMuch());
    else chunks.push(chunk);
  });
  return () => Buffer.concat(chunks).toString('utf8');
}

export function notStarted({ path }: FoundTool, cause: unknown): UserError {
  return new UserError('terraform.notStarted', `${path} could not be started. Nothing was changed.`, {
    hint: 'Check the path in the settings, and that it is a program for this computer.',
    cause,
  });
}

function tooMuch(): UserError {
  return new UserError('terraform.tooMuch', 'The plan is too large for No Wing to show it.', {
    hint: 'Divide the configuration into smaller ones. Nothing was changed.',
  });
}
