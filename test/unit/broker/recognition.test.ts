/** Who is recognised: where a key may be shown, until when, and what an exposed file is worth. */
import assert from 'node:assert/strict';
import { chmodSync, readFileSync, unlinkSync } from 'node:fs';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { HOUR, SECOND } from '../../../src/base/clock.ts';
import type { Client } from '../../../src/broker/client.ts';
import type { ClientOrder } from '../../../src/broker/clients.ts';
import type { Peers } from '../../../src/broker/peerProcess.ts';
import { createRecognition, type Recognition } from '../../../src/broker/recognition.ts';
import { ALICE } from '../identity/world.ts';
import { brokerWorld, order, type World } from './office.ts';

const HERE = { port: 20_000, peerPort: () => 40_000 };

let world: World;
let elapsed: number;
let peers: Peers & { ofThisUser: boolean; terminal: number };
let recognition: Recognition;

beforeEach(() => {
  world = brokerWorld();
  elapsed = 0;
  peers = {
    canTell: true,
    ofThisUser: true,
    terminal: 0,
    isOfThisUser: async () => peers.ofThisUser,
    isInTerminal: async (_connection, { processId }) => processId === peers.terminal,
  };
  recognition = createRecognition(world.office, peers, () => elapsed);
});
afterEach(() => world.dispose());

async function made(changes: Partial<ClientOrder> = {}): Promise<{ client: Client; apiKey: string }> {
  const { client, apiKey } = await world.clients.create(order(changes));
  return { client, apiKey: apiKey?.reveal() ?? keyIn(client) };
}

const keyIn = ({ tokenFile }: Client): string => readFileSync(tokenFile ?? '', 'utf8');

/** The client's id, or the code of the refusal. */
async function verdict(apiKey: string): Promise<string> {
  const found = await recognition.recognize(apiKey, HERE);
  return 'status' in found ? found.code : found.id;
}

describe('a key', () => {
  it('is good until it expires, and not again when the clock is set back', async () => {
    const { client, apiKey } = await made({ lifeMs: HOUR });
    world.clock.advance(HOUR - 1);
    assert.equal(await verdict(apiKey), client.id);
    world.clock.advance(1);
    assert.equal(await verdict(apiKey), 'broker.expired');
    world.clock.advance(-2 * HOUR);
    assert.equal(await verdict(apiKey), 'broker.expired');
  });

  it('that was shown once is good only for processes of this user', async () => {
    const { client, apiKey } = await made({ inFile: false });
    assert.equal(await verdict(apiKey), client.id);
    peers.ofThisUser = false;
    assert.equal(await verdict(apiKey), 'broker.otherUser');
  });
});

describe('after a change of window, the key that was read just before', () => {
  const changed = async (elapsedMs: number): Promise<[string, string]> => {
    const { client, apiKey } = await made();
    await recognition.changeKeys();
    elapsed += elapsedMs;
    assert.equal(await verdict(keyIn(client)), client.id);
    return [await verdict(apiKey), client.id];
  };

  it('is good for a moment', async () => {
    const [found, id] = await changed(9 * SECOND);
    assert.equal(found, id);
  });

  it('is void after that', async () => {
    assert.equal((await changed(10 * SECOND))[0], 'broker.unknownKey');
  });

  it('is void at once in the hands of another user', async () => {
    peers.ofThisUser = false;
    assert.equal((await changed(0))[0], 'broker.otherUser');
  });

  it('is void at once where nobody tells whose process it is', async () => {
    recognition = createRecognition(world.office, { ...peers, canTell: false }, () => elapsed);
    assert.equal((await changed(0))[0], 'broker.unknownKey');
  });

  it('is void at once when its client was revoked', async () => {
    const { client, apiKey } = await made();
    await recognition.changeKeys();
    world.clients.revoke(client.id, 'because');
    assert.equal(await verdict(apiKey), 'broker.unknownKey');
  });
});

describe("a user's terminal", () => {
  const bound = async (processId?: number): Promise<string> => {
    const { client, apiKey } = await made({ use: 'terminal', profile: ALICE });
    if (processId !== undefined) {
      const told = Promise.withResolvers<void>();
      world.clients.onChange(() => told.resolve());
      world.clients.bindProcess(client.id, processId);
      await told.promise;
    }
    const found = await verdict(apiKey);
    return found === client.id ? 'answered' : found;
  };

  it('is answered inside of it', async () => {
    peers.terminal = 77;
    assert.equal(await bound(77), 'answered');
  });

  it('is not answered elsewhere', async () => {
    peers.terminal = 78;
    assert.equal(await bound(77), 'broker.otherTerminal');
  });

  it('is not answered before its shell is known', async () => {
    assert.equal(await bound(), 'broker.otherTerminal');
  });

  it('is answered by its key alone where nobody tells more', async () => {
    recognition = createRecognition(world.office, { ...peers, canTell: false }, () => elapsed);
    assert.equal(await bound(), 'answered');
  });
});

describe('a key file', () => {
  it('that is gone comes back with another key; who shows the old one is answered this once', async () => {
    const { client, apiKey } = await made();
    unlinkSync(client.tokenFile ?? '');
    assert.equal(await verdict(apiKey), client.id);
    assert.equal(await verdict(apiKey), 'broker.unknownKey');
    assert.equal(await verdict(keyIn(client)), client.id);
    assert.deepEqual(world.troubles, []);
  });

  it('that lay open is replaced, its key is void, and the person is told', async () => {
    const { client, apiKey } = await made();
    let changes = 0;
    world.clients.onChange(() => void changes++);
    chmodSync(client.tokenFile ?? '', 0o644);
    assert.equal(await verdict(apiKey), 'broker.exposed');
    assert.equal(await verdict(apiKey), 'broker.unknownKey');
    assert.equal(await verdict(keyIn(client)), client.id);
    assert.deepEqual(
      world.troubles.map(({ client: { id }, error }) => [id, error.code]),
      [[client.id, 'broker.exposed']],
    );
    assert.equal(changes, 1);
  });

  it('that lay open gets one new key, and the person one word, however many ask at once', async () => {
    const { client, apiKey } = await made();
    chmodSync(client.tokenFile ?? '', 0o644);
    const verdicts = await Promise.all([verdict(apiKey), verdict(apiKey), verdict(apiKey)]);
    assert.deepEqual(new Set(verdicts), new Set(['broker.exposed']));
    assert.equal(world.troubles.length, 1);
    assert.equal(await verdict(keyIn(client)), client.id);
  });

  it('is looked after also when nobody asks', async () => {
    const [gone, open] = [await made(), await made()];
    unlinkSync(gone.client.tokenFile ?? '');
    chmodSync(open.client.tokenFile ?? '', 0o644);
    await recognition.guardFiles();
    for (const { client, apiKey } of [gone, open]) {
      assert.equal(await verdict(apiKey), 'broker.unknownKey');
      assert.equal(await verdict(keyIn(client)), client.id);
    }
  });
});
