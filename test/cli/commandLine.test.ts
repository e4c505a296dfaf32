/** The commands that tell and arrange, as real processes: what a person reads, what a program reads, and shells. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ask } from '../attack/brokerRequests.ts';
import { inPty } from './inPty.ts';
import { answerOf, assertRefused, noWing, openTerminal, run, serve, type Terminal } from './terminal.ts';

let terminal: Terminal;
let port: number;
before(async () => {
  terminal = await openTerminal();
  port = await serve(terminal);
});
after(() => terminal.close());

const json = async (...args: string[]) => answerOf(await noWing(terminal, [...args, '--json']));
const text = async (...args: string[]) => {
  const { code, stdout, stderr } = await noWing(terminal, args);
  assert.equal(code, 0, stderr);
  return stdout;
};

describe('status', () => {
  it('tells both identities and the window, without colours in a file', async () => {
    assert.equal(
      await text('status'),
      [
        'You     alice · dev · acme-dev (1111-2222-3333) · us-east-1',
        'Agent   copilot · dev · acme-dev (1111-2222-3333) · us-east-1',
        `Broker  a window hands out sessions, on 127.0.0.1:${port}`,
        'Here    you run this',
        '',
      ].join('\n'),
    );
  });

  it('tells programs the same', async () => {
    const { user, agent, broker, workspace } = await json('status');
    assert.equal(workspace, 'orders');
    assert.deepEqual(broker, { state: 'serving', port });
    assert.deepEqual([nameOf(user), nameOf(agent)], ['alice', 'copilot']);
  });
});

function nameOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'name' in value ? value.name : undefined;
}

describe('profiles', () => {
  it('marks those that are active', async () => {
    assert.match(await text('profiles'), /^\* {2}user {3}alice .*\n\* {2}agent {2}copilot /);
  });
});

describe('whoami', () => {
  it('in a shell of the person: none of No Wing', async () => {
    assert.equal((await json('whoami'))['identity'], null);
  });

  it('in a command of the agent: the agent, by its own broker', async () => {
    const { code, stdout, stderr } = await noWing(terminal, [
      'exec',
      '--',
      process.execPath,
      terminal.cli,
      'whoami',
    ]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /Identity {2}agent copilot · dev/);
    assert.match(stdout, /agent copilot runs this \(NO_WING_AGENT is set\)/);
  });

  it('warns of what wins over the identity', async () => {
    const command = ['env', 'AWS_PROFILE=alice', process.execPath, terminal.cli, 'whoami', '--json'];
    const { stdout, stderr } = await noWing(terminal, ['exec', '--', ...command]);
    assert.match(stderr, /AWS_PROFILE wins over/);
    assert.deepEqual(JSON.parse(stdout).overriddenBy, ['AWS_PROFILE']);
  });
});

describe('env', () => {
  const CALL = 'aws sts get-caller-identity --output text';
  const installed = ['bash', 'zsh', 'fish'].filter(name => spawnSync(name, ['-c', 'true']).status === 0);
  for (const shell of ['sh', ...installed]) {
    it(`puts ${shell} under the agent`, async () => {
      const lines = await text('env', '--shell', shell === 'fish' ? 'fish' : 'sh');
      const { stdout, stderr } = await run(shell, ['-c', `${lines}\n${CALL}`], {
        env: { ...terminal.env, AWS_PROFILE: 'nobody', AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE' },
      });
      assert.match(stdout, /no-wing-copilot-/, stderr);
    });
  }

  it('prints no secret', async () => {
    const secrets = /nw_[0-9a-f]{12}_|ASIA|SECRET_ACCESS_KEY=/;
    assert.doesNotMatch(await text('env'), secrets);
    assert.doesNotMatch(JSON.stringify(await json('env')), secrets);
  });
});

describe('clients', () => {
  it('are created with a key that is shown once, listed without it, and revoked', async () => {
    const { client, apiKey } = await json('clients', 'create', '--name', 'CI runner', '--days', '2');
    assert.ok(typeof client === 'object' && client !== null && 'id' in client);
    const id = String(client.id);
    assert.equal((await ask(port, String(apiKey))).status, 200);
    const listed = await noWing(terminal, ['clients']);
    assert.match(listed.stdout, new RegExp(`^${id} {2}agent copilot {2}external +CI runner`, 'm'));
    assert.ok(!listed.stdout.includes(String(apiKey).slice(-43)));
    assert.match(await text('clients', 'revoke', id), /is revoked/);
    assert.equal((await ask(port, String(apiKey))).status, 401);
    assert.match(await text('clients', 'list', '--all'), new RegExp(`^${id} .*revoked`, 'm'));
    assert.ok(!(await text('clients')).includes(id));
  });

  it('show their key to a person at a terminal', async () => {
    const { stdout } = await inPty(
      [process.execPath, terminal.cli, 'clients', 'create'],
      { prompt: '', keys: '' },
      { env: terminal.env, cwd: terminal.workspace },
    );
    assert.match(stdout, /^nw_[0-9a-f]{12}_[\w-]{43}\r?$/m);
  });

  it('are not created where the key would be lost or lie about', async () => {
    assertRefused(await noWing(terminal, ['clients', 'create']), 2, /standard output is not a terminal/);
  });
});

describe('switch', () => {
  it('is there in every window at once', async () => {
    const { copilot, features } = terminal;
    await features.profiles.add({ ...copilot, id: 'reviewer', name: 'reviewer' });
    assert.match(await text('switch', 'reviewer'), /In orders, agent reviewer is active now/);
    assert.equal(features.selection.active().agent?.name, 'reviewer');
    await text('switch', 'copilot');
    assert.equal(features.selection.active().agent?.name, 'copilot');
  });
});

describe('doctor', () => {
  it('tells of keys in a file that every program can read', async () => {
    const { alice } = terminal.computer.aws.world;
    const folder = join(terminal.computer.folder, '.aws');
    mkdirSync(folder, { recursive: true });
    const lines = [
      '[default]',
      `aws_access_key_id=${alice.accessKeyId}`,
      `aws_secret_access_key=${alice.secretAccessKey}`,
    ];
    writeFileSync(join(folder, 'credentials'), lines.join('\n'));
    const { stdout, stderr, code } = await noWing(terminal, ['doctor']);
    rmSync(folder, { recursive: true });
    assert.equal(code, 1, stderr);
    assert.match(stdout, /^✖ high: /m);
    assert.ok(stdout.includes(join(folder, 'credentials')), stdout);
    assert.ok(!stdout.includes(alice.secretAccessKey));
  });
});

describe('wrong usage', () => {
  const CASES: readonly [args: string[], message: RegExp][] = [
    [[], /No command was given/],
    [['statsu'], /Did you mean: no-wing status/],
    [['status', '--jsno'], /Did you mean --json\?/],
    [['credentials', '--profile'], /--profile/],
    [['exec', 'aws', 's3', 'ls'], /follows --/],
    [['exec', '--as', 'copilot'], /Which command/],
    [['env', '--shell', 'tcsh'], /sh, fish, powershell/],
    [['clients', 'create', '--days', '365'], /1 to 90/],
    [['clients', 'revoke'], /Which client/],
    [['switch'], /To which profile/],
  ];
  for (const [args, message] of CASES) {
    it(`no-wing ${args.join(' ')}`, async () => assertRefused(await noWing(terminal, args), 2, message));
  }

  it('is told in JSON to who asks for it', async () => {
    const { code, stdout } = await noWing(terminal, ['status', '--json', '--nonsense']);
    assert.deepEqual([code, JSON.parse(stdout).error.code], [2, 'cli.usage']);
  });
});

describe('serve', () => {
  it('does not take a folder that has something else in it: nothing there is changed', async () => {
    const folder = join(terminal.computer.folder, 'mine');
    mkdirSync(folder, { mode: 0o755 });
    writeFileSync(join(folder, 'config'), '[profile mine]');
    const { code, stdout, stderr } = await noWing(terminal, ['serve', '--folder', folder]);
    assert.equal(code, 1, stdout);
    assert.match(stderr, /The folder cannot be used.*\n.*empty or not there yet/);
    assert.equal(readFileSync(join(folder, 'config'), 'utf8'), '[profile mine]');
    assert.equal(statSync(folder).mode & 0o777, 0o755);
  });

  it('takes the one again that a server before it had, also one that was killed', async () => {
    const folder = join(terminal.computer.folder, 'served');
    for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
      const args = [terminal.cli, 'serve', '--folder', folder];
      const server = spawn(process.execPath, args, { env: terminal.env, cwd: terminal.workspace });
      const [said] = await once(server.stdout, 'data');
      server.kill(signal);
      await once(server, 'exit');
      assert.match(String(said), /^Handing sessions of agent copilot/);
    }
  });
});
