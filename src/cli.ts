/** The composition root of the `no-wing` command: looks at the process it is in, wires, and ends as it should. */
import { realpathSync } from 'node:fs';
import { constants, homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { styleText } from 'node:util';
import { linuxAncestors } from './cli/ancestors.ts';
import { type Ending, type Program, runProgram } from './cli/run.ts';
import { dataDirectory } from './store/dataDirectory.ts';

void runProgram(program(), process.argv.slice(2)).then(end);

function program(): Program {
  const { env, platform, stdout, stderr } = process;
  // The reader of a pipe may have gone: then there is nobody to tell.
  for (const stream of [stdout, stderr]) stream.on('error', () => process.exit(1));
  return {
    version: process.env['NO_WING_VERSION'] ?? 'unreleased',
    here: {
      env,
      platform,
      cwd: workingFolder(),
      directory: dataDirectory(),
      dist: dirname(realpathSync(process.argv[1] ?? '')),
      ancestors: () => (platform === 'linux' ? linuxAncestors(process.ppid) : []),
      outputIsTerminal: stdout.isTTY === true,
      paint: (style, text) => styleText(style, text, { stream: stdout }),
      announce: text => void stdout.write(`${text}\n`),
      now: Date.now,
    },
    async openFeatures(workspace, { directory, dist, log }) {
      const { createFeatures } = await import('./features.ts');
      return createFeatures({
        directory,
        keychainWorker: join(dist, 'keychainWorker.cjs'),
        trailWorker: join(dist, 'trailWorker.cjs'),
        log,
        endpointUrl: () => '',
        keychainBackend: () => 'auto',
        workspace: () => workspace,
      });
    },
    print: text => new Promise(resolve => stdout.write(`${text}\n`, () => resolve())),
    tell: text => void stderr.write(`${text}\n`),
  };
}

function workingFolder(): string {
  try {
    return process.cwd();
  } catch {
    // It was removed under us.
    return homedir();
  }
}

/** As a shell would see the command itself end. Node ignores SIGPIPE and has a use of its own for SIGUSR1. */
function end({ exitCode, signal }: Ending): void {
  if (signal === undefined) process.exit(exitCode);
  if (signal !== 'SIGPIPE' && signal !== 'SIGUSR1') process.kill(process.pid, signal);
  // Not reached when the signal is one that ends a process: it has come by then.
  setTimeout(() => process.exit(128 + constants.signals[signal]), SIGNAL_MS);
}

const SIGNAL_MS = 200;
