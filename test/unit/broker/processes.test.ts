/** Real sockets: who is at the other end, who proves to be the broker, and a broker for one process. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect, createServer as createTcpServer, type Server } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { silentLog } from '../../../src/base/log.ts';
import { startOf } from '../../../src/base/runningProcess.ts';
import { Secret } from '../../../src/base/secret.ts';
import { UserError } from '../../../src/base/userError.ts';
import { createHandouts } from '../../../src/broker/handouts.ts';
import { createPeers } from '../../../src/broker/peerProcess.ts';
import { openPrivateBroker, type PrivateBroker } from '../../../src/broker/privateBroker.ts';
import { type Listener, proveBroker } from '../../../src/broker/proveBroker.ts';
import { portProof } from '../../../src/broker/seals.ts';
import type { Session } from '../../../src/identity/session.ts';
import { apiKeyOf, ask } from '../../attack/brokerRequests.ts';
import { COPILOT } from '../identity/world.ts';
import { brokerWorld, type World } from './office.ts';

let world: World;
let servers: { close(): unknown }[];
beforeEach(() => {
  world = brokerWorld();
  servers = [];
});
afterEach(() => {
  for (const server of servers) server.close();
  world.dispose();
});

function listening(server: Server): Promise<number> {
  servers.push(server);
  return new Promise(resolve =>
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : 0);
    }),
  );
}

describe('the process at the other end', { skip: process.platform !== 'linux' }, () => {
  for (const host of ['127.0.0.1', '::ffff:127.0.0.1']) {
    it(`is one of this user (${host}), and not in a terminal that is another`, async () => {
      const port = await listening(
        createTcpServer(socket => void servers.push({ close: () => socket.destroy() })),
      );
      const socket = connect({ host, port });
      servers.push({ close: () => socket.destroy() });
      await new Promise(resolve => socket.once('connect', resolve));
      const connection = { port, peerPort: () => socket.localPort ?? 0 };
      const peers = createPeers();
      assert.equal(await peers.isOfThisUser(connection), true);
      assert.equal(await peers.isInTerminal(connection, { processId: 1, processStart: startOf(1) }), false);
    });
  }

  it('that is not there is nobody', async () => {
    const connection = { port: 1, peerPort: () => 2 };
    assert.equal(await createPeers().isOfThisUser(connection), false);
    const processId = process.pid;
    const shell = { processId, processStart: startOf(processId) };
    assert.equal(await createPeers().isInTerminal(connection, shell), false);
  });

  it('is not in a terminal whose shell has ended, though its own got the same number', async () => {
    const port = await listening(
      createTcpServer(socket => void servers.push({ close: () => socket.destroy() })),
    );
    const script = `require('node:net').connect(${port}, '127.0.0.1', function () { console.log(this.localPort) })`;
    // Detached: it leads a session, as a shell in a terminal does.
    const child = spawn(process.execPath, ['-e', script], {
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    servers.push({ close: () => child.kill() });
    const [said] = await once(child.stdout, 'data');
    const connection = { port, peerPort: () => Number(said) };
    const processId = child.pid ?? 0;
    const peers = createPeers();
    const shell = { processId, processStart: startOf(processId) };
    assert.equal(await peers.isInTerminal(connection, shell), true);
    assert.equal(await peers.isInTerminal(connection, { processId, processStart: startOf(1) }), false);
    assert.equal(await peers.isInTerminal(connection, { processId }), false);
  });
});

describe('what listens on a port', () => {
  type Answer = (url: string, port: number) => Promise<string>;
  const proof = async (url: string, port: number): Promise<string> =>
    JSON.stringify({ proof: portProof(await world.office.key.get(), url.split('=')[1] ?? '', port) });
  const cases: readonly (readonly [string, Answer, Listener])[] = [
    ['the broker', proof, 'broker'],
    ['one that passes on the proof of the broker elsewhere', (url, port) => proof(url, port + 1), 'stranger'],
    ['one that has an old proof', () => proof('?nonce=00', 1), 'stranger'],
    ['one that says something else', async () => '{}', 'stranger'],
    ['one that says no JSON', async () => '<html>', 'stranger'],
    ['one that says nothing in a friendly way', async () => '', 'stranger'],
    ['one that talks without end', async () => 'x'.repeat(100_000), 'stranger'],
    ['one that never answers', () => new Promise(() => undefined), 'silent'],
  ];
  for (const [name, answer, expected] of cases) {
    it(`${name}: ${expected}`, async () => {
      let port = 0;
      const server = createServer(async (request, response) =>
        response.end(await answer(request.url ?? '', port)),
      );
      port = await listening(server);
      servers.push({ close: () => server.closeAllConnections() });
      assert.equal(await proveBroker(await world.office.key.get(), port), expected);
    });
  }

  it('one that speaks no HTTP: stranger', async () => {
    const port = await listening(createTcpServer(socket => socket.end('SSH-2.0-OpenSSH\r\n')));
    assert.equal(await proveBroker(await world.office.key.get(), port), 'stranger');
  });

  it('nobody: silent', async () => {
    const server = createTcpServer();
    const port = await listening(server);
    await new Promise(resolve => server.close(resolve));
    assert.equal(await proveBroker(await world.office.key.get(), port), 'silent');
  });
});

describe('a broker for one process', () => {
  const session: Session = {
    profile: COPILOT,
    accountId: '111122223333',
    arn: COPILOT.verified.arn,
    credentials: {
      accessKeyId: 'ASIAFAKE',
      secretAccessKey: new Secret('the-secret'),
      sessionToken: new Secret('the-token'),
      expiresAt: Date.UTC(2030, 0, 1),
    },
  };
  async function opened(get: () => Promise<Session>, told: string[] = []): Promise<PrivateBroker> {
    const broker = await openPrivateBroker({
      profile: COPILOT,
      session: get,
      handouts: createHandouts(world.db, world.clock.now),
      userPrincipals: () => [],
      files: world.office.files,
      now: world.clock.now,
      log: silentLog,
      onTrouble: ({ code }) => void told.push(code),
    });
    servers.push({ close: () => broker.dispose() });
    return broker;
  }
  const portOf = ({ credentialsUri }: PrivateBroker): number => Number(new URL(credentialsUri).port);

  it('answers its key and no other, and is gone with its file', async () => {
    const broker = await opened(async () => session);
    const key = apiKeyOf(broker.client);
    const { status, body } = await ask(portOf(broker), key);
    assert.deepEqual([status, body['Token']], [200, 'the-token']);
    assert.equal((await ask(portOf(broker), `${key.slice(0, -1)}?`)).status, 401);
    assert.equal((await ask(portOf(broker), undefined)).status, 401);
    assert.equal(createHandouts(world.db, world.clock.now).ofClient(broker.client.id).length, 1);
    broker.dispose();
    assert.ok(!existsSync(broker.tokenFile));
    await assert.rejects(ask(portOf(broker), key));
  });

  it('tells who started it when a session cannot be had', async () => {
    const told: string[] = [];
    const broker = await opened(async () => {
      throw new UserError('aws.unavailable', 'AWS is down.', { hint: 'Wait.' });
    }, told);
    const { status } = await ask(portOf(broker), apiKeyOf(broker.client));
    assert.deepEqual([status, told], [503, ['aws.unavailable']]);
  });
});
