/** Processes get sessions from the broker of real windows, on the local AWS. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { fromHttp } from '@aws-sdk/credential-providers';
import { Secret } from '../../src/base/secret.ts';
import type { Client } from '../../src/broker/client.ts';
import type { Features } from '../../src/features.ts';
import type { Profile } from '../../src/identity/profile.ts';
import {
  type Answered,
  apiKeyOf,
  ask,
  boundClient,
  openTerminal,
  orderFor,
  serving,
} from '../attack/brokerRequests.ts';
import { agentDraft, newDirectory, userDraft } from '../attack/computer.ts';
import { type LocalAws, startLocalAws } from '../local-aws/index.ts';
import { type OwnedProcess, removeFolder, startOwned } from '../setup/ownedProcess.ts';
import { scratchFolder } from '../setup/scratchFolder.ts';
import { waitFor } from '../setup/waitFor.ts';
import { openWindow } from './brokerWindow.ts';

let aws: LocalAws;
let folder: string;
let directory: string;
let window: Features;
let alice: Profile;
let copilot: Profile;
let others: OwnedProcess[];

before(async () => {
  folder = scratchFolder();
  aws = await startLocalAws({ stackStepMs: 5 });
});
after(async () => {
  await aws.close();
  await removeFolder(folder);
});

beforeEach(async () => {
  others = [];
  directory = newDirectory(folder);
  window = openWindow(directory, aws.endpoint);
  alice = await window.profiles.add(userDraft(aws), new Secret(aws.world.alice.secretAccessKey));
  copilot = await window.profiles.add(agentDraft(aws, alice.id));
});
afterEach(async () => {
  await aws.control.clearFailures();
  window.dispose();
  await Promise.all(others.map(other => other.stop(0)));
});

interface OtherWindow {
  readonly process: OwnedProcess;
  readonly port: number;
}

/** Another window, once it serves or stands by. */
async function otherWindow(...states: ('serving' | 'standby')[]): Promise<OtherWindow> {
  const entry = join(import.meta.dirname, 'brokerWindow.ts');
  const args = ['--disable-warning=ExperimentalWarning', entry, directory, aws.endpoint];
  const owned = startOwned(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  others.push(owned);
  const port = Promise.withResolvers<number>();
  owned.child.on('message', (told: { state: string; port: number }) => {
    if (states.some(state => state === told.state)) port.resolve(told.port);
  });
  return { process: owned, port: await port.promise };
}

async function created(changes: Partial<Parameters<Features['clients']['create']>[0]> = {}): Promise<Client> {
  return (await window.clients.create({ ...orderFor(copilot), ...changes })).client;
}

const assumeRoles = async (): Promise<number> =>
  (await aws.control.records({})).filter(({ eventName }) => eventName === 'AssumeRole').length;

function keyId({ status, body, text }: Answered): string {
  assert.equal(status, 200, text);
  return body['AccessKeyId'] ?? '';
}

describe('the broker hands out', () => {
  it("an agent's own session, which the ledger and the record of hand-outs know", async () => {
    const port = await serving(window);
    const client = await created({ workspace: 'payments' });
    const accessKeyId = keyId(await ask(port, apiKeyOf(client)));
    const entry = window.ledger.byAccessKey(accessKeyId);
    assert.deepEqual(
      [entry?.profileName, entry?.purpose, entry?.workspace, entry?.tags['no-wing:workspace']],
      ['copilot', 'agent', 'payments', 'payments'],
    );
    assert.deepEqual(
      window.handouts.ofSession(accessKeyId).map(({ clientId }) => clientId),
      [client.id],
    );
  });

  it("a user's session where the user has permanent keys, and never those", async () => {
    const port = await serving(window);
    const terminal = openTerminal();
    const client = await boundClient(window, alice, terminal.processId);
    const { body, status } = await terminal.ask(port, apiKeyOf(client)).finally(() => terminal.close());
    assert.equal(status, 200, JSON.stringify(body));
    assert.notEqual(body['AccessKeyId'], aws.world.alice.accessKeyId);
    assert.ok(body['Token']);
    assert.ok(Date.parse(body['Expiration'] ?? '') - Date.now() <= 3_600_000);
  });

  it('one session to a hundred processes that ask at once', async () => {
    const port = await serving(window);
    const clients = await Promise.all(Array.from({ length: 20 }, () => created()));
    const before = await assumeRoles();
    const keys = Array.from({ length: 100 }, (_, at) => apiKeyOf(clients[at % 20] ?? assert.fail()));
    const answers = await Promise.all(keys.map(key => ask(port, key)));
    assert.equal(new Set(answers.map(keyId)).size, 1);
    assert.equal((await assumeRoles()) - before, 1);
    assert.equal(window.handouts.ofSession(keyId(answers[0] ?? assert.fail())).length, 20);
  });

  it('credentials with which the SDK of JavaScript works', async () => {
    const port = await serving(window);
    const client = await created();
    const credentials = await fromHttp({
      awsContainerCredentialsFullUri: `http://127.0.0.1:${port}/v1/credentials`,
      awsContainerAuthorizationTokenFile: client.tokenFile ?? '',
    })();
    assert.ok(window.ledger.byAccessKey(credentials.accessKeyId));
    assert.ok(credentials.expiration instanceof Date);
  });

  it('nothing, with a reason, when AWS is not there; the person is told once', async () => {
    const port = await serving(window);
    const client = await created();
    const told: string[] = [];
    window.broker.onTrouble(({ client: { id }, error }) => void told.push(`${id} ${error.code}`));
    await aws.control.fail({ service: 'sts', kind: 'drop' });
    for (let attempt = 0; attempt < 2; attempt++) {
      const { status, body } = await ask(port, apiKeyOf(client));
      assert.deepEqual([status, body['code']], [503, 'aws.unreachable']);
      assert.match(body['message'] ?? '', /agent copilot/);
    }
    assert.deepEqual(told, [`${client.id} aws.unreachable`]);
    await aws.control.clearFailures();
    keyId(await ask(port, apiKeyOf(client)));
  });
});

describe('the command line', () => {
  it("has one client for each agent's profile, in a file, which comes and goes with the profile", async () => {
    const port = await serving(window);
    const own = (): Client[] =>
      window.clients.list().filter(({ use, revokedAt }) => use === 'commandLine' && revokedAt === undefined);
    const [client] = await waitFor('the client', async () => (own().length > 0 ? own() : undefined));
    assert.ok(client);
    assert.deepEqual([client.profileId, own().length], [copilot.id, 1]);
    assert.equal(await window.broker.find(), `http://127.0.0.1:${port}/v1/credentials`);
    keyId(await ask(port, apiKeyOf(client)));
    await window.profiles.remove(copilot.id);
    await waitFor('its end', async () => (own().length === 0 ? true : undefined));
    assert.ok(!existsSync(client.tokenFile ?? ''));
  });
});

describe('of two windows', () => {
  it('one serves; a client that the other makes is answered', async () => {
    const other = await otherWindow('serving');
    window.broker.start();
    await waitFor('standing by', async () =>
      window.broker.current().state === 'standby' ? true : undefined,
    );
    assert.equal(window.broker.credentialsUri(), `http://127.0.0.1:${other.port}/v1/credentials`);
    const client = await created();
    keyId(await ask(other.port, apiKeyOf(client)));
    window.clients.revoke(client.id, 'because');
  });

  it('and of four that start at the same time, exactly one serves', async () => {
    const told = [0, 1, 2].map(() => otherWindow('serving', 'standby'));
    const ports = (await Promise.all(told)).map(({ port }) => port);
    assert.equal(new Set(ports).size, 1);
  });

  it('the second serves soon when the first is killed while an SDK asks', async () => {
    const first = await otherWindow('serving');
    await otherWindow('standby');
    const client = await created();
    // The request is on its way, and waits for AWS, when its window dies.
    await aws.control.fail({ service: 'sts', kind: 'hang', times: 1 });
    const key = apiKeyOf(client);
    const asked = ask(first.port, key).then(
      () => 'answered',
      () => 'cut off',
    );
    await new Promise(resolve => setTimeout(resolve, 150));
    first.process.signal('SIGKILL');
    assert.equal(await asked, 'cut off');
    // botocore asks again with the key that it has read before.
    const answer = await waitFor(
      'the second window',
      () => ask(first.port, key).catch(() => undefined),
      20_000,
    );
    keyId(answer);
    assert.notEqual(apiKeyOf(client), key);
  });
});
