/** `no-wing credentials` as a real process: for the AWS CLI and SDKs, with a window that serves and without one. */
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { writeShim } from '../../src/broker/commandShim.ts';
import { answerOf, assertRefused, noWing, openTerminal, run, serve, type Terminal } from './terminal.ts';

let terminal: Terminal;
before(async () => {
  terminal = await openTerminal();
});
after(() => terminal.close());

const credentials = (...more: string[]) => noWing(terminal, ['credentials', '--profile', 'copilot', ...more]);

async function assertOfCopilot(answer: Record<string, unknown>): Promise<void> {
  assert.equal(answer['Version'], 1);
  const key = String(answer['AccessKeyId']);
  assert.equal(terminal.features.ledger.byAccessKey(key)?.profileId, terminal.copilot.id);
  assert.ok(Date.parse(String(answer['Expiration'])) > Date.now());
}

describe('without a window', () => {
  it('the command starts a session itself, with its purpose in the ledger', async () => {
    const answer = answerOf(await credentials());
    await assertOfCopilot(answer);
    const entry = terminal.features.ledger.byAccessKey(String(answer['AccessKeyId']));
    assert.equal(entry?.purpose, 'commandLine');
    assert.equal(entry?.workspace, 'orders');
  });

  it('the active agent is meant when none is named', async () => {
    await assertOfCopilot(answerOf(await noWing(terminal, ['credentials'])));
  });

  it('it leaves no file', async () => {
    const before = readdirSync(terminal.directory, { recursive: true });
    await credentials();
    assert.deepEqual(readdirSync(terminal.directory, { recursive: true }), before);
  });

  it('it prints nothing when AWS does not answer, and says who got nothing', async () => {
    const { control } = terminal.computer.aws;
    await control.fail({ service: 'sts', operation: 'AssumeRole', kind: 'drop' });
    assertRefused(await credentials(), 1, /copilot/);
    await control.clearFailures();
  });
});

describe('with a window that serves', () => {
  before(() => serve(terminal));

  it('the command gets the session of the window: AWS is asked once for many', async () => {
    const first = answerOf(await credentials());
    const second = answerOf(await credentials());
    await assertOfCopilot(first);
    assert.equal(first['AccessKeyId'], second['AccessKeyId']);
  });

  it('it goes without the window when the file of the API key lies open', async () => {
    const client = terminal.features.clients.list().find(({ use }) => use === 'commandLine');
    assert.ok(client?.tokenFile);
    const before = answerOf(await credentials());
    chmodSync(client.tokenFile, 0o644);
    const answer = answerOf(await credentials());
    await assertOfCopilot(answer);
    assert.notEqual(answer['AccessKeyId'], before['AccessKeyId']);
    assert.notEqual(answer['AccessKeyId'], answerOf(await credentials())['AccessKeyId']);
  });
});

describe('credential_process', () => {
  let configured: Record<string, string>;
  before(() => {
    const shim = writeShim({ directory: terminal.directory, execPath: process.execPath, cli: terminal.cli });
    const config = join(terminal.computer.folder, 'config');
    const line = `credential_process = "${shim}" credentials --profile copilot`;
    writeFileSync(config, `[profile agent]\nregion = us-east-1\n${line}\n`);
    configured = { ...terminal.env, AWS_CONFIG_FILE: config, AWS_PROFILE: 'agent' };
  });

  it('makes calls of the AWS CLI calls of the agent', async () => {
    const output = await run('aws', ['sts', 'get-caller-identity', '--output', 'json'], { env: configured });
    assert.match(String(answerOf(output)['Arn']), /assumed-role\/no-wing-agent\/no-wing-copilot-/);
  });

  it('makes calls of boto3 calls of the agent', async () => {
    const script = "import boto3; print(boto3.client('sts').get_caller_identity()['Arn'])";
    const output = await run('python3', ['-c', script], { env: configured });
    assert.match(output.stdout, /no-wing-copilot-/, output.stderr);
  });

  it('leaves an SDK without credentials when there are none, and shows it the reason', async () => {
    const env = { ...configured, XDG_DATA_HOME: join(terminal.computer.folder, 'nothing') };
    const output = await run('aws', ['sts', 'get-caller-identity'], { env });
    assert.notEqual(output.code, 0);
    assert.match(output.stderr, /No agent is set up in No Wing/);
  });
});

describe('it is refused', () => {
  it('when nothing is set up, which makes no store', async () => {
    const env = terminal.elsewhere('fresh');
    assertRefused(await noWing(terminal, ['credentials'], { env }), 4, /No agent is set up/);
    assert.ok(!existsSync(join(terminal.computer.folder, 'fresh')));
  });

  it('for a name that nobody has', async () => {
    assertRefused(await noWing(terminal, ['credentials', '--profile', 'copliot']), 2, /copliot.*\n.*copilot/);
  });

  it('while the store is unreadable', async () => {
    const env = terminal.elsewhere('damaged');
    mkdirSync(join(terminal.computer.folder, 'damaged', 'no-wing'), { recursive: true });
    writeFileSync(
      join(terminal.computer.folder, 'damaged', 'no-wing', 'no-wing.db'),
      'not a database, surely',
    );
    assertRefused(await noWing(terminal, ['credentials'], { env }), 1, /cannot use its database/);
  });
});
