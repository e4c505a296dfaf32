/** Forks the keychain worker. Secrets travel over the IPC channel only: never in arguments, environment or output. */
import { fork } from 'node:child_process';
import type { Log } from '../../base/log.ts';
import { redact } from '../../base/redact.ts';
import { errorMessage } from '../../base/userError.ts';
import type { StartWorker } from './workerConnection.ts';

export interface ForkWorkerInput {
  /** `dist/keychainWorker.cjs`. */
  readonly path: string;
  readonly env: NodeJS.ProcessEnv;
  readonly log: Pick<Log, 'debug'>;
}

export function forkWorker({ path, env, log }: ForkWorkerInput): StartWorker {
  return ({ onMessage, onEnd }) => {
    // Without `execArgv: []` it would inherit the debugger's options, and with them its open port.
    const child = fork(path, [], {
      execArgv: [],
      env: workerEnv(env),
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    child.on('message', onMessage);
    child.on('error', error => onEnd(errorMessage(error)));
    child.on('exit', (code, signal) => onEnd(`it ended with ${signal ?? code}`));
    child.stderr
      ?.setEncoding('utf8')
      .on('data', (text: string) => log.debug(`keychain worker: ${redact(text)}`));
    return {
      // A message that cannot be sent means that the worker is ending, and 'exit' says so.
      post: request => void child.send(request, () => undefined),
      kill: () => void child.kill('SIGKILL'),
    };
  };
}

/** The keychain needs the desktop's variables; nobody's credentials, and nothing that makes Node load or open more. */
function workerEnv(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(AWS|NODE|VSCODE)_/i.test(name)));
}
