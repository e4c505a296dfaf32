import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Secret } from '../../../../src/base/secret.ts';
import { judgeDuration, judgeRole } from '../../../../src/broker/doctor/agentRole.ts';
import { agentRoles } from '../../../../src/broker/doctor/agentRoles.ts';
import { statementsOf } from '../../../../src/broker/doctor/policyDocument.ts';
import type { Fact, RoleFacts } from '../../../../src/broker/doctor/roleFacts.ts';
import type { Profile } from '../../../../src/identity/profile.ts';
import { ALICE, COPILOT } from '../../identity/world.ts';

type Policy = Record<string, unknown>;
const known = <T>(value: T): Fact<T> => ({ known: true, value });
const policy = (...Statement: Policy[]) => statementsOf(JSON.stringify({ Version: '2012-10-17', Statement }));

const NAMED = { StringLike: { 'sts:SourceIdentity': '?*' } };
const TRUST: Policy = {
  Effect: 'Allow',
  Principal: { AWS: ALICE.verified.arn },
  Action: 'sts:AssumeRole',
  Condition: NAMED,
};
const TAGS: Policy = {
  Effect: 'Allow',
  Principal: { AWS: ALICE.verified.arn },
  Action: ['sts:SetSourceIdentity', 'sts:TagSession'],
};
const LIMITED: Policy = { Effect: 'Allow', Action: ['s3:*', 'sqs:Send*'], Resource: '*' };
const EVERYTHING: Policy = { Effect: 'Allow', Action: '*', Resource: '*' };

interface Given {
  readonly trust?: Policy[];
  readonly rights?: Policy[];
  readonly boundary?: Policy[] | 'none';
  readonly maxSessionSeconds?: number;
}

function facts({
  trust = [TRUST, TAGS],
  rights = [LIMITED],
  boundary = [LIMITED],
  maxSessionSeconds = 3600,
}: Given): RoleFacts {
  const has = boundary !== 'none';
  return {
    basics: known({ maxSessionSeconds, trust: policy(...trust), ...(has ? { boundary: 'arn:b' } : {}) }),
    permissions: known(policy(...rights)),
    ...(has ? { boundary: known(policy(...boundary)) } : {}),
  };
}

function judged(given: Given): string[] {
  const { findings, unchecked } = judgeRole({
    profile: COPILOT,
    roleArn: 'arn:aws:iam::111122223333:role/no-wing/agent',
    facts: facts(given),
  });
  assert.deepEqual(unchecked, []);
  return findings.map(({ severity, id }) => `${severity} ${id.replace(':copilot-id', '')}`);
}

describe("an agent's role", () => {
  const bounded = { boundary: [EVERYTHING] };
  const cases: readonly [name: string, given: Given, expected: string[]][] = [
    ['as we make it', {}, []],
    ['long sessions', { maxSessionSeconds: 43_200 }, ['low role.maxSession']],
    ['no boundary', { boundary: 'none' }, ['medium role.boundary']],
    ['everybody', { trust: [{ ...TRUST, Principal: '*' }] }, ['high role.trust']],
    [
      'everybody, in the other form',
      { trust: [{ ...TRUST, Principal: { AWS: ['*'] } }] },
      ['high role.trust'],
    ],
    [
      'everybody of an organization',
      {
        trust: [
          {
            ...TRUST,
            Principal: '*',
            Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o', 'sts:SourceIdentity': 'a' } },
          },
        ],
      },
      [],
    ],
    ['nobody else: a denial', { trust: [TRUST, { ...TRUST, Effect: 'Deny', Principal: '*' }] }, []],
    ['no name of a human', { trust: [{ ...TRUST, Condition: {} }] }, ['medium role.sourceIdentity']],
    [
      'one statement of two without a name',
      { trust: [TRUST, { ...TRUST, Action: 'sts:*', Condition: {} }] },
      ['medium role.sourceIdentity'],
    ],
    [
      'a key in other letters',
      { trust: [{ ...TRUST, Condition: { StringLike: { 'STS:sourceidentity': '*' } } }] },
      [],
    ],
    [
      'an administrator',
      { rights: [EVERYTHING], boundary: 'none' },
      ['medium role.boundary', 'high role.rights'],
    ],
    ['an administrator inside a boundary', { rights: [EVERYTHING] }, []],
    ['a boundary that allows everything', { rights: [EVERYTHING], ...bounded }, ['high role.rights']],
    ['all of IAM', { rights: [{ ...LIMITED, Action: ['iam:*'] }], ...bounded }, ['high role.rights']],
    [
      'one right that is enough',
      { rights: [{ ...LIMITED, Action: 'iam:PutRolePolic?' }], ...bounded },
      ['high role.rights'],
    ],
    [
      'all but IAM',
      { rights: [{ Effect: 'Allow', NotAction: ['iam:*', 'organizations:*'], Resource: '*' }], ...bounded },
      ['high role.rights'],
    ],
    ['on one resource', { rights: [{ ...EVERYTHING, Resource: 'arn:aws:s3:::x' }], ...bounded }, []],
    [
      'with a condition',
      {
        rights: [{ ...EVERYTHING, Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } }],
        ...bounded,
      },
      [],
    ],
  ];
  for (const [name, given, expected] of cases) it(name, () => assert.deepEqual(judged(given), expected));

  it('sessions of more than an hour', () => {
    const source = {
      ...COPILOT.source,
      type: 'assumeRole',
      from: 'x',
      roleArn: 'arn:aws:iam::111122223333:role/r',
      durationSeconds: 14_400,
    } as const;
    assert.deepEqual(judgeDuration(COPILOT), []);
    assert.equal(judgeDuration({ ...COPILOT, source })[0]?.title, 'Sessions of agent copilot last 4 hours');
  });

  it('a name that is no name does not get into a command', () => {
    const roleArn = "arn:aws:iam::111122223333:role/x';curl";
    const { findings } = judgeRole({ profile: COPILOT, roleArn, facts: facts({ maxSessionSeconds: 7200 }) });
    assert.ok(!JSON.stringify(findings).includes('curl'));
  });

  it('documents as IAM gives them', () => {
    const text = encodeURIComponent(JSON.stringify({ Statement: EVERYTHING }));
    assert.deepEqual(statementsOf(text)[0]?.actions, ['*']);
    assert.throws(() => statementsOf('nonsense'));
  });
});

describe('looking at the roles', () => {
  const never = new AbortController().signal;
  const session = async () => ({
    profile: ALICE,
    accountId: '111122223333',
    arn: ALICE.verified.arn,
    credentials: { accessKeyId: 'A', secretAccessKey: new Secret('s') },
  });
  const look = (profiles: Profile[], readRole: () => Promise<RoleFacts>, signIn: typeof session = session) =>
    agentRoles({ profiles: () => profiles, session: signIn, readRole }).look(never);

  it('what is denied is not fine', async () => {
    const denied = {
      basics: { known: false, why: 'User alice may not read the role: iam:GetRole is not allowed.' },
      permissions: known(policy(LIMITED)),
    } as const;
    const { findings, unchecked } = await look([ALICE, COPILOT], async () => denied);
    assert.deepEqual(findings, []);
    assert.deepEqual(unchecked, [
      'Role agent of agent copilot: User alice may not read the role: iam:GetRole is not allowed.',
    ]);
  });

  it('nobody to look with, and a user who cannot sign in', async () => {
    const nobody = await look([COPILOT], async () => assert.fail('asked'));
    assert.match(String(nobody.unchecked), /no user profile in account 1111-2222-3333/);
    const offline = await look(
      [ALICE, COPILOT],
      async () => assert.fail('asked'),
      async () => {
        throw new Error('AWS cannot be reached');
      },
    );
    assert.match(String(offline.unchecked), /AWS cannot be reached/);
  });

  it('an agent that is an IAM user', async () => {
    const bot: Profile = {
      ...ALICE,
      kind: 'agent',
      id: 'bot',
      name: 'bot',
      verified: { ...ALICE.verified, arn: 'arn:aws:iam::111122223333:user/bot' },
    };
    const { findings } = await look([bot], async () => assert.fail('asked'));
    assert.deepEqual(
      findings.map(({ id }) => id),
      ['role.none:bot'],
    );
  });
});
