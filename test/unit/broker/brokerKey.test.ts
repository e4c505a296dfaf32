/** The broker's key: one for all windows, made once, and never guessed when the keychain does not give it. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { Secret } from '../../../src/base/secret.ts';
import { UserError } from '../../../src/base/userError.ts';
import { brokerWorld, type World } from './office.ts';

let world: World;
beforeEach(() => {
  world = brokerWorld();
});
afterEach(() => world.dispose());

const isUserError = (code: string) => (error: unknown) => error instanceof UserError && error.code === code;

describe("the broker's key", () => {
  it('is made once and found again by another window', async () => {
    const one = await world.office.key.get();
    const other = await world.window().office.key.get();
    assert.ok(one.equals(other));
    assert.equal(world.keychain.held.size, 1);
  });

  it('is the same for windows that make it at the same time; what was made in vain is gone', async () => {
    const gate = Promise.withResolvers<void>();
    world.keychain.gate = gate.promise;
    const windows = [world.window(), world.window(), world.window(), world.window()];
    const asked = windows.map(({ office }) => office.key.get());
    gate.resolve();
    const keys = await Promise.all(asked);
    for (const key of keys) assert.ok(key.equals(keys[0] ?? assert.fail()));
    assert.equal(world.keychain.held.size, 1);
  });

  it('is not replaced while the keychain is locked', async () => {
    const before = await world.office.key.get();
    world.keychain.locked = true;
    const other = world.window().office.key;
    await assert.rejects(other.get(), isUserError('keychain.lockedOrRemoved'));
    assert.equal(other.loaded(), undefined);
    world.keychain.locked = false;
    assert.ok((await other.get()).equals(before));
  });

  it('is asked of the keychain once', async () => {
    await world.office.key.get();
    world.keychain.locked = true;
    await world.office.key.get();
  });

  const FORGED: readonly [name: string, entry: string][] = [
    ["a profile's secret", 'profile/user/alice-id'],
    ['a name of another shape', 'broker/hmacKey-'],
    ['an entry that is not there', 'broker/hmacKey-0123456789abcdef'],
  ];
  for (const [name, entry] of FORGED) {
    it(`is not read from ${name}, whatever the store says`, async () => {
      world.keychain.held.set('profile/user/alice-id', new Secret('00'.repeat(32)));
      world.db.run('INSERT INTO broker_key (id, entry) VALUES (1, ?)', entry);
      await assert.rejects(world.office.key.get(), isUserError('broker.keyUnreadable'));
    });
  }

  it('is not taken when it is too short', async () => {
    world.keychain.held.set('broker/hmacKey-0123456789abcdef', new Secret('00'));
    world.db.run("INSERT INTO broker_key (id, entry) VALUES (1, 'broker/hmacKey-0123456789abcdef')");
    await assert.rejects(world.office.key.get(), isUserError('broker.keyUnreadable'));
  });
});
