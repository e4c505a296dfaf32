// A process for the bench of the broker: a window that serves, with sessions in memory, or, with `reference`, the least
// server of node:http that answers the same bytes. Tells its parent the port and the clients' keys,
// and, when it is asked, how much of a core it has used.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { systemClock } from '../../../src/base/clock.ts';
import { silentLog } from '../../../src/base/log.ts';
import { Secret } from '../../../src/base/secret.ts';
import { createBroker } from '../../../src/broker/broker.ts';
import { createClients } from '../../../src/broker/clients.ts';
import { createHandouts } from '../../../src/broker/handouts.ts';
import { createOffice } from '../../../src/broker/office.ts';
import { createServingStore } from '../../../src/broker/servingStore.ts';
import type { Profile } from '../../../src/identity/profile.ts';
import { createProfiles } from '../../../src/identity/profiles.ts';
import { createRevocations } from '../../../src/identity/revocations.ts';
import { createSessions } from '../../../src/identity/sessions.ts';
import { openDatabase } from '../../../src/store/database.ts';
import { ALICE, COPILOT, sessionWorld } from '../../unit/identity/world.ts';

const [kind, folder = '', count = '1'] = process.argv.slice(2);
const token = 'IQoJb3JpZ2luX2VjE'.repeat(60);

process.on('message', () => process.send?.(process.cpuUsage()));
if (kind === 'reference') await startReference();
else await startWindow();

async function startReference(): Promise<void> {
  const body = JSON.stringify({
    AccessKeyId: 'ASIAFAKEFAKEFAKE0001',
    SecretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
    Token: token,
    Expiration: new Date().toISOString(),
  });
  const server = createServer((_request, response) => {
    response.writeHead(200, {
      'Content-Type': 'application/json',
      'Content-Length': body.length,
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
    });
    response.end(body);
  });
  server.listen({ port: 0, host: '127.0.0.1', backlog: 2048 }, () => {
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    process.send?.({ port, apiKeys: Array.from({ length: Number(count) }, () => 'a'.repeat(59)) });
  });
}

async function startWindow(): Promise<void> {
  const db = openDatabase(`${folder}/no-wing.db`);
  const entries = new Map<string, Secret>();
  const keychain = {
    read: async (name: string) => entries.get(name),
    write: async (name: string, value: Secret) => void entries.set(name, value),
    remove: async (name: string) => void entries.delete(name),
  };
  const clock = systemClock;
  for (const profile of [ALICE, COPILOT]) insert(profile);
  const verify = async (): Promise<never> => Promise.reject(new Error('not here'));
  const profiles = createProfiles({ db, keychain, verify, clock });
  const revocations = createRevocations(db);
  const { input, sts } = sessionWorld();
  const sessions = createSessions({
    ...input,
    clock,
    profile: profiles.get,
    isRevoked: revocations.isRevoked,
    sts: async () => ({
      ...sts,
      async assumeRole(...call: Parameters<typeof sts.assumeRole>) {
        const { arn, credentials } = await sts.assumeRole(...call);
        return { arn, credentials: { ...credentials, sessionToken: new Secret(token) } };
      },
    }),
  });
  const office = createOffice({ db, keychain, directory: folder, clock, log: silentLog });
  const clients = createClients(office);
  const broker = createBroker({
    office,
    clients,
    serving: createServingStore(db),
    handouts: createHandouts(db, clock.now),
    sessions,
    profiles,
    clock,
  });
  const serving = Promise.withResolvers<number>();
  broker.onChange(state => 'port' in state && serving.resolve(state.port));
  broker.start();
  const port = await serving.promise;
  const apiKeys: string[] = [];
  for (let at = 0; at < Number(count); at++) {
    const order = { name: 'bench', use: 'agent', profile: COPILOT, lifeMs: 3_600_000, inFile: true } as const;
    const { client } = await clients.create(order);
    apiKeys.push(readFileSync(client.tokenFile ?? '', 'utf8'));
  }
  process.send?.({ port, apiKeys });

  function insert({ id, kind: kindOf, name, ...rest }: Profile): void {
    const body = JSON.stringify({ id, kind: kindOf, name, ...rest });
    db.run('INSERT INTO profile (id, kind, name, body) VALUES (?, ?, ?, ?)', id, kindOf, name, body);
  }
}
