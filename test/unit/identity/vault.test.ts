import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { HOUR, MINUTE } from '../../../src/base/clock.ts';
import { Secret } from '../../../src/base/secret.ts';
import { type Instant, instantNow } from '../../../src/identity/instant.ts';
import type { Session } from '../../../src/identity/session.ts';
import { createVault, type Vault } from '../../../src/identity/vault.ts';
import { ALICE, type BentClock, bentClock, COPILOT } from './world.ts';

describe('the vault', () => {
  let clock: BentClock;
  let now: () => Instant;
  let vault: Vault;
  let sweep: () => void;
  let sweeping: boolean;
  beforeEach(() => {
    clock = bentClock();
    now = instantNow(clock, clock.steady);
    sweeping = true;
    vault = createVault(now, (_ms, work) => {
      sweep = work;
      const dispose = (): void => {
        sweeping = false;
      };
      return { dispose };
    });
  });

  const session = (lifeMs: number | undefined = HOUR): Session => ({
    profile: COPILOT,
    credentials: {
      accessKeyId: 'ASIAFAKEFAKEFAKE0001',
      secretAccessKey: new Secret('secret'),
      sessionToken: new Secret('token'),
      ...(lifeMs === undefined ? {} : { expiresAt: clock.now() + lifeMs }),
    },
    accountId: '111122223333',
    arn: COPILOT.verified.arn,
  });

  const put = (held: Session, profileId: string = COPILOT.id) => {
    const place = vault.place(profileId);
    place.keep({ session: held, since: now() });
    return place;
  };

  const isReadable = ({ credentials }: Session): boolean => {
    try {
      return (
        credentials.secretAccessKey.reveal() === 'secret' && credentials.sessionToken?.reveal() === 'token'
      );
    } catch {
      return false;
    }
  };

  /** What ends a session although nobody asks for it. */
  const ends: readonly [string, () => void][] = [
    ['half an hour without use', () => clock.advance(30 * MINUTE)],
    ['a computer that slept for half an hour', () => clock.jump(30 * MINUTE)],
    ['its own end', () => clock.advance(HOUR)],
  ];
  for (const [what, happens] of ends) {
    it(`destroys a session after ${what}, without being asked for it`, () => {
      const held = session();
      put(held);
      happens();
      assert.ok(isReadable(held));
      sweep();
      assert.ok(!isReadable(held));
      assert.deepEqual(vault.look(COPILOT.id), []);
    });

    it(`does not give a session after ${what}, before any sweep`, () => {
      const held = session();
      const place = put(held);
      happens();
      assert.equal(place.take(), undefined);
      assert.ok(!isReadable(held));
    });
  }

  it('keeps what is used, to look at it is not a use', () => {
    const [used, looked] = [session(), session()];
    const place = put(used);
    put(looked, ALICE.id);
    for (let passed = 0; passed < 50 * MINUTE; passed += 10 * MINUTE) {
      clock.advance(10 * MINUTE);
      sweep();
      assert.equal(place.take()?.session, used);
      vault.look(ALICE.id);
    }
    assert.deepEqual(vault.look(ALICE.id), []);
  });

  it('ends a session at its end also when the clock was set back', () => {
    const held = session();
    const place = put(held);
    clock.jump(-5 * HOUR);
    for (let passed = 0; passed < 50 * MINUTE; passed += 10 * MINUTE) {
      clock.advance(10 * MINUTE);
      assert.ok(place.take());
    }
    clock.advance(10 * MINUTE);
    assert.equal(place.take(), undefined);
  });

  it('keeps keys that do not expire for as long as they are used', () => {
    const held = session(Number.POSITIVE_INFINITY);
    const place = put(held);
    for (let hours = 0; hours < 20; hours++) {
      clock.advance(20 * MINUTE);
      assert.equal(place.take()?.session, held);
    }
  });

  it('leaves the earlier session readable until its own end, for calls that are under way', () => {
    const earlier = session();
    const place = put(earlier);
    clock.advance(20 * MINUTE);
    const next = session();
    place.keep({ session: next, since: now() });
    assert.equal(place.take()?.session, next);
    sweep();
    assert.ok(isReadable(earlier));
    clock.advance(20 * MINUTE);
    place.take();
    clock.advance(20 * MINUTE);
    assert.equal(place.take()?.session, next);
    assert.ok(!isReadable(earlier));
  });

  it('purges one profile, and nobody can read what was there; what is minted for it is not kept', () => {
    const [hers, other] = [session(), session()];
    const place = put(hers);
    put(other, ALICE.id);
    vault.purge(COPILOT.id);
    const late = session();
    place.keep({ session: late, since: now() });
    assert.deepEqual([isReadable(hers), isReadable(late), isReadable(other)], [false, true, true]);
    assert.equal(place.take(), undefined);
    assert.deepEqual(vault.look(COPILOT.id), []);
    assert.deepEqual(vault.look(ALICE.id), [other]);
  });

  it('forgets one profile; who has the session may go on with it', () => {
    const held = session();
    const place = put(held);
    vault.forget(COPILOT.id);
    assert.equal(place.take(), undefined);
    assert.ok(isReadable(held));
  });

  it('purges all, and all when it ends', () => {
    const [one, two, three] = [session(), session(), session()];
    put(one);
    put(two, ALICE.id);
    vault.purge();
    put(three);
    vault.dispose();
    assert.deepEqual([one, two, three].map(isReadable), [false, false, false]);
    assert.ok(!sweeping);
  });
});
