/** What sessions do while they are held: idleness, locks, stops, and clocks that jump. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { HOUR, MINUTE } from '../../../src/base/clock.ts';
import { Secret } from '../../../src/base/secret.ts';
import { UserError } from '../../../src/base/userError.ts';
import type { Session } from '../../../src/identity/session.ts';
import { createSessions, type Sessions } from '../../../src/identity/sessions.ts';
import { ALICE, COPILOT, type SessionWorld, sessionWorld } from './world.ts';

const ASK = { profileId: COPILOT.id, purpose: 'terminal' };
const LOCKED = new UserError('keychain.lockedOrRemoved', 'The keychain is locked.');

let world: SessionWorld;
let sessions: Sessions;
let locked: boolean;
beforeEach(() => {
  world = sessionWorld();
  locked = false;
  sessions = createSessions({
    ...world.input,
    readSecret: async () => {
      if (locked) throw LOCKED;
      return new Secret('alice-secret');
    },
  });
});
afterEach(() => {
  sessions.dispose();
  world.dispose();
});

const minted = (): number => world.sts.assumed.length;

function isReadable({ credentials }: Session): boolean {
  try {
    return credentials.secretAccessKey.reveal() !== '';
  } catch {
    return false;
  }
}

async function useFor(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 20 * MINUTE) {
    world.clock.advance(Math.min(left, 20 * MINUTE));
    await sessions.get(ASK);
  }
}

describe('a session that is not used', () => {
  it('is destroyed after half an hour; the next ask mints', async () => {
    const first = await sessions.get(ASK);
    world.clock.advance(30 * MINUTE);
    world.sweep();
    assert.ok(!isReadable(first));
    assert.equal(sessions.peek(COPILOT.id), undefined);
    assert.ok(isReadable(await sessions.get(ASK)));
    assert.equal(minted(), 2);
  });

  it('is not in the way of its own renewal, however long that takes', async () => {
    await sessions.get(ASK);
    await useFor(50 * MINUTE);
    world.clock.advance(6 * MINUTE);
    const gate = Promise.withResolvers<void>();
    world.sts.gate = gate.promise;
    const renewing = Promise.all([sessions.get(ASK), sessions.get(ASK)]);
    await new Promise(setImmediate);
    world.clock.advance(31 * MINUTE);
    world.sweep();
    gate.resolve();
    const [one, two] = await renewing;
    assert.equal(one, two);
    assert.ok(isReadable(one));
    assert.equal(await sessions.get(ASK), one);
    assert.equal(minted(), 2);
  });
});

describe('a purge', () => {
  it('destroys every session of every profile, and tells of each; the next ask mints', async () => {
    const held = [await sessions.get(ASK), await sessions.get({ profileId: ALICE.id, purpose: 'trail' })];
    const told: string[] = [];
    sessions.onChange(({ profileId }) => told.push(profileId));
    sessions.purge();
    assert.deepEqual(held.map(isReadable), [false, false]);
    assert.deepEqual(told.sort(), [ALICE.id, COPILOT.id]);
    assert.ok(isReadable(await sessions.get(ASK)));
  });

  it('of one profile leaves the others', async () => {
    const [agent, user] = [await sessions.get(ASK), await sessions.get({ ...ASK, profileId: ALICE.id })];
    sessions.purge(COPILOT.id);
    assert.deepEqual([agent, user].map(isReadable), [false, true]);
  });

  it('while a session is minted: who asked gets it, nothing of it is kept', async () => {
    const gate = Promise.withResolvers<void>();
    world.sts.gate = gate.promise;
    const asking = sessions.get(ASK);
    await new Promise(setImmediate);
    sessions.purge();
    gate.resolve();
    assert.ok(isReadable(await asking));
    assert.equal(sessions.peek(COPILOT.id), undefined);
  });
});

describe('a keychain that is found locked', () => {
  it('at a renewal ends the session, although it still lives, and those that it is built on', async () => {
    const first = await sessions.get(ASK);
    await useFor(50 * MINUTE);
    const hers = await sessions.get({ profileId: ALICE.id, purpose: 'trail' });
    world.clock.advance(6 * MINUTE);
    locked = true;
    await assert.rejects(sessions.get(ASK), { code: 'keychain.lockedOrRemoved' });
    assert.deepEqual([first, hers].map(isReadable), [false, false]);
    locked = false;
    assert.ok(isReadable(await sessions.get(ASK)));
  });

  it('does not end the sessions of others', async () => {
    const file = {
      ...ALICE,
      id: 'file',
      name: 'file',
      source: { type: 'sharedConfig', profile: 'x' },
    } as const;
    world.profiles.set('file', file);
    const other = await sessions.get({ profileId: 'file', purpose: 'terminal' });
    locked = true;
    await assert.rejects(sessions.get(ASK), { code: 'keychain.lockedOrRemoved' });
    assert.ok(isReadable(other));
  });
});

describe('an agent that was revoked', () => {
  it('gets no session, and what is in memory of it is destroyed at the next ask', async () => {
    const first = await sessions.get(ASK);
    world.revoked.add(COPILOT.id);
    await assert.rejects(sessions.get(ASK), {
      code: 'identity.revoked',
      message: 'Agent copilot was revoked: it gets no sessions.',
    });
    assert.ok(!isReadable(first));
    await assert.rejects(sessions.get({ ...ASK, purpose: 'other' }), { code: 'identity.revoked' });
    assert.equal(minted(), 1);
    world.revoked.clear();
    assert.ok(isReadable(await sessions.get(ASK)));
  });

  it('while its session is minted does not get it', async () => {
    const gate = Promise.withResolvers<void>();
    world.sts.gate = gate.promise;
    const asking = sessions.get(ASK);
    await new Promise(setImmediate);
    world.revoked.add(COPILOT.id);
    gate.resolve();
    await assert.rejects(asking, { code: 'identity.revoked' });
    assert.equal(sessions.peek(COPILOT.id), undefined);
  });

  it('stops those that build on it, also when their sessions are in memory', async () => {
    const roleArn = 'arn:aws:iam::111122223333:role/sub';
    const source = { type: 'assumeRole', from: COPILOT.id, durationSeconds: 900, roleArn } as const;
    world.profiles.set('sub', { ...COPILOT, id: 'sub', name: 'sub', source });
    const ask = { profileId: 'sub', purpose: 'terminal' };
    const first = await sessions.get(ask);
    world.revoked.add(COPILOT.id);
    await assert.rejects(sessions.get(ask), { code: 'identity.revoked' });
    assert.ok(!isReadable(first));
  });

  it('does not stop the user', async () => {
    world.revoked.add(ALICE.id);
    assert.ok(await sessions.get({ profileId: ALICE.id, purpose: 'trail' }));
  });

  it('is not given a session when nobody can tell whether it was revoked', async () => {
    await sessions.get(ASK);
    const broken = createSessions({
      ...world.input,
      isRevoked: () => {
        throw new Error('database is locked');
      },
    });
    await assert.rejects(broken.get(ASK), /database is locked/);
  });
});

describe('a clock that', () => {
  /** How the clocks move, and how many sessions have been minted when it was asked for three times after that. */
  const cases: readonly [string, () => void, number][] = [
    ['goes as it should', () => world.clock.advance(10 * MINUTE), 1],
    ['is set ahead a little', () => world.clock.jump(10 * MINUTE), 1],
    ['is set ahead by a day, as a computer that slept finds it', () => world.clock.jump(24 * HOUR), 2],
    ['is set back by half a minute, as NTP does', () => world.clock.jump(-MINUTE / 2), 1],
    ['is set back by a day', () => world.clock.jump(-24 * HOUR), 2],
  ];
  for (const [what, moves, expected] of cases) {
    it(`${what}: nothing expired is given, and it does not loop`, async () => {
      await sessions.get(ASK);
      moves();
      for (let asks = 0; asks < 3; asks++) {
        const { credentials } = await sessions.get(ASK);
        const left = (credentials.expiresAt ?? 0) - world.clock.now();
        assert.ok(left > 0 && left <= HOUR + MINUTE, `${left} ms`);
      }
      assert.equal(minted(), expected);
    });
  }

  it('is set back, while AWS cannot be reached: the session is used until its true end, not longer', async () => {
    const first = await sessions.get(ASK);
    world.clock.jump(-24 * HOUR);
    world.sts.failure = new Error('down');
    await useFor(58 * MINUTE);
    assert.equal(await sessions.get(ASK), first);
    world.clock.advance(1.5 * MINUTE);
    await assert.rejects(sessions.get(ASK), UserError, 'its last minute is kept back');
  });

  it('jumps while a session is minted: it is refused rather than given when it seems over', async () => {
    const gate = Promise.withResolvers<void>();
    world.sts.gate = gate.promise;
    const asking = sessions.get(ASK);
    await new Promise(setImmediate);
    world.clock.jump(24 * HOUR);
    gate.resolve();
    await assert.rejects(asking, { code: 'identity.over' });
    assert.ok(await sessions.get(ASK));
    assert.equal(minted(), 2);
  });

  it('has passed the end of what the shared configuration gives: it is refused', async () => {
    const source = { type: 'sharedConfig', profile: 'x' } as const;
    world.profiles.set('file', { ...ALICE, id: 'file', source });
    world.sharedConfig.credentials = {
      ...world.sharedConfig.credentials,
      expiresAt: world.clock.now() - 1,
    };
    await assert.rejects(sessions.get({ profileId: 'file', purpose: 'terminal' }), { code: 'identity.over' });
  });
});
