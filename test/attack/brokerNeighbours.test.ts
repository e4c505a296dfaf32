/** Other processes of the same computer: in another terminal, on a port that was ours, of another user. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { promisify } from 'node:util';
import type { Client } from '../../src/broker/client.ts';
import { waitFor } from '../setup/waitFor.ts';
import {
  agentClient,
  apiKeyOf,
  ask,
  assertAnswered,
  assertRefused,
  boundClient,
  openTerminal,
  orderFor,
  serving,
} from './brokerRequests.ts';
import { type Computer, openComputer, type Person } from './computer.ts';

let computer: Computer;
let person: Person;
let port: number;
let client: Client;
let key: string;

before(async () => {
  computer = await openComputer({ keychain: 'secretStorage' });
});
after(() => computer.close());

beforeEach(async () => {
  person = await computer.person();
  port = await serving(person.features);
  client = await agentClient(person);
  key = apiKeyOf(client);
});
afterEach(() => person.features.broker.dispose());

const inForce = (id: string): boolean => person.features.clients.get(id)?.revokedAt === undefined;

const answered = (apiKey: string, at = port): Promise<void> => assertAnswered(person, at, apiKey);
const refused = (apiKey: string, at = port): Promise<Record<string, string>> =>
  assertRefused(computer, at, apiKey);

describe("alice's terminal", { skip: process.platform !== 'linux' }, () => {
  it('gets her session, and what has its key elsewhere does not', async () => {
    const [hers, agents] = [openTerminal(), openTerminal()];
    try {
      const own = await boundClient(person.features, person.alice, hers.processId);
      const ownKey = apiKeyOf(own);
      assert.equal((await hers.ask(port, ownKey)).status, 200);
      assert.deepEqual((await agents.ask(port, ownKey)).body['code'], 'broker.otherTerminal');
      assert.equal((await refused(ownKey))['code'], 'broker.otherTerminal');
      await hers.close();
      await waitFor('its end', async () => (inForce(own.id) ? undefined : true));
    } finally {
      await Promise.all([hers.close(), agents.close()]);
    }
  });

  it('gets nothing before the window has said which it is', async () => {
    const terminal = openTerminal();
    const { client: unbound } = await person.features.clients.create({
      ...orderFor(person.alice),
      use: 'terminal',
    });
    const { body } = await terminal.ask(port, apiKeyOf(unbound)).finally(() => terminal.close());
    assert.equal(body['code'], 'broker.otherTerminal');
  });
});

interface Stranger {
  readonly caught: string[];
  close(): Promise<void>;
}

/** Takes the port of a window that is gone, and writes down what it is sent. */
async function strangerAt(at: number): Promise<Stranger> {
  const caught: string[] = [];
  const server: Server = createServer(socket => {
    socket.on('error', () => undefined);
    socket.on('data', part => {
      caught.push(String(part));
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}');
    });
  });
  await waitFor(
    'the port',
    () =>
      new Promise<true | undefined>(resolve => {
        server.once('error', () => resolve(undefined));
        server.listen(at, '127.0.0.1', () => resolve(true));
      }),
  );
  return { caught, close: () => new Promise(resolve => server.close(() => resolve())) };
}

describe('a stranger on the port of a window that is gone', () => {
  const caughtKey = ({ caught }: Stranger): string => /nw_[\w-]+/.exec(caught.join())?.[0] ?? '';

  it('who stays: the next window goes elsewhere, and what was caught is void', async () => {
    person.features.broker.dispose();
    const stranger = await strangerAt(port);
    await ask(port, key).catch(() => undefined);
    assert.equal(caughtKey(stranger), key);
    const next = computer.window(person.directory);
    const nextPort = await serving(next);
    assert.notEqual(nextPort, port);
    await refused(caughtKey(stranger), nextPort);
    assert.match(person.features.clients.get(client.id)?.revokedBecause ?? '', /another program/);
    next.broker.dispose();
    await stranger.close();
  });

  it('who leaves: what was caught is void as soon as an SDK that was asking is through', async () => {
    person.features.broker.dispose();
    const stranger = await strangerAt(port);
    await ask(port, key).catch(() => undefined);
    await stranger.close();
    const next = computer.window(person.directory);
    assert.equal(await serving(next), port);
    assert.notEqual(apiKeyOf(client), key);
    await new Promise(resolve => setTimeout(resolve, 10_500));
    assert.equal((await refused(caughtKey(stranger)))['code'], 'broker.unknownKey');
    await answered(apiKeyOf(client));
    next.broker.dispose();
  });
});

const NOBODY = 65_534;
/** As another user of the computer, which only the administrator can become. */
describe('another user', { skip: process.platform !== 'linux' || process.getuid?.() !== 0 }, () => {
  /** Not waiting with the whole process: the window that is asked is this one. */
  const asNobody = async (script: string, ...args: string[]): Promise<string> => {
    const options = { uid: NOBODY, gid: NOBODY, cwd: '/', timeout: 20_000 };
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', script, ...args], options);
    return stdout.trim();
  };
  const ASK = `require('node:http').get({ host: '127.0.0.1', port: process.argv[1], path: '/v1/credentials',
    headers: process.argv[2] ? { Authorization: process.argv[2] } : {} },
    async response => console.log(response.statusCode, (await response.toArray()).join('')))`;
  const TRY = `try { console.log(String(require('node:fs')[process.argv[1]](process.argv[2]))) } catch (e) { console.log(e.code) }`;

  it('can neither list nor read keys and store, even where they can come near', async () => {
    chmodSync(computer.folder, 0o755);
    chmodSync(person.directory, 0o755);
    const broker = join(person.directory, 'broker');
    const attempts: readonly (readonly [string, string])[] = [
      ['readdirSync', broker],
      ['readdirSync', join(broker, 'tokens')],
      ['readFileSync', client.tokenFile ?? ''],
      ['readFileSync', join(person.directory, 'no-wing.db')],
      ['readFileSync', join(person.directory, 'no-wing.db-wal')],
    ];
    for (const [call, path] of attempts) assert.equal(await asNobody(TRY, call, path), 'EACCES', path);
  });

  it('gets nothing without a key', async () => {
    assert.match(await asNobody(ASK, String(port)), /^401 /);
  });

  it('gets nothing with a key that was shown once, though it is right', async () => {
    const { apiKey } = await person.features.clients.create({ ...orderFor(person.copilot), inFile: false });
    await answered(apiKey?.reveal() ?? '');
    assert.match(await asNobody(ASK, String(port), apiKey?.reveal() ?? ''), /^403 .*broker\.otherUser/);
  });

  it('gets nothing with a key that it caught on the port just before', async () => {
    person.features.broker.dispose();
    const next = computer.window(person.directory);
    const nextPort = await serving(next);
    await answered(key, nextPort);
    assert.match(await asNobody(ASK, String(nextPort), key), /^403 .*broker\.otherUser/);
    next.broker.dispose();
  });
});
