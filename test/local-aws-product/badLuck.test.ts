/** Bad input and bad luck while a profile is added or a session is started: a sentence for a person, nothing half-kept. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { CreateRoleCommand } from '@aws-sdk/client-iam';
import { HOUR, MINUTE, systemClock } from '../../src/base/clock.ts';
import { Secret } from '../../src/base/secret.ts';
import type { UserError } from '../../src/base/userError.ts';
import type { Features } from '../../src/features.ts';
import { endpointFrom } from '../../src/identity/awsEndpoint.ts';
import { type Profile, secretName } from '../../src/identity/profile.ts';
import { createSessions, type Sessions } from '../../src/identity/sessions.ts';
import { createStsApi, type StsApi } from '../../src/identity/stsApi.ts';
import {
  agentDraft,
  type Computer,
  newDirectory,
  openComputer,
  type Person,
  refused,
  userDraft,
} from '../attack/computer.ts';
import { clientsOf } from '../local-aws/testClients.ts';

let computer: Computer;

before(async () => {
  computer = await openComputer({ keychain: 'secretStorage' });
});
after(() => computer.close());

interface Alone {
  readonly features: Features;
  readonly alice: Profile;
}

/** Alice without an agent. */
async function aliceAlone(endpoint?: string): Promise<Alone> {
  const directory = newDirectory(computer.folder);
  const secret = new Secret(computer.aws.world.alice.secretAccessKey);
  const alice = await computer.window(directory).profiles.add(userDraft(computer.aws), secret);
  return { alice, features: computer.window(directory, endpoint) };
}

interface BadLuck {
  readonly name: string;
  readonly code: string;
  /** Of the message and the hint together. */
  readonly says: RegExp;
  readonly luck?: () => Promise<void>;
  readonly better?: () => Promise<void>;
  readonly endpoint?: string;
  readonly add: (alone: Alone) => Promise<unknown>;
  readonly also?: (error: UserError) => void;
}

const NOBODY = 'http://127.0.0.1:1';

const failing = (kind: 'throttle' | 'drop' | '500') => ({
  luck: () => computer.aws.control.fail({ service: 'sts', kind }),
  better: () => computer.aws.control.clearFailures(),
});

const addBob =
  (keys: () => { accessKeyId: string; secretAccessKey: string }) =>
  ({ features }: Alone): Promise<unknown> => {
    const { accessKeyId, secretAccessKey } = keys();
    const source = { type: 'keys', accessKeyId } as const;
    return features.profiles.add(
      userDraft(computer.aws, { name: 'bob', source }),
      new Secret(secretAccessKey),
    );
  };

const addAgent =
  (changes: () => Parameters<typeof agentDraft>[2] = () => ({})) =>
  ({ features, alice }: Alone): Promise<unknown> =>
    features.profiles.add(agentDraft(computer.aws, alice.id, changes()));

const mallory = () => computer.aws.world.mallory;

function offersStatement(error: UserError): void {
  const { noSourceIdentityRole, agentRole } = computer.aws.world;
  assert.equal(error.action?.command, 'noWing.identity.showTrustStatement');
  const args = [{ roleArn: noSourceIdentityRole.arn, externalId: agentRole.externalId }];
  assert.deepEqual(error.action?.args, args);
}

const NO_TAGS = 'arn:aws:iam::111122223333:role/no-tags';

/** A role that takes a source identity and no tags. */
async function makeRoleWithoutTags(): Promise<void> {
  const { alice } = computer.aws.world;
  const Statement = {
    Effect: 'Allow',
    Principal: { AWS: alice.arn },
    Action: ['sts:AssumeRole', 'sts:SetSourceIdentity'],
  };
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
  await clientsOf(computer.aws, alice).iam.send(
    new CreateRoleCommand({ RoleName: 'no-tags', AssumeRolePolicyDocument }),
  );
}

const BAD_LUCK: readonly BadLuck[] = [
  {
    name: 'a wrong secret',
    code: 'identity.secretWrong',
    says: /secret access key of user bob.*Copy both again/,
    add: addBob(() => ({ ...mallory(), secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' })),
  },
  {
    name: 'a key that nobody has',
    code: 'identity.keyUnknown',
    says: /access key of user bob.*mistyped/,
    add: addBob(() => ({ ...mallory(), accessKeyId: 'AKIAIOSFODNN7EXAMPLE' })),
  },
  {
    name: 'a deactivated key',
    code: 'identity.keyUnknown',
    says: /access key of user bob.*deactivated/,
    luck: () => computer.aws.control.deactivateKey(mallory().accessKeyId),
    better: () => computer.aws.control.activateKey(mallory().accessKeyId),
    add: addBob(mallory),
  },
  {
    name: 'a role that is not there',
    code: 'identity.roleRefused',
    says: /agent copilot: it does not exist, or .*role\/nobody/,
    add: addAgent(() => ({ roleArn: 'arn:aws:iam::111122223333:role/nobody' })),
  },
  {
    name: 'a trust policy without sts:SetSourceIdentity',
    code: 'identity.sourceIdentityRefused',
    says: /agent copilot: its trust policy does not allow sts:SetSourceIdentity.*Add the statement/,
    add: addAgent(() => ({ roleArn: computer.aws.world.noSourceIdentityRole.arn })),
    also: offersStatement,
  },
  {
    name: 'a trust policy without sts:TagSession',
    code: 'identity.tagSessionRefused',
    says: /its trust policy does not allow sts:TagSession/,
    luck: makeRoleWithoutTags,
    add: addAgent(() => ({ roleArn: NO_TAGS })),
  },
  {
    name: 'a wrong external id',
    code: 'identity.roleRefused',
    says: /external id differs/,
    add: addAgent(() => ({ externalId: 'somebody-elses' })),
  },
  {
    name: 'a session longer than the role allows',
    code: 'identity.invalid',
    says: /duration may be longer/,
    add: addAgent(() => ({ durationSeconds: 43_200 })),
  },
  {
    name: "an agent with the user's own key",
    code: 'identity.sameIdentity',
    says: /same identity in agent copilot as in user alice/,
    add: ({ features, alice }) =>
      features.profiles.add(
        { ...agentDraft(computer.aws, ''), source: alice.source },
        new Secret(computer.aws.world.alice.secretAccessKey),
      ),
  },
  {
    name: 'no network',
    code: 'aws.unreachable',
    says: /user bob could not sign in.*network/,
    endpoint: NOBODY,
    add: addBob(mallory),
  },
  {
    name: 'connections that are dropped',
    code: 'aws.unreachable',
    says: /agent copilot could not start a session/,
    ...failing('drop'),
    add: addAgent(),
  },
  {
    name: 'throttling',
    code: 'aws.throttled',
    says: /limiting requests.*Wait a minute/,
    ...failing('throttle'),
    add: addAgent(),
  },
  {
    name: "AWS's own faults",
    code: 'aws.unavailable',
    says: /fault of its own.*Try again/,
    ...failing('500'),
    add: addAgent(),
  },
];

/** Everything of a profile that could be left behind. */
function kept({ features }: Pick<Alone, 'features'>): unknown {
  return {
    profiles: features.db.all('SELECT id FROM profile'),
    entries: features.db.all('SELECT name FROM keychain_entry'),
    secrets: [...computer.stored.keys()],
  };
}

describe('a profile is not added, and nothing of it is kept, by', () => {
  for (const { name, code, says, luck, better, endpoint, add, also } of BAD_LUCK) {
    it(name, async () => {
      const alone = await aliceAlone(endpoint);
      const before = kept(alone);
      await luck?.();
      try {
        const error = await refused(add(alone), code);
        assert.match(`${error.message} ${error.hint}`, says);
        also?.(error);
      } finally {
        await better?.();
      }
      assert.deepEqual(kept(alone), before);
    });
  }

  it('two windows that add it at once: one is told, and one secret is kept', async () => {
    const directory = newDirectory(computer.folder);
    const windows = [computer.window(directory), computer.window(directory)];
    const secret = new Secret(computer.aws.world.alice.secretAccessKey);
    const outcomes = await Promise.allSettled(
      windows.map(({ profiles }) => profiles.add(userDraft(computer.aws), secret)),
    );
    const [lost] = outcomes.filter(outcome => outcome.status === 'rejected');
    assert.equal(lost?.reason.code, 'identity.nameTaken');
    const [features] = windows;
    assert.ok(features);
    const [profile] = features.profiles.list();
    assert.ok(profile);
    const names = features.db.all('SELECT name FROM keychain_entry').map(({ name }) => String(name));
    assert.deepEqual(new Set(names.map(name => name.split('#')[0])), new Set([secretName(profile)]));
    assert.equal((await features.keychain.read(secretName(profile)))?.reveal(), secret.reveal());
  });
});

describe('a clock that is wrong', () => {
  for (const minutes of [-90, -20, 20, 90]) {
    it(`by ${minutes} minutes does not stop an agent, whose session lasts by this computer's clock`, async t => {
      const { features, copilot } = await computer.person();
      await computer.aws.control.setClockOffset(minutes * MINUTE);
      t.after(() => computer.aws.control.setClockOffset(0));
      const ask = { profileId: copilot.id, purpose: 'terminal' };
      const session = await features.sessions.get(ask);
      const left = (session.credentials.expiresAt ?? 0) - Date.now();
      assert.ok(left > 59 * MINUTE && left <= HOUR, `${left / MINUTE} minutes left`);
      assert.equal(await features.sessions.get(ask), session, 'it is kept');
    });
  }
});

describe('the sessions of an agent', () => {
  let person: Person;
  let ahead: number;
  const requests = async (): Promise<number> =>
    (await computer.aws.control.requests())['sts']?.['AssumeRole'] ?? 0;
  const sts = (patience?: Parameters<typeof createStsApi>[1]): StsApi =>
    createStsApi(
      endpointFrom(() => computer.aws.endpoint),
      patience,
    );
  /** The person's sessions by a clock that can be put forward. */
  const sessionsWith = (api: StsApi): Sessions => {
    const { profiles, keychain, ledger } = person.features;
    return createSessions({
      isRevoked: () => false,
      profile: profiles.get,
      readSecret: profile => keychain.read(secretName(profile)),
      sts: async () => api,
      loadSharedConfig: () => Promise.reject(new Error('not used')),
      ledger,
      workspace: () => 'orders',
      clock: { ...systemClock, now: () => Date.now() + ahead },
    });
  };

  beforeEach(async () => {
    ahead = 0;
    person = await computer.person();
  });

  it('are asked for once by a hundred at the same time', async () => {
    const before = await requests();
    const ask = { profileId: person.copilot.id, purpose: 'terminal' };
    const all = await Promise.all(Array.from({ length: 100 }, () => person.features.sessions.get(ask)));
    assert.equal((await requests()) - before, 1);
    assert.equal(new Set(all.map(({ credentials }) => credentials.accessKeyId)).size, 1);
  });

  it('end in the middle of the work, and the next one takes over', async t => {
    const api = sts();
    const sessions = sessionsWith(api);
    const ask = { profileId: person.copilot.id, purpose: 'terminal' };
    const first = await sessions.get(ask);
    const { region } = person.copilot;
    await api.callerIdentity(first.credentials, region);
    ahead = 61 * MINUTE;
    await computer.aws.control.setClockOffset(ahead);
    t.after(() => computer.aws.control.setClockOffset(0));
    await assert.rejects(api.callerIdentity(first.credentials, region), { name: /^ExpiredToken/ });
    const next = await sessions.get(ask);
    assert.notEqual(next.credentials.accessKeyId, first.credentials.accessKeyId);
    assert.match((await api.callerIdentity(next.credentials, region)).arn, /no-wing-copilot-/);
    for (const { credentials } of [first, next])
      assert.equal(person.features.ledger.byAccessKey(credentials.accessKeyId)?.kind, 'agent');
  });

  it('stay in use while AWS cannot be reached for the next, and no longer than they live', async t => {
    const sessions = sessionsWith(sts());
    const ask = { profileId: person.copilot.id, purpose: 'terminal' };
    const first = await sessions.get(ask);
    await computer.aws.control.fail({ service: 'sts', kind: '500' });
    t.after(() => computer.aws.control.clearFailures());
    for (const minutes of [25, 50, 56]) {
      ahead = minutes * MINUTE;
      assert.equal(await sessions.get(ask), first);
    }
    ahead = 61 * MINUTE;
    await refused(sessions.get(ask), 'aws.unavailable');
  });

  it('are not waited for without an end when STS hangs', async t => {
    await computer.aws.control.fail({ service: 'sts', kind: 'hang' });
    t.after(() => computer.aws.control.clearFailures());
    const impatient = { connectionTimeout: 200, requestTimeout: 200, throwOnRequestTimeout: true } as const;
    const started = Date.now();
    const error = await refused(
      sessionsWith(sts(impatient)).get({ profileId: person.copilot.id, purpose: 'terminal' }),
      'aws.unreachable',
    );
    assert.match(error.message, /agent copilot could not start a session/);
    assert.ok(Date.now() - started < 5000);
  });

  it('fail, told for whom, when the key behind them is deactivated', async t => {
    const { accessKeyId } = computer.aws.world.alice;
    await computer.aws.control.deactivateKey(accessKeyId);
    t.after(() => computer.aws.control.activateKey(accessKeyId));
    const ask = { profileId: person.copilot.id, purpose: 'terminal' };
    const error = await refused(person.features.sessions.get(ask), 'identity.keyUnknown');
    assert.match(error.message, /access key of user alice, so agent copilot could not start a session/);
  });
});
