// How long a shell waits for the `no-wing` command: whole processes, one after the other, each beside its reference.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { answerOf, noWing, openTerminal, run, serve, type Terminal } from '../cli/terminal.ts';
import { type Bench, median, type Row } from './harness/row.ts';

export const bench: Bench = {
  names: ['credentials', 'credentials-alone', 'exec'],
  needs: ['moto', 'keyring'],
  run: measure,
};

const RUNS = 15;

async function measure(): Promise<Row[]> {
  const terminal = await openTerminal();
  try {
    const alone = await times(RUNS, [ownCommand(terminal, 'credentials')]);
    await serve(terminal);
    return [...(await served(terminal)), { ...ROW, name: 'credentials-alone', value: figure(alone, 0) }];
  } finally {
    await terminal.close();
  }
}

const ROW = { unit: 'ms' } as const;

async function served(terminal: Terminal): Promise<Row[]> {
  // The AWS CLI has the same session in a file, so that it need not ask anybody: what it takes is its own time.
  const env = { ...terminal.env, AWS_SHARED_CREDENTIALS_FILE: await credentialsFile(terminal) };
  const aws = await awsCommand(env);
  const node: Command = { program: process.execPath, args: ['-e', '0'], env };
  const commands = [
    ownCommand(terminal, 'credentials'),
    aws,
    ownCommand(terminal, 'exec', '--', 'true'),
    node,
  ];
  const measured = await times(RUNS, commands);
  const [credentials, reference, exec, start] = commands.map((_, index) => figure(measured, index));
  return [
    {
      ...ROW,
      name: 'credentials',
      value: credentials ?? Number.NaN,
      reference: ['aws', ...aws.args].join(' '),
      referenceValue: reference ?? Number.NaN,
      ratio: (credentials ?? Number.NaN) / (reference ?? Number.NaN),
      target: { of: 'ratio', atMost: 0.333 },
    },
    {
      ...ROW,
      name: 'exec',
      value: exec ?? Number.NaN,
      reference: 'node -e 0',
      referenceValue: start ?? Number.NaN,
      target: { atMost: 150 },
    },
  ];
}

interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Record<string, string>;
}

function ownCommand({ cli, env }: Terminal, ...args: string[]): Command {
  return { program: process.execPath, args: [cli, ...args], env };
}

function figure(all: readonly number[][], index: number): number {
  return median(all[index] ?? []);
}

/** Interleaved, so that whatever else the machine does falls on all of them. Milliseconds, by command. */
async function times(runs: number, commands: readonly Command[]): Promise<number[][]> {
  const all = commands.map((): number[] => []);
  for (let run = 0; run <= runs; run += 1) {
    for (const [index, command] of commands.entries()) {
      const ms = await timed(command);
      // The first of each warms the file cache.
      if (run > 0) all[index]?.push(ms);
    }
  }
  return all;
}

/** Not `spawnSync`: the window that is asked lives in this process. */
async function timed({ program, args, env }: Command): Promise<number> {
  const start = performance.now();
  const child = spawn(program, args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = await once(child, 'exit');
  const ms = performance.now() - start;
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}`);
  return ms;
}

async function credentialsFile(terminal: Terminal): Promise<string> {
  const answer = answerOf(await noWing(terminal, ['credentials']));
  const lines = [
    '[default]',
    `aws_access_key_id = ${answer['AccessKeyId']}`,
    `aws_secret_access_key = ${answer['SecretAccessKey']}`,
    `aws_session_token = ${answer['SessionToken']}`,
  ];
  const file = join(terminal.computer.folder, 'credentials');
  writeFileSync(file, lines.join('\n'), { mode: 0o600 });
  return file;
}

/** Version 1 cannot export credentials; its `configure list` gets them in the same way, and shows their last letters. */
async function awsCommand(env: Record<string, string>): Promise<Command> {
  const program = awsProgram();
  const exporting: Command = { program, args: ['configure', 'export-credentials'], env };
  const { code } = await run(program, exporting.args, { env });
  return code === 0 ? exporting : { program, args: ['configure', 'list'], env };
}

/** The program itself, not a version manager's script in front of it. `NO_WING_AWS` names another. */
function awsProgram(): string {
  const { status, stdout } = spawnSync('pyenv', ['which', 'aws'], { encoding: 'utf8' });
  return process.env['NO_WING_AWS'] ?? (status === 0 ? stdout.trim() : 'aws');
}
