import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Secret } from '../../../src/base/secret.ts';
import { UserError } from '../../../src/base/userError.ts';
import type { Client } from '../../../src/broker/client.ts';
import { agentSession } from '../../../src/cli/agentSession.ts';
import { requireAgentProfile } from '../../../src/cli/permitted.ts';
import type { ServingWindow } from '../../../src/cli/servingWindow.ts';
import type { Session, SessionAsk } from '../../../src/identity/session.ts';
import { principalKey } from '../../../src/identity/sessionSource.ts';
import { COPILOT } from '../identity/world.ts';

const copilot = requireAgentProfile(COPILOT);
const prod = requireAgentProfile({ ...COPILOT, environment: 'prod' });

const CLIENT: Client = {
  id: '0123456789ab',
  name: 'x',
  use: 'commandLine',
  kind: 'agent',
  profileId: COPILOT.id,
  scopes: ['credentials'],
  createdAt: 0,
  expiresAt: 1,
};

const session = (accessKeyId: string): Session => ({
  profile: COPILOT,
  accountId: '111122223333',
  arn: COPILOT.verified.arn,
  credentials: { accessKeyId, secretAccessKey: new Secret('s'), sessionToken: new Secret('t') },
});

const windowGiving = (answer: () => Promise<Session | undefined>): ServingWindow => {
  return { port: 1, client: () => CLIENT, session: answer };
};
const noClient: ServingWindow = { port: 1, client: () => undefined, session: () => assert.fail('asked') };
const revoked = new UserError('identity.revoked', 'stopped');

interface Case {
  readonly what: string;
  readonly profile?: typeof copilot;
  readonly window?: ServingWindow;
  readonly ownTerminal?: boolean;
  readonly users?: readonly string[];
  /** The access key id that it gets, or the code of the refusal. */
  readonly outcome: string;
}

describe('a session for the command line', () => {
  const CASES: readonly Case[] = [
    { what: 'without a window is started here', outcome: 'HERE' },
    {
      what: 'comes from the window that serves',
      window: windowGiving(async () => session('WINDOW')),
      outcome: 'WINDOW',
    },
    { what: 'is started here when the window has no client for it', window: noClient, outcome: 'HERE' },
    {
      what: 'is started here when nobody answers',
      window: windowGiving(async () => undefined),
      outcome: 'HERE',
    },
    {
      what: 'that the window refuses is not started here',
      window: windowGiving(() => Promise.reject(revoked)),
      outcome: 'identity.revoked',
    },
    { what: 'for production is not started here', profile: prod, outcome: 'cli.refused.production' },
    {
      what: 'for production is not asked for outside of its terminal',
      profile: prod,
      window: windowGiving(() => assert.fail('asked')),
      outcome: 'cli.refused.production',
    },
    {
      what: 'for production comes from the window, in its terminal',
      profile: prod,
      window: windowGiving(async () => session('WINDOW')),
      ownTerminal: true,
      outcome: 'WINDOW',
    },
    {
      what: 'for production is not started here when its window is gone',
      profile: prod,
      window: windowGiving(async () => undefined),
      ownTerminal: true,
      outcome: 'cli.refused.production',
    },
    {
      what: "that is a user's own is not used",
      users: [principalKey(COPILOT.verified.arn)],
      outcome: 'identity.sameIdentity',
    },
  ];
  for (const { what, profile = copilot, window, ownTerminal = false, users = [], outcome } of CASES) {
    it(what, async () => {
      const asked: SessionAsk[] = [];
      const get = agentSession({
        profile,
        workspace: 'orders',
        window: () => window,
        isOwnTerminal: () => ownTerminal,
        userPrincipals: () => users,
        start: async ask => {
          asked.push(ask);
          return session('HERE');
        },
      });
      const got = await get().then(
        ({ credentials }) => credentials.accessKeyId,
        (error: unknown) => (error instanceof UserError ? error.code : String(error)),
      );
      assert.equal(got, outcome);
      for (const ask of asked)
        assert.deepEqual(ask, {
          profileId: profile.id,
          purpose: 'commandLine',
          workspace: 'orders',
          temporary: true,
        });
    });
  }
});
