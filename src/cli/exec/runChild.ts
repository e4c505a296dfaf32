/** Runs a program with our input, output and terminal, and tells how it ended. */
import { spawn } from 'node:child_process';
import { UserError } from '../../base/userError.ts';
import type { SignalRelay } from './relaySignals.ts';

export type ChildEnd =
  | { readonly exitCode: number }
  | { readonly exitCode: number; readonly signal: NodeJS.Signals };

/** @throws UserError `cli.notFound`, `cli.notExecutable` */
export function runChild(
  [program = '', ...args]: readonly string[],
  env: Record<string, string>,
  signals: Pick<SignalRelay, 'attach'>,
): Promise<ChildEnd> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, stdio: 'inherit' });
    child.on('error', error => child.pid === undefined && reject(notStarted(program, error)));
    child.on('exit', (exitCode, signal) =>
      resolve(signal === null ? { exitCode: exitCode ?? 1 } : { exitCode: 1, signal }),
    );
    signals.attach(signal => void child.kill(signal));
  });
}

function notStarted(program: string, error: Error & { code?: string }): UserError {
  if (error.code === 'ENOENT')
    return new UserError('cli.notFound', `There is no program ${JSON.stringify(program)}.`, {
      hint: 'Check its name, the PATH, and that this folder is still there.',
      cause: error,
    });
  return new UserError('cli.notExecutable', `${JSON.stringify(program)} could not be started.`, {
    hint: `The system says: ${error.code ?? error.message}.`,
    cause: error,
  });
}
