/** Asks for what leaves this process: long-lived access keys never do. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { HOUR } from '../../../src/base/clock.ts';
import { Secret } from '../../../src/base/secret.ts';
import type { Profile } from '../../../src/identity/profile.ts';
import { createSessions, type Sessions } from '../../../src/identity/sessions.ts';
import { ALICE, COPILOT, type SessionWorld, sessionWorld } from './world.ts';

const FILE: Profile = { ...ALICE, id: 'file', source: { type: 'sharedConfig', profile: 'x' } };
const SAGE: Profile = { ...ALICE, kind: 'agent', id: 'sage', name: 'sage' };

let world: SessionWorld;
let sessions: Sessions;
beforeEach(() => {
  world = sessionWorld();
  for (const profile of [FILE, SAGE]) world.profiles.set(profile.id, profile);
  sessions = createSessions(world.input);
});
afterEach(() => {
  sessions.dispose();
  world.dispose();
});

describe('a temporary session', () => {
  /** Of whom, what is given, and what is in the ledger for it. */
  const cases: readonly [string, string, RegExp, number][] = [
    ['a user with access keys', ALICE.id, /^ASIALENT/, 1],
    ['a user of the shared configuration with access keys', FILE.id, /^ASIALENT/, 1],
    ['an agent with access keys', SAGE.id, /^ASIALENT/, 1],
    ['an agent with a role', COPILOT.id, /^ASIAFAKE/, 0],
  ];
  for (const [what, profileId, accessKeyId, lent] of cases) {
    it(`of ${what} is made of temporary credentials, in the ledger, for an hour`, async () => {
      const { profile, credentials } = await sessions.get({
        profileId,
        purpose: 'terminal',
        temporary: true,
      });
      assert.match(credentials.accessKeyId, accessKeyId);
      assert.ok(credentials.sessionToken);
      assert.equal(credentials.expiresAt, world.clock.now() + HOUR);
      const entry = world.ledger.byAccessKey(credentials.accessKeyId);
      assert.deepEqual(
        [entry?.profileName, entry?.kind, entry?.purpose, entry?.expiresAt],
        [profile.name, profile.kind, 'terminal', credentials.expiresAt],
      );
      assert.equal(world.sts.lent, lent);
    });
  }

  it('of the shared configuration is what that gives, when it is temporary already', async () => {
    world.sharedConfig.credentials = {
      ...world.sharedConfig.credentials,
      sessionToken: new Secret('token'),
    };
    const { credentials } = await sessions.get({ profileId: FILE.id, purpose: 'terminal', temporary: true });
    assert.equal(credentials.accessKeyId, 'ASIASHAREDSHARED0001');
    assert.equal(world.sts.lent, 0);
  });

  it('is not what somebody else gets who did not ask for one, and the other way round', async () => {
    const ask = { profileId: ALICE.id, purpose: 'terminal' };
    const lasting = await sessions.get(ask);
    const temporary = await sessions.get({ ...ask, temporary: true });
    assert.equal(lasting.credentials.accessKeyId, 'AKIAALICEALICEALICE1');
    assert.notEqual(temporary.credentials.accessKeyId, lasting.credentials.accessKeyId);
    assert.equal(await sessions.get(ask), lasting);
    assert.equal(await sessions.get({ ...ask, temporary: true }), temporary);
  });

  it('is in the ledger, and so are the access keys with which it was asked for', async () => {
    await sessions.get({ profileId: ALICE.id, purpose: 'terminal', temporary: true });
    assert.equal(world.ledger.byAccessKey('AKIAALICEALICEALICE1')?.purpose, 'terminal');
  });

  it('is asked for once by a hundred callers at the same time', async () => {
    const ask = { profileId: ALICE.id, purpose: 'terminal', temporary: true } as const;
    await Promise.all(Array.from({ length: 100 }, () => sessions.get(ask)));
    assert.equal(world.sts.lent, 1);
  });

  it('is an error when AWS does not give one: the access keys are not given in its place', async () => {
    world.sts.failure = Object.assign(new Error('denied'), { name: 'AccessDenied' });
    const ask = { profileId: ALICE.id, purpose: 'terminal', temporary: true } as const;
    await assert.rejects(sessions.get(ask), { code: 'aws.denied' });
  });
});

describe('a workspace that is asked for', () => {
  it('stands in the tags and in the ledger, and has a session of its own', async () => {
    const ask = { profileId: COPILOT.id, purpose: 'terminal' };
    const own = await sessions.get(ask);
    const other = await sessions.get({ ...ask, workspace: 'payments' });
    assert.deepEqual(
      [own, other].map(({ marks }) => marks?.tags['no-wing:workspace']),
      ['orders', 'payments'],
    );
    assert.equal(world.ledger.byAccessKey(other.credentials.accessKeyId)?.workspace, 'payments');
    assert.equal(await sessions.get({ ...ask, workspace: 'orders' }), own);
  });
});
