/** Clients: their keys, what a changed record is worth, and what is left of them when they end. */
import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { UserError } from '../../../src/base/userError.ts';
import { createAuthenticator } from '../../../src/broker/authenticate.ts';
import type { Client } from '../../../src/broker/client.ts';
import type { ClientOrder } from '../../../src/broker/clients.ts';
import { rotateAll } from '../../../src/broker/rotation.ts';
import { ALICE, COPILOT } from '../identity/world.ts';
import { brokerWorld, edit, order, type World } from './office.ts';

let world: World;
beforeEach(() => {
  world = brokerWorld();
});
afterEach(() => world.dispose());

async function made(changes: Partial<ClientOrder> = {}): Promise<{ client: Client; apiKey: string }> {
  const { client, apiKey } = await world.clients.create(order(changes));
  return { client, apiKey: apiKey?.reveal() ?? readFileSync(client.tokenFile ?? '', 'utf8') };
}

async function whose(apiKey: string): Promise<string | undefined> {
  return (await createAuthenticator(world.office, () => undefined).client(apiKey))?.client.id;
}

describe('a client', () => {
  it('is known by its key, which lies in its file and nowhere else', async () => {
    const { client, apiKey } = await made();
    assert.match(apiKey, /^nw_[0-9a-f]{12}_[\w-]{43}$/);
    assert.equal(await whose(apiKey), client.id);
    const stored = JSON.stringify(world.db.all('SELECT * FROM client'));
    assert.ok(!stored.includes(apiKey.slice(-43)));
    assert.ok(!readFileSync(join(world.folder, 'store.db-wal')).includes(apiKey.slice(-43)));
  });

  it('whose key is shown once has no file', async () => {
    const { client, apiKey } = await made({ inFile: false });
    assert.equal(client.tokenFile, undefined);
    assert.equal(await whose(apiKey), client.id);
  });

  it('of another window is listed, newest first, and its listeners are told of our own', async () => {
    let told = 0;
    world.clients.onChange(() => void told++);
    const { client: first } = await made();
    const { client: second } = await world.window().clients.create(order());
    assert.deepEqual(
      world.clients.list().map(({ id }) => id),
      [second.id, first.id],
    );
    assert.equal(world.clients.get(second.id)?.name, 'Terminal');
    assert.equal(told, 1);
  });

  it('that was revoked stays in the record, without hash or file', async () => {
    const { client, apiKey } = await made();
    world.clients.revoke(client.id, 'the window was closed');
    assert.equal(await whose(apiKey), undefined);
    assert.equal(world.clients.get(client.id)?.revokedBecause, 'the window was closed');
    assert.equal(world.db.get('SELECT key_hash FROM client')?.['key_hash'], null);
    assert.ok(!existsSync(client.tokenFile ?? ''));
    world.clients.revoke(client.id, 'again');
    assert.equal(world.clients.get(client.id)?.revokedBecause, 'the window was closed');
  });

  it('does not come to be when its file or its row cannot be written', async () => {
    await made();
    const tokens = join(world.folder, 'broker', 'tokens');
    chmodSync(tokens, 0o755);
    const isTokenFile = (error: unknown) => error instanceof UserError && error.code === 'broker.tokenFile';
    await assert.rejects(world.clients.create(order()), isTokenFile);
    chmodSync(tokens, 0o700);
    world.db.script(
      `CREATE TRIGGER full BEFORE INSERT ON client BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END`,
    );
    await assert.rejects(world.clients.create(order()), /full/);
    assert.equal(world.clients.list().length, 1);
  });

  it('does not come to be while the keychain is locked', async () => {
    world.keychain.locked = true;
    await assert.rejects(world.clients.create(order()), UserError);
    assert.deepEqual(world.clients.list(), []);
  });
});

describe('revoking all', () => {
  const CASES: readonly [string, Parameters<World['clients']['revokeAll']>[0], string[]][] = [
    ['of a profile', { profileId: 'copilot-id' }, ['a', 'b']],
    ['of a kind', { kind: 'agent' }, ['a', 'b']],
    ['of a profile and another kind', { profileId: 'copilot-id', kind: 'agent' }, ['a', 'b']],
    ['of everybody', {}, ['a', 'b', 'c']],
    ['of a profile that is not there', { profileId: 'nobody' }, []],
  ];
  for (const [name, of, expected] of CASES) {
    it(`${name} ends ${expected.join(', ') || 'nobody'}`, async () => {
      await made({ name: 'a' });
      await made({ name: 'b', inFile: false });
      await made({ name: 'c', profile: ALICE });
      const ended = world.clients.revokeAll(of, 'because');
      assert.deepEqual(ended.map(({ name }) => name).sort(), expected);
      const left = world.clients.list().filter(({ revokedAt }) => revokedAt === undefined);
      assert.equal(left.length, 3 - expected.length);
    });
  }
});

type Forge = (client: Client) => void;

const set = (path: string, value: string | number | null) => (client: Client) =>
  edit(world.db, client, path, value);

const FORGED: readonly [string, Forge][] = [
  ['a wider scope', set('$.scopes', '["credentials","identity"]')],
  ['the other kind', set('$.kind', 'user')],
  ['another profile', set('$.profileId', 'alice-id')],
  ['a later end', set('$.expiresAt', 9_999_999_999_999)],
  ['another use', set('$.use', 'external')],
  ['another workspace', set('$.workspace', 'payments')],
  ['another file', set('$.tokenFile', '/tmp/elsewhere')],
  [
    'no file',
    client =>
      void world.db.run("UPDATE client SET body = json_remove(body, '$.tokenFile') WHERE id = ?", client.id),
  ],
  ['a terminal that it never had', set('$.processId', 1)],
  ['another id', set('$.id', 'ffffffffffff')],
  [
    'text that is not JSON',
    client => void world.db.run("UPDATE client SET body = 'x' WHERE id = ?", client.id),
  ],
  [
    'a seal of something else',
    client => void world.db.run('UPDATE client SET seal = zeroblob(32) WHERE id = ?', client.id),
  ],
  [
    'a hash of something else',
    client => void world.db.run('UPDATE client SET key_hash = zeroblob(32) WHERE id = ?', client.id),
  ],
  [
    'an empty hash',
    client => void world.db.run('UPDATE client SET key_hash = zeroblob(0) WHERE id = ?', client.id),
  ],
];

describe('a record that something else changed to have', () => {
  for (const [name, forge] of FORGED) {
    it(`${name} opens nothing, also not after every key was changed`, async () => {
      const { client, apiKey } = await made({ scopes: ['identity'] });
      assert.equal(await whose(apiKey), client.id);
      forge(client);
      assert.equal(await whose(apiKey), undefined);
      await rotateAll(world.office);
      assert.equal(await whose(apiKey), undefined);
      const file = existsSync(client.tokenFile ?? '') ? readFileSync(client.tokenFile ?? '', 'utf8') : '';
      // A spoilt hash alone is mended by a new key: nothing of what it may do was changed.
      const isMended = name.includes('hash');
      assert.equal(await whose(file), isMended ? client.id : undefined);
    });
  }

  it('another profile is ended when keys are changed, and does not get one', async () => {
    const { client, apiKey } = await made();
    edit(world.db, client, '$.profileId', 'alice-id');
    await rotateAll(world.office);
    assert.match(world.clients.get(client.id)?.revokedBecause ?? '', /something other than No Wing/);
    assert.ok(!existsSync(client.tokenFile ?? ''));
    assert.equal(await whose(apiKey), undefined);
  });

  it('never been revoked opens nothing', async () => {
    const { client, apiKey } = await made();
    world.clients.revoke(client.id, 'because');
    world.db.run('UPDATE client SET revoked_at = NULL, revoked_because = NULL WHERE id = ?', client.id);
    assert.equal(await whose(apiKey), undefined);
  });

  it("another client's hash and seal opens nothing", async () => {
    const agent = await made();
    const user = await made({ profile: ALICE });
    world.db.run(
      `UPDATE client SET (body, key_hash, seal) = (SELECT json_set(body, '$.id', ?), key_hash, seal FROM client WHERE id = ?)
       WHERE id = ?`,
      agent.client.id,
      user.client.id,
      agent.client.id,
    );
    assert.equal(await whose(agent.apiKey), undefined);
  });

  it('been written by hand opens nothing', async () => {
    const { client } = await made();
    world.db.run(
      `INSERT INTO client (id, profile_id, created_at, body, key_hash, seal)
       SELECT 'aaaaaaaaaaaa', 'alice-id', 1, json_set(body, '$.id', 'aaaaaaaaaaaa', '$.kind', 'user'), key_hash, seal
       FROM client WHERE id = ?`,
      client.id,
    );
    assert.equal(await whose(`nw_aaaaaaaaaaaa_${'A'.repeat(43)}`), undefined);
  });
});

describe('changing every key', () => {
  it('makes what was read before void, and what is read now good', async () => {
    const { client, apiKey } = await made();
    await rotateAll(world.office);
    const next = readFileSync(client.tokenFile ?? '', 'utf8');
    assert.notEqual(next, apiKey);
    assert.deepEqual([await whose(apiKey), await whose(next)], [undefined, client.id]);
  });

  it('leaves a key alone that was shown once, and whoever was revoked', async () => {
    const shown = await made({ inFile: false });
    const { client } = await made();
    world.clients.revoke(client.id, 'because');
    await rotateAll(world.office);
    assert.equal(await whose(shown.apiKey), shown.client.id);
    assert.ok(!existsSync(client.tokenFile ?? ''));
  });

  it('refuses rather than exposes when a file cannot be written, and goes on with the others', async () => {
    const [one] = [await made(), await made()];
    chmodSync(join(world.folder, 'broker', 'tokens'), 0o755);
    await rotateAll(world.office);
    assert.equal(await whose(one.apiKey), undefined);
    assert.equal(world.logged.filter(text => text.includes('has no key until')).length, 2);
  });
});

describe('an API key', () => {
  it('is nobody else’s: cut, lengthened, of another client, of nobody', async () => {
    const { client, apiKey } = await made();
    const other = await made();
    const secret = apiKey.slice(-43);
    const wrong = [
      '',
      'nw_',
      apiKey.slice(0, -1),
      `${apiKey}A`,
      `${apiKey} `,
      ` ${apiKey}`,
      apiKey.toUpperCase(),
      `Bearer ${apiKey}`,
      `nw_${other.client.id}_${secret}`,
      `nw_ffffffffffff_${secret}`,
      `xx_${client.id}_${secret}`,
      `nw_${client.id}_${'A'.repeat(43)}`,
      `nw_${client.id}%00_${secret}`,
      `nw_' OR 1=1 --_${secret}`,
    ];
    for (const text of wrong) assert.equal(await whose(text), undefined, text);
  });
});

describe('production', () => {
  const profile = { ...COPILOT, environment: 'prod' } as const;

  it('is for terminals', async () => {
    assert.equal((await made({ use: 'terminal', profile })).client.use, 'terminal');
  });

  for (const use of ['agent', 'commandLine', 'external'] as const) {
    it(`is not for a client of use ${use}, in a file or not`, async () => {
      for (const inFile of [true, false])
        await assert.rejects(world.clients.create(order({ use, profile, inFile })), {
          code: 'broker.production',
          hint: 'Open a terminal as copilot, and run there what needs it.',
        });
      assert.deepEqual(world.clients.list(), []);
    });
  }
});

describe('a terminal', () => {
  it('is bound once and stays genuine', async () => {
    const { client, apiKey } = await made({ use: 'terminal' });
    const changed = Promise.withResolvers<void>();
    world.clients.onChange(() => changed.resolve());
    world.clients.bindProcess(client.id, 4711);
    await changed.promise;
    assert.equal(world.clients.get(client.id)?.processId, 4711);
    assert.equal(await whose(apiKey), client.id);
  });
});
