/** What processes send to the broker: as an SDK does, and byte by byte. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import type { Client } from '../../src/broker/client.ts';
import type { ClientOrder } from '../../src/broker/clients.ts';
import type { Features } from '../../src/features.ts';
import type { Profile } from '../../src/identity/profile.ts';
import { startOwned } from '../setup/ownedProcess.ts';
import { waitFor } from '../setup/waitFor.ts';
import type { Computer, Person } from './computer.ts';

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** `text`, when it is an object of texts. */
  readonly body: Readonly<Record<string, string>>;
}

export interface Asked {
  readonly path?: string;
  readonly method?: string;
  /** In the order they are sent; `Host` and `Authorization` are there already, unless they are named. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** As an SDK asks. */
export function ask(port: number, apiKey: string | undefined, asked: Asked = {}): Promise<Answered> {
  const { path = '/v1/credentials', method = 'GET', headers = {}, body } = asked;
  const all = { ...(apiKey === undefined ? {} : { Authorization: apiKey }), ...headers };
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method, headers: all, agent: false }, response => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', part => {
        text += part;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, body: parse(text) }),
      );
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Everything that comes back for the bytes until the other side closes, or `forMs` has passed. */
export function send(port: number, bytes: string, forMs = 2000): Promise<string> {
  return new Promise(resolve => {
    const socket = connect({ host: '127.0.0.1', port });
    let text = '';
    const timer = setTimeout(() => socket.destroy(), forMs);
    socket.setEncoding('latin1');
    socket.on('data', part => {
      text += String(part);
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(text);
    });
    socket.write(bytes, 'latin1');
  });
}

/** A shell in a session of its own, as a terminal has one, which asks when it is told to. */
export interface Terminal {
  readonly processId: number;
  ask(port: number, apiKey: string): Promise<{ status: number; body: Record<string, string> }>;
  close(): Promise<void>;
}

const ASKS_FOR_EACH_LINE = `
  require('node:readline').createInterface({ input: process.stdin }).on('line', line => {
    const { port, Authorization } = JSON.parse(line);
    const options = { host: '127.0.0.1', port, path: '/v1/credentials', headers: { Authorization } };
    require('node:http').get(options, async response => {
      const parts = await response.toArray();
      console.log(JSON.stringify({ status: response.statusCode, body: JSON.parse(parts.join('')) }));
    });
  });`;

export function openTerminal(): Terminal {
  // Its children run in its session, and are what asks.
  const script = `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(ASKS_FOR_EACH_LINE)}], { stdio: 'inherit' })`;
  const owned = startOwned(process.execPath, ['-e', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const { stdin, stdout, pid } = owned.child;
  assert.ok(stdin && stdout && pid);
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  return {
    processId: pid,
    async ask(port, apiKey) {
      stdin.write(`${JSON.stringify({ port, Authorization: apiKey })}\n`);
      return JSON.parse(String((await lines.next()).value));
    },
    close: () => owned.stop(0),
  };
}

/** A user's client in the terminal. */
export async function boundClient(features: Features, profile: Profile, processId: number): Promise<Client> {
  const { client } = await features.clients.create({ ...orderFor(profile), use: 'terminal' });
  features.clients.bindProcess(client.id, processId);
  await waitFor('the client to be bound', async () => features.clients.get(client.id)?.processId);
  return client;
}

export async function serving({ broker }: Pick<Features, 'broker'>): Promise<number> {
  broker.start();
  return waitFor('the broker to serve', async () => {
    const state = broker.current();
    if (state.state === 'failed') throw state.error;
    return state.state === 'serving' ? state.port : undefined;
  });
}

export function orderFor(profile: Profile): ClientOrder {
  return { name: 'Terminal', use: 'agent', profile, lifeMs: 3_600_000, inFile: true };
}

export async function agentClient({ features, copilot }: Person): Promise<Client> {
  return (await features.clients.create(orderFor(copilot))).client;
}

export function apiKeyOf({ tokenFile }: Client): string {
  return readFileSync(tokenFile ?? '', 'utf8');
}

function parse(text: string): Record<string, string> {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

/** The answer is a session of the agent, which the ledger has. */
export async function assertAnswered(
  { features }: Pick<Person, 'features'>,
  port: number,
  apiKey: string,
): Promise<void> {
  const { status, body, text } = await ask(port, apiKey);
  assert.equal(status, 200, text);
  assert.equal(features.ledger.byAccessKey(body['AccessKeyId'] ?? '')?.profileName, 'copilot');
}

/** The answer is a refusal without anybody's credentials in it. @returns what it says */
export async function assertRefused(
  { aws }: Pick<Computer, 'aws'>,
  port: number,
  apiKey: string,
): Promise<Answered['body']> {
  const { status, text, body } = await ask(port, apiKey);
  assert.ok(status >= 400, text);
  const { alice } = aws.world;
  for (const secret of ['SecretAccessKey', 'ASIA', 'AKIA', alice.secretAccessKey, alice.accessKeyId])
    assert.ok(!text.includes(secret), text);
  return body;
}
