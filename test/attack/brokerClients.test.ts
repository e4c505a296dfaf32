/** Files, rows and errors: who changes or provokes them gets no session that is not theirs. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import type { Client } from '../../src/broker/client.ts';
import { waitFor } from '../setup/waitFor.ts';
import {
  agentClient,
  apiKeyOf,
  ask,
  assertAnswered,
  assertRefused,
  orderFor,
  serving,
} from './brokerRequests.ts';
import { type Computer, newDirectory, openComputer, type Person } from './computer.ts';

let computer: Computer;
let person: Person;
let port: number;
let client: Client;
let key: string;

before(async () => {
  computer = await openComputer({ keychain: 'os' });
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

describe('in the place of its key file', () => {
  const put: readonly (readonly [string, (file: string) => void])[] = [
    ['a link to a file of ours', file => relink(file, join(newDirectory(computer.folder), 'x'))],
    ['a link to another key file', file => relink(file, apiKeyFileOfAnother)],
    ['a folder', file => replaced(file, () => mkdirSync(file))],
    ['a pipe', file => replaced(file, () => void execFileSync('mkfifo', [file]))],
    ['the same file, open to everybody', file => chmodSync(file, 0o644)],
    ['the same file, open to the group', file => chmodSync(file, 0o660)],
  ];
  let apiKeyFileOfAnother = '';
  const replaced = (file: string, make: () => void): void => {
    rmSync(file);
    make();
  };
  const relink = (file: string, target: string): void => {
    if (!existsSync(target)) writeFileSync(target, 'precious', { mode: 0o600 });
    replaced(file, () => symlinkSync(target, file));
  };
  for (const [name, attack] of put) {
    it(`${name}: its key is void, a new one lies there, nothing else was touched, the person is told`, async () => {
      const other = await agentClient(person);
      apiKeyFileOfAnother = other.tokenFile ?? '';
      const otherKey = apiKeyOf(other);
      const told: string[] = [];
      person.features.broker.onTrouble(({ error }) => void told.push(error.code));
      const file = client.tokenFile ?? '';
      attack(file);
      await refused(key);
      const stat = lstatSync(file);
      assert.ok(stat.isFile());
      assert.equal(stat.mode & 0o777, 0o600);
      await answered(apiKeyOf(client));
      assert.deepEqual([apiKeyOf(other), told], [otherKey, ['broker.exposed']]);
    });
  }

  it('nothing: a new key lies there soon, though nobody asks', async () => {
    rmSync(client.tokenFile ?? '');
    await waitFor('the new file', async () => (existsSync(client.tokenFile ?? '') ? true : undefined));
    await refused(key);
    await answered(apiKeyOf(client));
  });
});

describe('a row that somebody changed', () => {
  const set = (path: string, value: () => string | number) => () =>
    void person.features.db.run(
      'UPDATE client SET body = json_set(body, ?, ?) WHERE id = ?',
      path,
      value(),
      client.id,
    );
  const forged: readonly (readonly [string, () => void])[] = [
    ["to be alice's", set('$.profileId', () => person.alice.id)],
    ['to be of the other kind', set('$.kind', () => 'user')],
    [
      "to be alice's and of her kind",
      () => {
        set('$.profileId', () => person.alice.id)();
        set('$.kind', () => 'user')();
      },
    ],
    ['to live longer', set('$.expiresAt', () => 9_999_999_999_999)],
    ['to be of another workspace', set('$.workspace', () => 'payments')],
    ['to write its next key elsewhere', set('$.tokenFile', () => join(computer.folder, 'stolen'))],
    ['to belong to a terminal', set('$.processId', () => process.pid)],
  ];
  for (const [name, forge] of forged) {
    it(`${name} opens nothing, and is ended at the next change of window`, async () => {
      forge();
      await refused(key);
      person.features.broker.dispose();
      const next = computer.window(person.directory);
      const nextPort = await serving(next);
      await waitFor('its end', async () => (inForce(client.id) ? undefined : true));
      await refused(key, nextPort);
      assert.ok(!existsSync(join(computer.folder, 'stolen')));
      next.broker.dispose();
    });
  }

  it('to have more scopes opens no more', async () => {
    const { client: narrow } = await person.features.clients.create({
      ...orderFor(person.copilot),
      scopes: ['identity'],
    });
    const narrowKey = apiKeyOf(narrow);
    assert.equal((await ask(port, narrowKey)).body['code'], 'broker.scope');
    person.features.db.run(
      `UPDATE client SET body = json_set(body, '$.scopes', json('["credentials","identity"]')) WHERE id = ?`,
      narrow.id,
    );
    assert.equal((await refused(narrowKey))['code'], 'broker.unknownKey');
  });

  it('not to be revoked opens nothing', async () => {
    person.features.clients.revoke(client.id, 'because');
    person.features.db.run('UPDATE client SET revoked_at = NULL, revoked_because = NULL');
    await refused(key);
  });

  it("of the agent's profile, so that it builds on alice's keys, gives none of hers", async () => {
    person.features.db.run(
      `UPDATE profile SET body = json_set(body, '$.source', json(?)) WHERE id = ?`,
      JSON.stringify({ type: 'keys', accessKeyId: computer.aws.world.alice.accessKeyId }),
      person.copilot.id,
    );
    await refused(key);
  });

  it("of the broker's key, to one that somebody knows, recognises nobody", async () => {
    person.features.db.run("UPDATE broker_key SET entry = 'profile/user/' || ?", person.alice.id);
    person.features.broker.dispose();
    const next = computer.window(person.directory);
    await assert.rejects(serving(next), /cannot read the key/);
  });
});

describe('provoking an error', () => {
  const trigger = (table: string) => async (): Promise<undefined> =>
    void person.features.db.script(`CREATE TRIGGER full BEFORE INSERT ON ${table}
      BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END`);
  const failSts = (kind: 'drop' | '500' | 'throttle') => async () => {
    await computer.aws.control.fail({ service: 'sts', kind });
    return () => computer.aws.control.clearFailures();
  };
  type Undo = () => Promise<unknown>;
  const provoked: readonly (readonly [string, number, string, () => Promise<Undo | undefined>])[] = [
    [
      'the keychain is locked',
      503,
      'keychain.lockedOrRemoved',
      async () => {
        await computer.world?.keyring.lock();
        return async () => computer.world?.keyring.restart();
      },
    ],
    ['AWS drops the connection', 503, 'aws.unreachable', failSts('drop')],
    ['AWS has faults', 503, 'aws.unavailable', failSts('500')],
    ['the ledger is full', 500, 'ledger.unwritable', trigger('ledger')],
    ['the record of hand-outs is full', 500, 'store.unrecorded', trigger('handout')],
    [
      'the agent is stopped',
      403,
      'identity.revoked',
      async () => void person.features.revocations.revoke(person.copilot.id, Date.now()),
    ],
    [
      'the role refuses the agent',
      403,
      'identity.roleRefused',
      async () =>
        void person.features.db.run(
          "UPDATE profile SET body = json_set(body, '$.source.externalId', 'wrong-one') WHERE id = ?",
          person.copilot.id,
        ),
    ],
  ];
  for (const [name, status, code, provoke] of provoked) {
    it(`(${name}) gets a reason, and nobody's credentials`, async () => {
      const undo = await provoke();
      try {
        const body = await refused(key);
        assert.deepEqual([(await ask(port, key)).status, body['code']], [status, code]);
        assert.match(body['message'] ?? '', /copilot|alice|hand(?:ed)? out/i);
      } finally {
        await undo?.();
      }
    });
  }

  it('(the agent is stopped) after it has had a session gets nothing more', async () => {
    await answered(key);
    computer.window(person.directory).revocations.revoke(person.copilot.id, Date.now());
    assert.equal((await refused(key))['code'], 'identity.revoked');
  });
});

describe('what lies about', () => {
  it('holds no key but in its own file', async () => {
    await answered(key);
    const secret = key.slice(-43);
    for (const name of ['no-wing.db', 'no-wing.db-wal'])
      assert.ok(!readFileSync(join(person.directory, name)).includes(secret), name);
    assert.ok(!computer.logged.join('\n').includes(secret));
  });
});
