/** What an agent, a file that was changed or a program on the broker's port may try with the `no-wing` command. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { HOUR } from '../../src/base/clock.ts';
import type { Client } from '../../src/broker/client.ts';
import type { Profile } from '../../src/identity/profile.ts';
import {
  answerOf,
  assertRefused,
  noWing,
  type Output,
  openTerminal,
  serve,
  type Terminal,
} from '../cli/terminal.ts';
import { newDirectory } from './computer.ts';

let terminal: Terminal;
/** Another agent, for production. */
let deployer: Profile;

before(async () => {
  terminal = await openTerminal();
  const { copilot, features } = terminal;
  await features.profiles.add({ ...copilot, id: 'reviewer', name: 'reviewer' });
  deployer = await features.profiles.add({
    ...copilot,
    id: 'deployer',
    name: 'deployer',
    environment: 'prod',
  });
});
after(() => terminal.close());

type Marks = Record<string, string>;

const typed = (args: readonly string[], marks: Marks = {}): Promise<Output> =>
  noWing(terminal, args, { env: { ...terminal.env, ...marks } });

/** A command that the agent runs, in the environment that `no-wing exec` gives it. */
const asCopilot = (args: readonly string[]): Promise<Output> =>
  typed(['exec', '--as', 'copilot', '--', ...args]);

const cli = (): string[] => [process.execPath, terminal.cli];

function assertNoSecrets({ stdout, stderr }: Output): void {
  const { alice } = terminal.computer.aws.world;
  for (const secret of [alice.secretAccessKey, alice.accessKeyId])
    assert.ok(!`${stdout}${stderr}`.includes(secret));
}

describe("the user's credentials are not to be had", () => {
  const WAYS: readonly (readonly string[])[] = [
    ['credentials', '--profile', 'alice'],
    ['credentials', '--profile=alice', '--json'],
    ['exec', '--as', 'alice', '--', 'env'],
    ['env', '--as', 'alice'],
    ['clients', 'create', '--profile', 'alice', '--json'],
  ];
  for (const args of WAYS) {
    it(`no-wing ${args.join(' ')}`, async () => {
      const output = await typed(args);
      assert.equal(output.code, 3, output.stdout);
      assert.match(
        output.stderr,
        /hands out your own credentials only in a terminal that you opened as yourself/,
      );
      assertNoSecrets(output);
    });
  }

  for (const name of ['user', 'Alice', ' alice', '../user/alice', '%', '']) {
    it(`by the name ${JSON.stringify(name)}`, async () => {
      const output = await typed(['credentials', '--profile', name]);
      assertRefused(output, 2, /There is no profile/);
    });
  }

  it('by a record that says of alice that she is an agent', async () => {
    const directory = newDirectory(terminal.computer.folder);
    const features = terminal.computer.window(join(directory, 'no-wing'));
    const { alice } = terminal;
    const body = JSON.stringify({ ...alice, kind: 'agent', name: 'copilot' });
    const insert = 'INSERT INTO profile (id, kind, name, body) VALUES (?, ?, ?, ?)';
    features.db.run(insert, alice.id, 'agent', 'copilot', body);
    const env = { XDG_DATA_HOME: directory };
    const output = await typed(['credentials', '--profile', 'copilot'], env);
    assertRefused(output, 1, /agent copilot/);
    assertNoSecrets(output);
    features.dispose();
  });
});

describe('an agent gets nothing of another agent', () => {
  it('by asking', async () => {
    assertRefused(
      await asCopilot([...cli(), 'credentials', '--profile', 'reviewer']),
      3,
      /runs for agent copilot/,
    );
  });

  const DISGUISES: readonly (readonly [string, readonly string[]])[] = [
    ['clearing its marks', ['-u', 'NO_WING_AGENT', '-u', 'NO_WING_CLIENT']],
    ['calling itself the other', ['NO_WING_AGENT=reviewer']],
    ['starting from an empty environment', ['-i', 'setsid']],
  ];
  for (const [what, words] of DISGUISES) {
    it(`by ${what}`, async () => {
      const keep = words[0] === '-i' ? Object.entries(terminal.env).map(([k, v]) => `${k}=${v}`) : [];
      const [first = '', ...rest] = words;
      const command = ['env', first, ...keep, ...rest, ...cli(), 'credentials', '--profile', 'reviewer'];
      assertRefused(await asCopilot(command), 3, /copilot/);
    });
  }

  it('by running a command as it, or a shell', async () => {
    assertRefused(await asCopilot([...cli(), 'exec', '--as', 'reviewer', '--', 'env']), 3, /copilot/);
    assertRefused(await asCopilot([...cli(), 'env', '--as', 'reviewer']), 3, /copilot/);
  });

  it('while its own it gets', async () => {
    const output = await asCopilot([...cli(), 'credentials', '--profile', 'copilot']);
    assert.equal(answerOf(output)['Version'], 1);
  });

  it('nor does it see who else there is', async () => {
    const { stdout } = await asCopilot([...cli(), 'profiles', '--json']);
    assert.deepEqual(
      JSON.parse(stdout).profiles.map(({ name }: { name: string }) => name),
      ['copilot'],
    );
    assert.doesNotMatch((await asCopilot([...cli(), 'status'])).stdout, /alice/);
  });
});

describe('an agent does not', () => {
  const DOINGS: readonly (readonly string[])[] = [
    ['switch', 'reviewer'],
    ['clients', 'create', '--json'],
    ['clients', 'revoke', '000000000000'],
  ];
  const MARKS: readonly Marks[] = [
    { NO_WING_AGENT: 'copilot' },
    { CLAUDECODE: '1' },
    { CURSOR_AGENT: '1' },
    { GEMINI_CLI: '1' },
    { CODEX_THREAD_ID: 'x' },
    { COPILOT_AGENT: '1' },
    { AI_AGENT: 'x' },
  ];
  DOINGS.forEach((args, at) => {
    const marks = at === 0 ? MARKS : MARKS.slice(0, 2);
    for (const mark of marks) {
      const [name = ''] = Object.keys(mark);
      it(`no-wing ${args.join(' ')}, when ${name} is set`, async () => {
        const { code, stderr } = await typed(args, mark);
        assert.equal(code, 3, stderr);
        assert.match(stderr, new RegExp(`An agent runs this \\(${name} is set\\)`));
      });
    }
  });

  it('get another agent than the active one, when No Wing did not name it', async () => {
    assertRefused(
      await typed(['credentials', '--profile', 'reviewer'], { CLAUDECODE: '1' }),
      3,
      /CLAUDECODE/,
    );
    assert.equal(answerOf(await typed(['credentials'], { CLAUDECODE: '1' }))['Version'], 1);
  });
});

describe('production', () => {
  const ask = (marks: Marks = {}) => typed(['credentials', '--profile', 'deployer'], marks);
  const create = async (use: Client['use']): Promise<Client> => {
    const order = { name: 'Terminal', use, profile: deployer, lifeMs: HOUR, inFile: true };
    return (await terminal.features.clients.create(order)).client;
  };

  it('is refused without a window', async () => assertRefused(await ask(), 3, /production/));

  it('is refused with a window, outside of a terminal that it opened', async () => {
    await serve(terminal);
    assertRefused(await ask(), 3, /production/);
    for (const args of [
      ['exec', '--as', 'deployer', '--', 'true'],
      ['env', '--as', 'deployer'],
      ['switch', 'deployer'],
    ])
      assertRefused(await typed(args), 3, /production/);
    assert.equal((await typed(['clients', 'create', '--profile', 'deployer', '--json'])).code, 3);
  });

  it('is refused to who only says that it is in such a terminal', async () => {
    const elsewhere = await create('terminal');
    // A terminal, but not the one above us.
    const shell = spawn('sleep', ['60'], { stdio: 'ignore' });
    shell.unref();
    terminal.features.clients.bindProcess(elsewhere.id, shell.pid ?? 0);
    assertRefused(await ask({ NO_WING_CLIENT: elsewhere.id }), 3, /production/);
    assertRefused(await ask({ NO_WING_CLIENT: '../../../etc' }), 3, /production/);
    shell.kill();
  });

  it('is for no key that goes on without a terminal', async () => {
    for (const use of ['agent', 'commandLine', 'external'] as const)
      await assert.rejects(create(use), { code: 'broker.production' });
  });

  it('is given in a terminal that the window opened for it, until that is closed', async () => {
    const client = await create('terminal');
    const { clients } = terminal.features;
    // The shell of the terminal: this process, which starts the command.
    clients.bindProcess(client.id, process.pid);
    assert.equal(answerOf(await ask({ NO_WING_CLIENT: client.id }))['Version'], 1);
    clients.revoke(client.id, 'closed');
    assertRefused(await ask({ NO_WING_CLIENT: client.id }), 3, /production/);
  });
});

describe('an agent that was revoked', () => {
  it('gets nothing, with a window and without', async () => {
    const { revocations, broker } = terminal.features;
    const port = await serve(terminal);
    const window = async (): Promise<string> => (await typed(['status'])).stdout;
    const nothing = async (): Promise<void> => {
      for (const args of [['credentials'], ['exec', '--', 'true'], ['env'], ['serve']])
        assertRefused(await typed(args), 3, /Agent copilot was revoked/);
    };
    revocations.revoke(terminal.copilot.id, Date.now());
    assert.match(await window(), new RegExp(`copilot .*revoked.*:${port}`, 's'));
    await nothing();
    broker.dispose();
    assert.match(await window(), /copilot .*revoked.*no window/s);
    await nothing();
    revocations.restore(terminal.copilot.id);
  });
});

interface Impostor {
  readonly heard: readonly IncomingMessage[];
}

/** A program that has the port of the broker, as the store says it. */
async function impostor(status: number, body: string, directory: string): Promise<Impostor> {
  const heard: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    heard.push(request);
    response.writeHead(status).end(body);
  });
  // A test that fails ends all the same.
  server.unref();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const features = terminal.computer.window(directory);
  features.db.run('DELETE FROM broker_serving');
  features.db.run(
    'INSERT INTO broker_serving (id, port, owner, epoch, beat) VALUES (1, ?, ?, 1, ?)',
    port,
    'x',
    Date.now(),
  );
  features.dispose();
  return { heard };
}

describe('a program on the port of the broker', () => {
  let alone: { env: Marks; directory: string; tokenFile: string };
  before(async () => {
    const folder = newDirectory(terminal.computer.folder);
    const directory = join(folder, 'no-wing');
    const features = terminal.computer.window(directory);
    const { alice, copilot } = terminal;
    for (const profile of [alice, copilot])
      features.db.run(
        'INSERT INTO profile (id, kind, name, body) VALUES (?, ?, ?, ?)',
        profile.id,
        profile.kind,
        profile.name,
        JSON.stringify(profile),
      );
    features.selection.select(copilot);
    for (const row of terminal.features.db.all('SELECT * FROM keychain_entry'))
      features.db.run(
        'INSERT INTO keychain_entry (name, backend, stored_at) VALUES (?, ?, ?)',
        String(row['name']),
        String(row['backend']),
        Number(row['stored_at']),
      );
    const order = { name: 'x', use: 'commandLine', profile: copilot, lifeMs: HOUR, inFile: true } as const;
    const { client } = await features.clients.create(order);
    features.dispose();
    alone = { env: { XDG_DATA_HOME: folder }, directory, tokenFile: client.tokenFile ?? '' };
  });

  const FOREIGN = JSON.stringify({
    AccessKeyId: 'ASIAIOSFODNN7EXAMPLE',
    SecretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    Token: 'token',
    Expiration: '2099-01-01T00:00:00Z',
  });

  it('cannot give sessions of its own making', async () => {
    await impostor(200, FOREIGN, alone.directory);
    assertRefused(await typed(['credentials'], alone.env), 3, /not in the ledger/);
  });

  it('cannot write to the terminal', async () => {
    const body = JSON.stringify({ code: 'x', message: 'no \u001b]0;owned\u0007 and \u009b2J' });
    await impostor(403, body, alone.directory);
    const { stderr } = await typed(['credentials'], alone.env);
    assert.match(stderr, /no {2}\]0;owned/);
    assert.doesNotMatch(stderr, /(?!\n)\p{Cc}/u);
  });

  for (const [what, status, body] of [
    ['nothing sensible', 200, '<html>'],
    ['too much', 200, 'x'.repeat(1_000_000)],
    ['that it does not know the key', 401, '{"code":"broker.unknownKey","message":"?"}'],
  ] as const) {
    it(`that says ${what} is passed over`, async () => {
      const stranger = await impostor(status, body, alone.directory);
      const answer = answerOf(await typed(['credentials'], alone.env));
      assert.notEqual(answer['AccessKeyId'], 'ASIAIOSFODNN7EXAMPLE');
      assert.ok(stranger.heard.length > 0);
    });
  }

  it('is not sent what lies in the place of the API key', async () => {
    const secretFile = join(alone.directory, 'id_ed25519');
    writeFileSync(secretFile, 'PRIVATE KEY', { mode: 0o600 });
    renameSync(alone.tokenFile, `${alone.tokenFile}.kept`);
    const stranger = await impostor(200, FOREIGN, alone.directory);
    symlinkSync(secretFile, alone.tokenFile);
    answerOf(await typed(['credentials'], alone.env));
    renameSync(secretFile, alone.tokenFile);
    answerOf(await typed(['credentials'], alone.env));
    assert.equal(stranger.heard.length, 0);
  });
});
