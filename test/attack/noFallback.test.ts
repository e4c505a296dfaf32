/** The agent's own session cannot be had: the call fails, and nobody's credentials take its place. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Profile } from '../../src/identity/profile.ts';
import { type Computer, callsOf, openComputer, type Person, planned, refused } from './computer.ts';

interface Attack {
  readonly name: string;
  readonly code: string;
  /** Returns what undoes it for the others. */
  readonly attack: (person: Person) => Promise<(() => Promise<void>) | undefined>;
}

let computer: Computer;

before(async () => {
  computer = await openComputer({ keychain: 'os' });
});
after(() => computer.close());

const edit = (person: Person, profile: Profile, path: string, value: string): void =>
  void person.features.db.run(
    'UPDATE profile SET body = json_set(body, ?, ?) WHERE id = ?',
    path,
    value,
    profile.id,
  );

const spoilLedger = (person: Person, kind: string): void =>
  person.features.db.script(`CREATE TRIGGER full BEFORE INSERT ON ledger WHEN NEW.kind = '${kind}'
    BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END`);

const failSts = async (kind: '500' | 'throttle' | 'drop'): Promise<() => Promise<void>> => {
  await computer.aws.control.fail({ service: 'sts', kind });
  return () => computer.aws.control.clearFailures();
};

const ATTACKS: readonly Attack[] = [
  {
    name: 'the external id in the store is spoilt, so that the role refuses the agent',
    code: 'identity.roleRefused',
    attack: async person => void edit(person, person.copilot, '$.source.externalId', 'wrong-one'),
  },
  {
    name: 'the role in the store is made one that does not exist',
    code: 'identity.roleRefused',
    attack: async person =>
      void edit(person, person.copilot, '$.source.roleArn', 'arn:aws:iam::111122223333:role/nobody'),
  },
  {
    name: 'the role in the store is made one of another account, which trusts alice',
    code: 'identity.otherAccount',
    attack: async person =>
      void edit(person, person.copilot, '$.source.roleArn', computer.aws.world.prodRole.arn),
  },
  {
    name: 'the keychain is locked',
    code: 'keychain.lockedOrRemoved',
    attack: async () => {
      await computer.world?.keyring.lock();
      return async () => computer.world?.keyring.restart();
    },
  },
  { name: 'STS has faults of its own', code: 'aws.unavailable', attack: () => failSts('500') },
  { name: 'STS drops every connection', code: 'aws.unreachable', attack: () => failSts('drop') },
  { name: 'STS throttles', code: 'aws.throttled', attack: () => failSts('throttle') },
  {
    name: "the ledger does not take the agent's session",
    code: 'ledger.unwritable',
    attack: async person => void spoilLedger(person, 'agent'),
  },
  {
    name: "the ledger does not take the use of the user's key",
    code: 'ledger.unwritable',
    attack: async person => void spoilLedger(person, 'user'),
  },
  {
    name: "the agent's profile is deleted from the store",
    code: 'identity.gone',
    attack: async ({ features, copilot }) =>
      void features.db.run('DELETE FROM profile WHERE id = ?', copilot.id),
  },
  {
    name: "the user's profile is deleted from the store",
    code: 'identity.gone',
    attack: async ({ features, alice }) => void features.db.run('DELETE FROM profile WHERE id = ?', alice.id),
  },
  {
    name: "the agent's profile builds on itself",
    code: 'identity.endless',
    attack: async person => void edit(person, person.copilot, '$.source.from', person.copilot.id),
  },
];

/** What No Wing itself may do with the user's key for an agent: start the agent's session. */
async function assertOnlyAssumesRoles(before: number): Promise<void> {
  const { accessKeyId } = computer.aws.world.alice;
  const calls = (await callsOf(computer, accessKeyId)).slice(before);
  assert.deepEqual(
    calls.filter(name => name !== 'AssumeRole'),
    [],
  );
}

describe('no way back to the credentials of the user when', () => {
  for (const { name, code, attack } of ATTACKS) {
    it(name, async () => {
      const person = await computer.person();
      const before = (await callsOf(computer, computer.aws.world.alice.accessKeyId)).length;
      const undo = await attack(person);
      try {
        await refused(
          person.features.sessions.get({ profileId: person.copilot.id, purpose: 'terminal' }),
          code,
        );
        await refused(planned(person, 'fallback'), new RegExp(`^(?:${code}|deployment\\.\\w+)$`));
      } finally {
        await undo?.();
      }
      await assertOnlyAssumesRoles(before);
      assert.equal(person.features.sessions.peek(person.copilot.id), undefined);
    });
  }

  it("the user's own profile is turned into an agent's in the store", async () => {
    const person = await computer.person();
    edit(person, person.alice, '$.kind', 'agent');
    edit(person, person.alice, '$.name', 'helper');
    const before = (await callsOf(computer, computer.aws.world.alice.accessKeyId)).length;
    const ask = { profileId: person.alice.id, purpose: 'terminal' };
    await refused(person.features.sessions.get(ask), 'identity.secretMissing');
    await refused(planned({ ...person, copilot: person.alice }, 'turned'), 'identity.secretMissing');
    await assertOnlyAssumesRoles(before);
  });

  it('the profile is removed while its session is being started', async () => {
    const { features, copilot } = await computer.person();
    const asked = features.sessions.get({ profileId: copilot.id, purpose: 'terminal' });
    features.db.run('DELETE FROM profile WHERE id = ?', copilot.id);
    await refused(asked, 'identity.gone');
  });

  it('another window has removed the profile, and this one still holds its session', async () => {
    const { features, copilot, directory } = await computer.person();
    const ask = { profileId: copilot.id, purpose: 'terminal' };
    await features.sessions.get(ask);
    await computer.window(directory).profiles.remove(copilot.id);
    await refused(features.sessions.get(ask), 'identity.gone');
    assert.equal(features.sessions.peek(copilot.id), undefined);
  });
});

describe('the environment of the extension host, full of the credentials of the user', () => {
  const taken = { hits: 0 };
  const container = createServer((_request, response) => {
    taken.hits += 1;
    const { accessKeyId, secretAccessKey } = computer.aws.world.alice;
    const answer = { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, Token: 'x' };
    response.end(JSON.stringify({ ...answer, Expiration: new Date(Date.now() + 3_600_000).toISOString() }));
  });
  let saved: NodeJS.ProcessEnv;

  before(async () => {
    await new Promise<void>(resolve => container.listen(0, '127.0.0.1', resolve));
    const address = container.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const { alice } = computer.aws.world;
    const token = join(computer.folder, 'token');
    const credentials = join(computer.folder, 'credentials');
    writeFileSync(token, 'a-web-identity-token');
    const section = `aws_access_key_id=${alice.accessKeyId}\naws_secret_access_key=${alice.secretAccessKey}\n`;
    writeFileSync(credentials, `[default]\n${section}[alice]\n${section}`);
    saved = { ...process.env };
    Object.assign(process.env, {
      AWS_ACCESS_KEY_ID: alice.accessKeyId,
      AWS_SECRET_ACCESS_KEY: alice.secretAccessKey,
      AWS_PROFILE: 'alice',
      AWS_SHARED_CREDENTIALS_FILE: credentials,
      AWS_WEB_IDENTITY_TOKEN_FILE: token,
      AWS_ROLE_ARN: computer.aws.world.prodRole.arn,
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${port}/credentials`,
    });
  });
  after(() => {
    for (const name of Object.keys(process.env)) if (!(name in saved)) delete process.env[name];
    container.close();
  });

  it('is not used when the agent has its own: every call is made with the session of the agent', async () => {
    const person = await computer.person();
    const before = (await callsOf(computer, computer.aws.world.alice.accessKeyId)).length;
    const { state, onBehalfOf } = await planned(person, 'environment');
    assert.deepEqual([state.status, onBehalfOf], ['awaitingApproval', 'alice']);
    await assertOnlyAssumesRoles(before);
    assert.equal(taken.hits, 0);
  });

  it('is not used when the agent has none', async () => {
    const person = await computer.person();
    const before = (await callsOf(computer, computer.aws.world.alice.accessKeyId)).length;
    edit(person, person.copilot, '$.source.externalId', 'wrong-one');
    await refused(planned(person, 'environment'), 'identity.roleRefused');
    const { requests } = computer.aws.control;
    assert.equal((await requests())['sts']?.['AssumeRoleWithWebIdentity'], undefined);
    await assertOnlyAssumesRoles(before);
    assert.equal(taken.hits, 0);
  });
});
