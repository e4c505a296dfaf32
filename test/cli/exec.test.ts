/** `no-wing exec` as a real process: whose calls its command makes, what it finds around it, and how both end. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { waitFor } from '../setup/waitFor.ts';
import { inPty } from './inPty.ts';
import { assertRefused, noWing, type Output, openTerminal, serve, type Terminal } from './terminal.ts';

let terminal: Terminal;
before(async () => {
  terminal = await openTerminal();
});
after(() => terminal.close());

const exec = (command: readonly string[], env: Record<string, string> = {}, input = ''): Promise<Output> =>
  noWing(terminal, ['exec', '--as', 'copilot', '--', ...command], {
    env: { ...terminal.env, ...env },
    input,
  });

const runFolders = (): string[] => readdirSync(join(terminal.directory, 'run'));

const CALL = ['aws', 'sts', 'get-caller-identity', '--output', 'text'];

async function assertCallsAreCopilots(): Promise<void> {
  const { alice } = terminal.computer.aws.world;
  const env = { AWS_ACCESS_KEY_ID: alice.accessKeyId, AWS_SECRET_ACCESS_KEY: alice.secretAccessKey };
  const { stdout, stderr } = await exec(CALL, { ...env, AWS_PROFILE: 'alice' });
  assert.match(stdout, /assumed-role\/no-wing-agent\/no-wing-copilot-/, stderr);
}

describe('calls of the command', () => {
  it("are the agent's, whatever of the user's is in the environment", () => assertCallsAreCopilots());

  it("are the agent's with a window that serves, too", async () => {
    await serve(terminal);
    await assertCallsAreCopilots();
  });

  it('fail with the reason when there is no session for the agent', async () => {
    const env = terminal.elsewhere('alone');
    const { features, copilot } = await aloneWithProduction();
    const output = await noWing(terminal, ['exec', '--as', copilot.name, '--', ...CALL], { env });
    features.dispose();
    assertRefused(output, 3, /production/);
  });

  it('are no reason to start a session before there is one', async () => {
    const count = async () => (await terminal.computer.aws.control.requests())['sts']?.['AssumeRole'];
    const before = await count();
    assert.equal((await exec(['true'])).code, 0);
    assert.equal(await count(), before);
  });
});

/** A store of its own, whose agent is for production. */
async function aloneWithProduction() {
  const { computer, alice, copilot } = terminal;
  const features = computer.window(join(computer.folder, 'alone', 'no-wing'));
  const insert = 'INSERT INTO profile (id, kind, name, body) VALUES (?, ?, ?, ?)';
  for (const profile of [alice, { ...copilot, environment: 'prod' as const }]) {
    const { id, kind, name } = profile;
    features.db.run(insert, id, kind, name, JSON.stringify(profile));
  }
  return { features, copilot };
}

describe('the command gets', () => {
  it('its input, and nothing of the editor, of the shell or of other credentials', async () => {
    const outer = {
      ELECTRON_RUN_AS_NODE: '1',
      VSCODE_GIT_IPC_AUTH_TOKEN: 'secret',
      BASH_ENV: '/tmp/x',
      AWS_VAULT: 'x',
    };
    const { stdout } = await exec(['sh', '-c', 'cat; env'], outer, 'typed\n');
    const names = new Set(stdout.split('\n').map(line => line.split('=')[0]));
    assert.ok(names.has('typed'));
    for (const name of Object.keys(outer)) assert.ok(!names.has(name), name);
    assert.match(stdout, /^NO_WING_AGENT=copilot$/m);
    assert.match(stdout, /^AWS_SDK_UA_APP_ID=no-wing-copilot$/m);
  });

  it('a file for its API key that nobody else can read, as long as it runs', async () => {
    const look =
      'stat -c %a "$AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE" "$(dirname "$AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")"';
    assert.equal((await exec(['sh', '-c', look])).stdout, '600\n700\n');
    assert.deepEqual(runFolders(), []);
  });

  it('arguments as they are', async () => {
    const odd = ['--json', '-h', 'a b', '$HOME', "it's", '--', '\u00fc'];
    const { stdout } = await exec(['printf', '%s\n', ...odd]);
    assert.deepEqual(stdout.trimEnd().split('\n'), odd);
  });
});

describe('the end of the command is the end', () => {
  const ends: readonly [command: string[], code: number | null, signal: NodeJS.Signals | null][] = [
    [['true'], 0, null],
    [['sh', '-c', 'exit 7'], 7, null],
    [['sh', '-c', 'kill -TERM $$'], null, 'SIGTERM'],
    [['sh', '-c', 'kill -KILL $$'], null, 'SIGKILL'],
    [['sh', '-c', 'kill -INT $$'], null, 'SIGINT'],
    [['sh', '-c', 'kill -PIPE $$'], 141, null],
    [['sh', '-c', 'kill -USR1 $$'], 138, null],
  ];
  for (const [command, code, signal] of ends) {
    it(`${command.join(' ')} → ${signal ?? code}`, async () => {
      const ended = await exec(command);
      assert.deepEqual([ended.code, ended.signal], [code, signal], ended.stderr);
      assert.deepEqual(runFolders(), []);
    });
  }

  it('also of one that is not there: 127', async () => {
    assertRefused(await exec(['no-such-program']), 127, /no program "no-such-program"/);
  });

  it('or cannot be started: 126', async () => {
    const file = join(terminal.workspace, 'plain');
    writeFileSync(file, 'text', { mode: 0o644 });
    assertRefused(await exec([file]), 126, /could not be started/);
  });
});

const LISTENER = `
  for (const name of process.argv.slice(1)) process.on(name, () => { console.log('got ' + name); process.exit(42); });
  console.log('ready'); setInterval(() => {}, 1000);`;

/** Starts the command in a process group of its own, without a terminal. */
function start(command: readonly string[]): { child: ChildProcess; said: () => string } {
  const args = [terminal.cli, 'exec', '--', ...command];
  const options = { env: terminal.env, cwd: terminal.workspace, detached: true } as const;
  const child = spawn(process.execPath, args, { ...options, stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout?.setEncoding('utf8').on('data', part => {
    text += part;
  });
  return { child, said: () => text };
}

async function ready(said: () => string): Promise<void> {
  await waitFor('the command', async () => (said().includes('ready') ? true : undefined));
}

describe('a signal', () => {
  for (const name of ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGINT'] as const) {
    it(`${name} that another process sends reaches the command`, async () => {
      const { child, said } = start([process.execPath, '-e', LISTENER, name]);
      await ready(said);
      child.kill(name);
      const [code] = await once(child, 'close');
      assert.deepEqual([said(), code], [`ready\ngot ${name}\n`, 42]);
      assert.deepEqual(runFolders(), []);
    });
  }

  it('that ends the command ends this process, and its files are gone', async () => {
    const { child, said } = start(['sh', '-c', 'echo ready; exec sleep 60']);
    await ready(said);
    assert.equal(runFolders().length, 1);
    child.kill('SIGTERM');
    const [, signal] = await once(child, 'close');
    assert.equal(signal, 'SIGTERM');
    assert.deepEqual(runFolders(), []);
  });

  it('that nobody can catch leaves files, which the next command removes', async () => {
    const { child, said } = start(['sh', '-c', 'echo ready; exec sleep 60']);
    await ready(said);
    child.kill('SIGKILL');
    await once(child, 'exit');
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    assert.equal(runFolders().length, 1);
    await exec(['true']);
    assert.deepEqual(runFolders(), []);
  });
});

describe('in a terminal', () => {
  const pty = (command: readonly string[], prompt: string, keys: string) =>
    inPty(
      [process.execPath, terminal.cli, 'exec', '--', ...command],
      { prompt, keys },
      {
        env: terminal.env,
        cwd: terminal.workspace,
      },
    );

  it('Ctrl+C reaches the command once', async () => {
    const counter = `
      let times = 0; process.on('SIGINT', () => { times += 1; setTimeout(() => process.exit(40 + times), 400); });
      console.log('ready'); setInterval(() => {}, 1000);`;
    const { code, stdout } = await pty([process.execPath, '-e', counter], 'ready', '\x03');
    assert.equal(code, 41, stdout);
  });

  it('Ctrl+C is not passed on to who is not in the terminal any more', async () => {
    const listener = `
      process.on('SIGINT', () => process.exit(42));
      console.log('ready'); setTimeout(() => process.exit(0), 700);`;
    const { code, stdout } = await pty(['setsid', process.execPath, '-e', listener], 'ready', '\x03');
    assert.equal(code, 0, stdout);
  });

  it('Ctrl+C that ends the command ends this process in the same way', async () => {
    const { stdout } = await pty(['sh', '-c', 'echo ready; exec sleep 60'], 'ready', '\x03');
    assert.match(stdout, /ended by 2$/);
  });

  it('the command has the terminal', async () => {
    const { stdout } = await pty(['sh', '-c', 'test -t 0 && test -t 1 && test -t 2 && echo all'], '', '');
    assert.match(stdout, /all/);
  });
});
