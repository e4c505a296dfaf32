import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HOUR, SECOND } from '../../../src/base/clock.ts';
import { Secret } from '../../../src/base/secret.ts';
import {
  createRoleRevocation,
  olderSessionsPolicy,
  type RolePolicies,
} from '../../../src/identity/roleRevocation.ts';
import type { SessionAsk } from '../../../src/identity/session.ts';
import { ALICE, COPILOT } from './world.ts';

const AT = Date.UTC(2026, 0, 1, 12);
const CHANGE = { user: ALICE, roleName: 'agent' };

function scene({ clockOffset = 0, failure = '' } = {}) {
  const put: string[] = [];
  const removed: string[] = [];
  const asked: SessionAsk[] = [];
  const fail = (): void => {
    if (failure) throw Object.assign(new Error('AWS said no'), { name: failure });
  };
  const policies: RolePolicies = {
    put: async (_session, { document }) => {
      fail();
      put.push(document);
      return clockOffset;
    },
    remove: async (_session, { roleName }) => {
      fail();
      removed.push(roleName);
    },
  };
  const credentials = { accessKeyId: 'AKIAALICEALICEALICE1', secretAccessKey: new Secret('secret') };
  const { accountId, arn } = ALICE.verified;
  const revocation = createRoleRevocation({
    session: async ask => {
      asked.push(ask);
      return { profile: ALICE, credentials, accountId, arn };
    },
    policies: async () => policies,
  });
  return { revocation, put, removed, asked };
}

describe('cutting off the sessions of a role', () => {
  it('denies everything to what was issued until half a minute from now', async () => {
    const { revocation, put, asked } = scene();
    await revocation.denyOlderSessions({ ...CHANGE, at: AT });
    assert.deepEqual(
      put.map(document => JSON.parse(document)),
      [
        {
          Version: '2012-10-17',
          Statement: [
            {
              Sid: 'NoWingRevokeOlderSessions',
              Effect: 'Deny',
              Action: ['*'],
              Resource: ['*'],
              Condition: { DateLessThan: { 'aws:TokenIssueTime': '2026-01-01T12:00:30.000Z' } },
            },
          ],
        },
      ],
    );
    assert.deepEqual(asked, [{ profileId: ALICE.id, purpose: 'revoke agent' }]);
  });

  for (const clockOffset of [HOUR, -HOUR]) {
    it(`is put right when this clock is ${clockOffset} ms behind that of AWS`, async () => {
      const { revocation, put } = scene({ clockOffset });
      await revocation.denyOlderSessions({ ...CHANGE, at: AT });
      assert.deepEqual(put, [olderSessionsPolicy(AT), olderSessionsPolicy(AT + clockOffset)]);
    });
  }

  it('is done once when the clocks differ by the way of an answer', async () => {
    const { revocation, put } = scene({ clockOffset: -2 * SECOND });
    await revocation.denyOlderSessions({ ...CHANGE, at: AT });
    assert.equal(put.length, 1);
  });

  it('is not done as an agent', async () => {
    const { revocation, asked } = scene();
    const change = { ...CHANGE, user: COPILOT };
    await assert.rejects(revocation.denyOlderSessions({ ...change, at: AT }), { code: 'identity.notUser' });
    await assert.rejects(revocation.allowOlderSessions(change), { code: 'identity.notUser' });
    assert.deepEqual(asked, []);
  });

  /** AWS's error, and what a person is told: the code, and what both texts must hold. */
  const refusals: readonly [string, string, RegExp][] = [
    [
      'AccessDenied',
      'identity.revokeDenied',
      /user alice.* agent .*1111-2222-3333.*iam:PutRolePolicy.*"Deny"/i,
    ],
    ['AccessDeniedException', 'identity.revokeDenied', /iam:PutRolePolicy/],
    ['NoSuchEntityException', 'identity.roleGone', /no role agent in account 1111-2222-3333/],
    ['LimitExceededException', 'identity.roleFull', /no room.*"Deny"/],
    ['UnmodifiableEntityException', 'identity.roleFixed', /Identity Center/],
    ['ThrottlingException', 'aws.throttled', /user alice could not change role agent/],
  ];
  for (const [failure, code, texts] of refusals) {
    it(`tells of ${failure}`, async () => {
      const { revocation } = scene({ failure });
      await assert.rejects(revocation.denyOlderSessions({ ...CHANGE, at: AT }), error => {
        assert.ok(error instanceof Error && 'code' in error && 'hint' in error);
        assert.equal(error.code, code);
        assert.match(`${error.message} ${error.hint}`, texts);
        return true;
      });
    });
  }

  it('is taken back, also when there is nothing to take back', async () => {
    const { revocation, removed } = scene();
    await revocation.allowOlderSessions(CHANGE);
    assert.deepEqual(removed, ['agent']);
    await scene({ failure: 'NoSuchEntityException' }).revocation.allowOlderSessions(CHANGE);
  });

  it('is not taken back in silence when AWS refuses', async () => {
    const { revocation } = scene({ failure: 'AccessDenied' });
    await assert.rejects(revocation.allowOlderSessions(CHANGE), {
      code: 'identity.revokeDenied',
      hint: /delete the inline policy NoWingRevokeOlderSessions/,
    });
  });
});
