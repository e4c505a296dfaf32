/** What a recognised client gets: its own session or a reason, never a byte of anybody else's. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { silentLog } from '../../../src/base/log.ts';
import { Secret } from '../../../src/base/secret.ts';
import { UserError } from '../../../src/base/userError.ts';
import type { Client } from '../../../src/broker/client.ts';
import { type CounterInput, createCounter } from '../../../src/broker/counter.ts';
import type { Answer } from '../../../src/broker/httpServer.ts';
import { refusal, UNKNOWN_KEY } from '../../../src/broker/refusal.ts';
import type { Session } from '../../../src/identity/session.ts';
import { ALICE, COPILOT } from '../identity/world.ts';

const CLIENT: Client = {
  id: 'abcdef012345',
  name: 'Terminal',
  use: 'terminal',
  kind: 'agent',
  profileId: COPILOT.id,
  scopes: ['credentials', 'identity'],
  createdAt: 1,
  expiresAt: 2,
};

const SESSION: Session = {
  profile: COPILOT,
  accountId: '111122223333',
  arn: 'arn:aws:sts::111122223333:assumed-role/agent/no-wing-copilot-1',
  credentials: {
    accessKeyId: 'ASIACOPILOT',
    secretAccessKey: new Secret('the-secret'),
    sessionToken: new Secret('the-token'),
    expiresAt: Date.UTC(2026, 0, 1),
  },
};

const userError = (code: string) => new UserError(code, `It is ${code}.`, { hint: 'Do something.' });
const failing = (error: unknown) => async (): Promise<never> => {
  throw error;
};

function input(changes: Partial<CounterInput> = {}): CounterInput {
  return {
    recognize: async () => CLIENT,
    claimed: () => '',
    limits: { mayAsk: async () => true, mayFail: async () => true },
    session: async () => SESSION,
    profile: () => COPILOT,
    handouts: { isRecorded: () => false, record: async () => undefined },
    proof: async (nonce, port) => `${nonce}/${port}`,
    isInForce: () => true,
    userPrincipals: () => [],
    used: () => undefined,
    trouble: () => undefined,
    now: () => 0,
    log: silentLog,
    ...changes,
  };
}

function asked(changes: Partial<CounterInput> = {}, url = '/v1/credentials'): Promise<Answer> {
  const rawHeaders = ['Host', '127.0.0.1:20000', 'Authorization', 'key'];
  return createCounter(input(changes))(
    { method: 'GET', url, rawHeaders },
    { port: 20_000, peerPort: () => 1 },
  );
}

describe('a client gets', () => {
  it('its session, in the form of the container credential protocol', async () => {
    assert.deepEqual(await asked(), {
      status: 200,
      body: {
        AccessKeyId: 'ASIACOPILOT',
        SecretAccessKey: 'the-secret',
        Token: 'the-token',
        Expiration: '2026-01-01T00:00:00.000Z',
      },
    });
  });

  it('who it is, without a session', async () => {
    const { status, body } = await asked({ session: failing(new Error('asked')) }, '/v1/identity');
    assert.equal(status, 200);
    assert.deepEqual(
      [body['name'], body['kind'], body['accountId'], body['environment']],
      ['copilot', 'agent', '111122223333', 'dev'],
    );
  });

  it('an end for a session of unknown end', async () => {
    const { expiresAt: _end, ...credentials } = SESSION.credentials;
    const { body } = await asked({ session: async () => ({ ...SESSION, credentials }), now: () => 0 });
    assert.equal(body['Expiration'], '1970-01-01T00:15:00.000Z');
  });

  it('nothing before it is written down that it got it', async () => {
    const order: string[] = [];
    const record = async () => void order.push('recorded');
    await asked({ handouts: { isRecorded: () => false, record } }).then(() => order.push('answered'));
    assert.deepEqual(order, ['recorded', 'answered']);
  });
});

interface Case {
  readonly name: string;
  readonly changes: Partial<CounterInput>;
  readonly url?: string;
  readonly status: number;
  readonly code: string;
  readonly says?: RegExp;
}

const { sessionToken: _token, ...KEYS } = SESSION.credentials;

const REFUSALS: readonly Case[] = [
  {
    name: 'its identity is revoked',
    changes: { session: failing(userError('identity.revoked')) },
    status: 403,
    code: 'identity.revoked',
    says: /It is identity\.revoked\. Do something\./,
  },
  {
    name: 'STS is down',
    changes: { session: failing(userError('aws.unavailable')) },
    status: 503,
    code: 'aws.unavailable',
  },
  {
    name: 'the keychain is locked',
    changes: { session: failing(userError('keychain.lockedOrRemoved')) },
    status: 503,
    code: 'keychain.lockedOrRemoved',
  },
  {
    name: 'the ledger cannot be written',
    changes: { session: failing(userError('ledger.unwritable')) },
    status: 500,
    code: 'ledger.unwritable',
  },
  {
    name: 'the hand-out cannot be recorded',
    changes: { handouts: { isRecorded: () => false, record: failing(userError('store.unrecorded')) } },
    status: 500,
    code: 'store.unrecorded',
  },
  {
    name: 'something else breaks: it is not told what',
    changes: { session: failing(new Error('secret internals')) },
    status: 500,
    code: 'broker.failed',
    says: /agent copilot/,
  },
  {
    name: 'something that is no error is thrown',
    changes: { session: failing('secret internals') },
    status: 500,
    code: 'broker.failed',
  },
  {
    name: "what came is the user's session",
    changes: { session: async () => ({ ...SESSION, profile: ALICE }) },
    status: 403,
    code: 'broker.otherIdentity',
  },
  {
    name: 'the profile has become the other kind',
    changes: { session: async () => ({ ...SESSION, profile: { ...COPILOT, kind: 'user' } }) },
    status: 403,
    code: 'broker.otherIdentity',
  },
  {
    name: "AWS sees the user's principal in it",
    changes: {
      session: async () => ({ ...SESSION, arn: ALICE.verified.arn }),
      userPrincipals: () => [ALICE.verified.arn],
    },
    status: 403,
    code: 'broker.otherIdentity',
  },
  {
    name: 'what came are keys that do not expire',
    changes: { session: async () => ({ ...SESSION, credentials: KEYS }) },
    status: 403,
    code: 'broker.longLived',
  },
  {
    name: 'it was revoked while the session was on the way',
    changes: { isInForce: () => false },
    status: 401,
    code: 'broker.unknownKey',
  },
  {
    name: 'its key is of nobody',
    changes: { recognize: async () => UNKNOWN_KEY },
    status: 401,
    code: 'broker.unknownKey',
  },
  {
    name: 'its key is of nobody, too often',
    changes: {
      recognize: async () => UNKNOWN_KEY,
      limits: { mayAsk: async () => true, mayFail: async () => false },
    },
    status: 429,
    code: 'broker.tooMany',
  },
  {
    name: 'something stands in its way, as often as it likes',
    changes: {
      recognize: async () => refusal(403, 'broker.expired', 'It has expired.'),
      limits: { mayAsk: async () => true, mayFail: async () => false },
    },
    status: 403,
    code: 'broker.expired',
  },
  {
    name: 'it asks too often',
    changes: { limits: { mayAsk: async () => false, mayFail: async () => true } },
    status: 429,
    code: 'broker.tooMany',
  },
  {
    name: 'it may only ask who it is',
    changes: { recognize: async () => ({ ...CLIENT, scopes: ['identity'] }) },
    status: 403,
    code: 'broker.scope',
  },
  {
    name: 'it may only ask for credentials',
    changes: { recognize: async () => ({ ...CLIENT, scopes: ['credentials'] }) },
    url: '/v1/identity',
    status: 403,
    code: 'broker.scope',
  },
  {
    name: 'its profile is gone',
    changes: { profile: () => undefined },
    url: '/v1/identity',
    status: 403,
    code: 'identity.gone',
  },
  {
    name: 'its profile has become the other kind, and it asks who it is',
    changes: { profile: () => ALICE },
    url: '/v1/identity',
    status: 403,
    code: 'identity.gone',
  },
  {
    name: 'nobody can be recognised',
    changes: { recognize: failing(userError('keychain.timedOut')) },
    status: 503,
    code: 'keychain.timedOut',
  },
];

describe('a client gets no session when', () => {
  for (const { name, changes, url, status, code, says } of REFUSALS) {
    it(name, async () => {
      const answer = await asked(changes, url);
      assert.deepEqual([answer.status, answer.body['code']], [status, code]);
      assert.equal(answer.body['Message'], answer.body['message']);
      assert.match(answer.body['message'] ?? '', says ?? /\w+ .*\.$/);
      const text = JSON.stringify(answer);
      for (const secret of ['the-secret', 'the-token', 'ASIA', 'internals'])
        assert.ok(!text.includes(secret));
    });
  }

  it('and the person is told of trouble with the session, not of a wrong key', async () => {
    const told: unknown[] = [];
    const trouble = (client: Client, error: unknown) => void told.push([client.id, error]);
    const down = userError('aws.unavailable');
    await asked({ session: failing(down), trouble });
    await asked({ recognize: async () => UNKNOWN_KEY, trouble });
    assert.deepEqual(told, [[CLIENT.id, down]]);
  });
});
