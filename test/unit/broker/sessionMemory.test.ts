/** A session is kept for a moment, and never longer than the store says the same. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { SECOND } from '../../../src/base/clock.ts';
import { Emitter } from '../../../src/base/emitter.ts';
import { Secret } from '../../../src/base/secret.ts';
import { UserError } from '../../../src/base/userError.ts';
import type { Client } from '../../../src/broker/client.ts';
import { createSessionMemory, type SessionMemory } from '../../../src/broker/sessionMemory.ts';
import type { Session, SessionAsk } from '../../../src/identity/session.ts';
import { COPILOT } from '../identity/world.ts';
import { brokerWorld, order, type World } from './office.ts';

const SESSION: Session = {
  profile: COPILOT,
  accountId: '111122223333',
  arn: 'arn',
  credentials: { accessKeyId: 'ASIA', secretAccessKey: new Secret('secret') },
};

let world: World;
let asks: SessionAsk[];
let elapsed: number;
let changed: Emitter<{ profileId: string }>;
let memory: SessionMemory;
let client: Client;

beforeEach(async () => {
  world = brokerWorld();
  asks = [];
  elapsed = 0;
  changed = new Emitter();
  const get = async (ask: SessionAsk): Promise<Session> => {
    asks.push(ask);
    return SESSION;
  };
  memory = createSessionMemory(
    { sessions: { get, onChange: changed.listen }, office: world.office },
    () => elapsed,
  );
  ({ client } = await world.clients.create(order({ workspace: 'payments' })));
  await memory.session(client);
});
afterEach(() => world.dispose());

const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

interface Case {
  readonly name: string;
  readonly happens: () => unknown;
  readonly asked: number;
}

const CASES: readonly Case[] = [
  { name: 'nothing happened', happens: () => undefined, asked: 1 },
  { name: 'a second has passed', happens: () => (elapsed += SECOND), asked: 2 },
  { name: 'sessions have changed', happens: () => changed.fire({ profileId: 'any' }), asked: 2 },
  {
    name: 'this window wrote something',
    happens: () =>
      world.db.run("INSERT INTO keychain_entry (name, backend, stored_at) VALUES ('a', 'os', 0)"),
    asked: 2,
  },
  {
    name: 'another window wrote something',
    happens: async () => {
      world.window().db.run("INSERT INTO keychain_entry (name, backend, stored_at) VALUES ('a', 'os', 0)");
      await turn();
    },
    asked: 2,
  },
];

describe('a session is asked for again when', () => {
  for (const { name, happens, asked } of CASES) {
    it(`${name}: ${asked === 1 ? 'no' : 'yes'}`, async () => {
      await happens();
      await memory.session(client);
      assert.equal(asks.length, asked);
    });
  }

  it('it is for another workspace, and each ask says for which', async () => {
    await memory.session({ ...client, workspace: 'orders' });
    assert.deepEqual(
      asks.map(({ workspace, temporary, purpose }) => [workspace, temporary, purpose]),
      [
        ['payments', true, 'agent'],
        ['orders', true, 'agent'],
      ],
    );
  });

  it('it could not be had: a failure is not kept', async () => {
    let isDown = true;
    const get = async (): Promise<Session> => {
      if (isDown) throw new UserError('aws.unavailable', 'AWS is down.');
      return SESSION;
    };
    const own = createSessionMemory(
      { sessions: { get, onChange: changed.listen }, office: world.office },
      () => elapsed,
    );
    await assert.rejects(own.session(client), UserError);
    isDown = false;
    assert.equal(await own.session(client), SESSION);
  });
});
