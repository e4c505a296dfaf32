import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { HOUR, MINUTE } from '../../../src/base/clock.ts';
import { UserError } from '../../../src/base/userError.ts';
import { createSessions, type Sessions } from '../../../src/identity/sessions.ts';
import { ALICE, COPILOT, type SessionWorld, sessionWorld } from './world.ts';

const ASK = { profileId: COPILOT.id, purpose: 'interactive' };

describe('sessions', () => {
  let world: SessionWorld;
  let sessions: Sessions;
  beforeEach(() => {
    world = sessionWorld();
    sessions = createSessions(world.input);
  });
  afterEach(() => {
    sessions.dispose();
    world.dispose();
  });

  /** What is not used for half an hour is ended. */
  const useFor = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left -= 20 * MINUTE) {
      world.clock.advance(Math.min(left, 20 * MINUTE));
      await sessions.get(ASK);
    }
  };

  it('carry the marks of an agent session', async () => {
    const { marks } = await sessions.get({ ...ASK, purpose: 'deployment', deploymentId: 'd-1' });
    assert.match(marks?.roleSessionName ?? '', /^no-wing-copilot-[0-9a-f]{8}$/);
    assert.equal(marks?.sourceIdentity, 'alice');
    assert.deepEqual(marks?.tags, {
      'no-wing:agent': 'copilot',
      'no-wing:workspace': 'orders',
      'no-wing:purpose': 'deployment',
      'no-wing:deployment': 'd-1',
    });
    assert.equal(world.sts.assumed[0]?.externalId, 'ext-1');
  });

  it('are in the ledger before anyone gets them', async () => {
    const { credentials } = await sessions.get(ASK);
    const entry = world.ledger.byAccessKey(credentials.accessKeyId);
    assert.equal(entry?.kind, 'agent');
    assert.equal(entry?.sourceIdentity, 'alice');
    assert.equal(entry?.workspace, 'orders');
  });

  it('are not handed out when the ledger cannot be written', async () => {
    const full = createSessions({ ...world.input, ledger: { record: failWith('database or disk is full') } });
    await assert.rejects(full.get(ASK), /disk is full/);
    assert.equal(full.peek(COPILOT.id), undefined);
  });

  it('are asked for once by a hundred callers at the same time', async () => {
    const all = await Promise.all(Array.from({ length: 100 }, () => sessions.get(ASK)));
    assert.equal(world.sts.assumed.length, 1);
    assert.equal(new Set(all.map(({ credentials }) => credentials.accessKeyId)).size, 1);
  });

  it('are renewed ahead of their end, and only then', async () => {
    const first = await sessions.get(ASK);
    await useFor(HOUR - 6 * MINUTE);
    assert.equal(await sessions.get(ASK), first);
    world.clock.advance(2 * MINUTE);
    assert.notEqual(await sessions.get(ASK), first);
  });

  it('stay in use when a renewal fails while they still live, and fail when they have ended', async () => {
    const first = await sessions.get(ASK);
    world.sts.failure = new Error('down');
    await useFor(HOUR - 4 * MINUTE);
    assert.equal(await sessions.get(ASK), first);
    world.clock.advance(4 * MINUTE);
    await assert.rejects(sessions.get(ASK), UserError);
  });

  it('end when the clock jumps ahead', async () => {
    await sessions.get(ASK);
    world.clock.advance(24 * HOUR);
    await sessions.get(ASK);
    assert.equal(world.sts.assumed.length, 2);
  });

  it('never become those of the user when the role refuses', async () => {
    world.sts.failure = Object.assign(new Error('not authorized to perform: sts:AssumeRole'), {
      name: 'AccessDenied',
    });
    await assert.rejects(sessions.get(ASK), { code: 'identity.roleRefused' });
    assert.equal(sessions.peek(COPILOT.id), undefined);
  });

  it('of the shared configuration are refused when it leads elsewhere than verified', async () => {
    world.profiles.set('shared', {
      ...ALICE,
      id: 'shared',
      name: 'bob',
      source: { type: 'sharedConfig', profile: 'bob' },
      verified: { ...ALICE.verified, arn: 'arn:aws:iam::111122223333:user/bob' },
    });
    await assert.rejects(sessions.get({ profileId: 'shared', purpose: 'trail' }), {
      code: 'identity.changed',
    });
  });

  it('of a chained role last an hour at most', async () => {
    const role = { type: 'assumeRole', from: ALICE.id, durationSeconds: 14_400 } as const;
    world.profiles.set('admin', {
      ...ALICE,
      id: 'admin',
      name: 'admin',
      source: { ...role, roleArn: 'arn:aws:iam::111122223333:role/admin' },
    });
    world.profiles.set('chained', {
      ...COPILOT,
      id: 'chained',
      source: { ...role, from: 'admin', roleArn: 'arn:aws:iam::444455556666:role/agent' },
    });
    await sessions.get({ profileId: 'chained', purpose: 'interactive' });
    assert.deepEqual(
      world.sts.assumed.map(({ durationSeconds }) => durationSeconds),
      [14_400, 3600],
    );
    assert.deepEqual(
      world.sts.assumed.map(({ sourceIdentity }) => sourceIdentity),
      [undefined, 'alice'],
    );
  });

  it('stop at profiles that build on each other', async () => {
    const circle = { ...COPILOT, source: { ...COPILOT.source, type: 'assumeRole', from: COPILOT.id } };
    world.profiles.set(COPILOT.id, circle as typeof COPILOT);
    await assert.rejects(sessions.get(ASK), { code: 'identity.endless' });
  });

  it('are forgotten when dropped', async () => {
    await sessions.get(ASK);
    sessions.drop(COPILOT.id);
    assert.equal(sessions.peek(COPILOT.id), undefined);
    await sessions.get(ASK);
    assert.equal(world.sts.assumed.length, 2);
  });
});

function failWith(message: string): () => never {
  return () => {
    throw new Error(message);
  };
}
