import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HOUR, MINUTE } from '../../../src/base/clock.ts';
import { UserError } from '../../../src/base/userError.ts';
import type { IdentityState } from '../../../src/identity/activeIdentities.ts';
import { identityStatus } from '../../../src/ui/identityStatus.ts';
import { ALICE, COPILOT } from '../identity/world.ts';

const AROUND = { keychain: 'GNOME Keyring', broker: 'Broker: starting' };

const NOW = Date.UTC(2026, 0, 1);
const none: IdentityState = { state: 'none' };
const user: IdentityState = { state: 'ready', profile: ALICE, arn: ALICE.verified.arn };
const agent: IdentityState = {
  state: 'ready',
  profile: COPILOT,
  arn: COPILOT.verified.arn,
  expiresAt: NOW + 42 * MINUTE,
};
const prod: IdentityState = { ...agent, profile: { ...COPILOT, environment: 'prod' } };
const broken: IdentityState = {
  state: 'broken',
  profile: COPILOT,
  error: new UserError('x', 'The role refused.'),
};

const CASES: readonly [
  what: string,
  user: IdentityState,
  agent: IdentityState,
  text: string,
  warning: boolean,
][] = [
  ['nothing set up', none, none, '$(hubot) Set up agent identity', false],
  ['both', user, agent, '$(account) alice  $(hubot) copilot · dev · 42m', false],
  ['you alone', user, none, '$(account) alice · dev', false],
  ['agent alone', none, agent, '$(hubot) copilot · dev · 42m', false],
  [
    'signing in',
    user,
    { state: 'signingIn', profile: COPILOT },
    '$(account) alice  $(sync~spin) copilot · dev',
    false,
  ],
  [
    'not signed in yet',
    user,
    { state: 'signedOut', profile: COPILOT },
    '$(account) alice  $(hubot) copilot · dev',
    false,
  ],
  ['production', user, prod, '$(account) alice  $(hubot) copilot · PROD · 42m', true],
  [
    'you in production',
    { ...user, profile: { ...ALICE, environment: 'prod' } },
    agent,
    '$(account) alice  $(hubot) copilot · PROD · 42m',
    true,
  ],
  ['broken', user, broken, '$(warning) copilot: sign in', true],
  [
    'broken in production',
    user,
    { ...broken, profile: { ...COPILOT, environment: 'prod' } },
    '$(warning) copilot: sign in · PROD',
    true,
  ],
  ['ended', user, { ...agent, expiresAt: NOW }, '$(warning) copilot: sign in', true],
];

describe('the status bar says', () => {
  for (const [what, userState, agentState, text, warning] of CASES) {
    it(what, () => {
      const status = identityStatus({ user: userState, agent: agentState }, NOW, AROUND);
      assert.deepEqual([status.text, status.warning], [text, warning]);
      assert.equal(
        status.command,
        what === 'nothing set up' ? 'noWing.openWalkthrough' : 'noWing.identity.switch',
      );
    });
  }

  it('one sentence for a screen reader', () => {
    const { spoken } = identityStatus({ user, agent }, NOW, AROUND);
    assert.equal(spoken, 'No Wing: you are alice; your agent is copilot, dev, 42 minutes left');
  });

  it('the end that comes first', () => {
    const longer: IdentityState = { ...user, expiresAt: NOW + 3 * HOUR };
    assert.match(identityStatus({ user: longer, agent }, NOW, AROUND).text, /42m$/);
    assert.match(
      identityStatus({ user: longer, agent: { ...agent, expiresAt: NOW + 4 * HOUR } }, NOW, AROUND).text,
      /3h 00m$/,
    );
  });

  it('names and answers of others as text, not as links', () => {
    const evil = { ...ALICE, verified: { ...ALICE.verified, alias: '[x](command:evil)' } };
    assert.doesNotMatch(
      identityStatus({ user: { ...user, profile: evil }, agent }, NOW, AROUND).tooltip,
      /[^\\]\]\(command:evil/,
    );
  });
});
