import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { HOUR, MINUTE } from '../../../../src/base/clock.ts';
import { silentLog } from '../../../../src/base/log.ts';
import { Secret } from '../../../../src/base/secret.ts';
import { createKeychain } from '../../../../src/identity/keychain/createKeychain.ts';
import { KeychainFailure, type RawKeychain } from '../../../../src/identity/keychain/rawKeychain.ts';
import { type FakeRawKeychain, fakeRawKeychain } from './fakeRawKeychain.ts';
import { type IndexDatabase, memoryDatabase } from './memoryDatabase.ts';

const NAME = 'profile/x';
const OLD = 'o'.repeat(5000);
const NEW = 'n'.repeat(7500);

describe('a crash', () => {
  test('at any step of a first write leaves nothing, or the new value', async () => {
    await cutEverywhere(undefined, world => open(world).write(NAME, new Secret(NEW)), [undefined, NEW]);
  });

  test('at any step of a second write leaves the earlier value, or the new one', async () => {
    await cutEverywhere('os', world => open(world).write(NAME, new Secret(NEW)), [OLD, NEW]);
  });

  test('at any step of a move to the other backend leaves the earlier value, or the new one', async () => {
    await cutEverywhere('secretStorage', world => open(world).write(NAME, new Secret(NEW)), [OLD, NEW]);
  });

  test('at any step of a removal leaves the value, or nothing', async () => {
    await cutEverywhere('os', world => open(world).remove(NAME), [OLD, undefined]);
  });

  test('leaves no part for ever: a later write deletes it', async () => {
    const world = await worldWith('os');
    for (let steps = 0; steps < 20; steps += 1) {
      await open(crashingAfter(steps, world)).write(NAME, new Secret(NEW)).catch(ignoreCrash);
    }
    assert.ok(world.os.entries.size > 10);
    world.now += 2 * HOUR;
    await open(world).write('profile/other', new Secret('x'));
    assert.ok((await readBack(world))?.length);
    assert.equal(world.os.entries.size, 2 + 1 + Math.ceil(((await readBack(world))?.length ?? 0) / 2400));
    assert.equal(world.db.all('SELECT name FROM keychain_entry').length, 4);
  });
});

describe('a failure', () => {
  test('at any call leaves the earlier value; the new one only once its manifest is written', async () => {
    for (let at = 0; ; at += 1) {
      let [calls, replaced, over] = [0, false, false];
      const world = await worldWith('os', (op, key) => {
        if (over) return;
        if (calls++ === at) throw new KeychainFailure({ kind: 'timedOut', limitMs: 1 });
        replaced ||= op === 'set' && key === NAME;
      });
      const isDone = await open(world).write(NAME, new Secret(NEW)).then(yes, no);
      over = true;
      assert.equal((await readBack(world)) === NEW, replaced, `call ${at}`);
      assert.ok(replaced || !isDone);
      assert.ok(replaced || (await readBack(world)) === OLD);
      if (calls <= at) return assert.ok(at > 15);
    }
  });

  test('of the manifest that was nevertheless written leaves a whole value', async () => {
    const world = await worldWith('os');
    const { set } = world.os;
    world.os.set = async (key, value) => {
      await set(key, value);
      if (key === NAME) throw new KeychainFailure({ kind: 'timedOut', limitMs: 1 });
    };
    await assert.rejects(open(world).write(NAME, new Secret(NEW)), { code: 'keychain.timedOut' });
    assert.equal(await readBack(world), NEW);
  });

  test('to lock in the middle of a write is told, and the earlier value is there after unlocking', async () => {
    const world = await worldWith('os', (op, key) => {
      if (op === 'set' && key.endsWith('/2')) world.os.locked = true;
    });
    await assert.rejects(open(world).write(NAME, new Secret(NEW)), { code: 'keychain.lockedOrRemoved' });
    world.os.locked = false;
    assert.equal(await readBack(world), OLD);
  });
});

describe('a write', () => {
  test('that was read back deletes the earlier parts at once', async () => {
    const world = await worldWith('os');
    const earlier = [...world.os.entries.keys()].filter(key => key !== NAME);
    await open(world).write(NAME, new Secret(NEW));
    assert.ok(earlier.length > 1);
    assert.ok(earlier.every(key => !world.os.entries.has(key)));
    assert.equal(world.db.all('SELECT name FROM keychain_entry').length, 2);
  });

  test('into a keychain that keeps only half of it fails, and the earlier value is there', async () => {
    const world = await worldWith('os');
    const { set } = world.os;
    world.os.set = (key, value) => set(key, key === NAME ? value : value.slice(0, 100));
    await assert.rejects(open(world).write(NAME, new Secret(NEW)), { code: 'keychain.lockedOrRemoved' });
    assert.equal(await readBack(world), OLD);
  });

  test('asks nothing about other secrets, however old', async () => {
    const asked = new Set<string>();
    const world = await worldWith('os', (_, key) => void asked.add(key.replace(/#.*/, '')));
    world.now += 100 * HOUR;
    await open(world).write('profile/other', new Secret('x'));
    assert.deepEqual([...asked], ['profile/other']);
  });
});

describe('a writer that was suspended', () => {
  test('for hours gives up, because its parts may have been deleted', async () => {
    const world = await worldWith('os', (op, key) => {
      if (op === 'set' && key.endsWith('/1')) world.now += 10 * MINUTE;
    });
    await assert.rejects(open(world).write(NAME, new Secret(NEW)), { code: 'keychain.timedOut' });
    assert.equal(await readBack(world), OLD);
  });

  test('for a moment keeps its parts, whatever others write', async () => {
    const world = await worldWith('os');
    const others: RawKeychain = { ...world.os };
    const set = world.os.set;
    world.os.set = async (key, value) => {
      if (key === NAME)
        await open({ ...world, os: { ...world.os, ...others } }).write('other', new Secret('x'));
      await set(key, value);
    };
    await open(world).write(NAME, new Secret(NEW));
    assert.equal(await readBack(world), NEW);
  });
});

describe('two windows that write at once', () => {
  test('leave one of the two values whole, and a third window never reads a mixture', async () => {
    for (let seed = 1; seed <= 60; seed += 1) {
      const random = randomFrom(seed);
      const world = await worldWith('os', () => ticks(random() * 12));
      const [a, b] = [new Secret('a'.repeat(6000)), new Secret('b'.repeat(9000))];
      const values = [OLD, a.reveal(), b.reveal()];
      const writing = Promise.all([open(world).write(NAME, a), open(world).write(NAME, b)]);
      let ended = false;
      const reading = (async () => {
        while (!ended) assert.ok(values.includes((await readBack(world)) ?? ''), `seed ${seed}`);
      })();
      await writing.finally(() => {
        ended = true;
      });
      await reading;
      assert.ok(values.slice(1).includes((await readBack(world)) ?? ''), `seed ${seed}`);
    }
  });

  test('leave no part for ever', async () => {
    const world = await worldWith('os', () => ticks(3));
    await Promise.all(['a', 'b', 'c'].map(value => open(world).write(NAME, new Secret(value))));
    world.now += 2 * HOUR;
    await open(world).write(NAME, new Secret('d'));
    assert.equal(world.os.entries.size, 2);
    assert.equal(world.db.all('SELECT name FROM keychain_entry').length, 2);
  });
});

interface World {
  readonly os: FakeRawKeychain;
  readonly other: FakeRawKeychain;
  readonly db: IndexDatabase;
  setting: 'os' | 'secretStorage';
  now: number;
}

/** `step` comes before each call to the OS keychain, once `OLD` lies in `holds`. */
async function worldWith(
  holds: 'os' | 'secretStorage' | undefined,
  step: (op: string, key: string) => Promise<void> | void = () => undefined,
): Promise<World> {
  let ready = false;
  const os = fakeRawKeychain((op, key) => (ready ? step(op, key) : undefined));
  const world: World = { os, other: fakeRawKeychain(), db: memoryDatabase(), setting: 'os', now: 10 * HOUR };
  if (holds) await open({ ...world, setting: holds }).write(NAME, new Secret(OLD));
  ready = true;
  return world;
}

function open(world: World) {
  const { os, other, db, setting } = world;
  const secretStorage = {
    get: other.get,
    store: other.set,
    delete: async (key: string) => void (await other.delete(key)),
  };
  const clock = { now: () => world.now };
  return createKeychain({
    db,
    clock,
    log: silentLog,
    setting: () => setting,
    os,
    secretStorage,
    platform: 'linux',
  });
}

async function readBack(world: World): Promise<string | undefined> {
  return (await open(world).read(NAME))?.reveal();
}

class Crash extends Error {}

/** A process that ends after so many steps: changes in a keychain and in the index alike. */
function crashingAfter(steps: number, world: World): World & { left: number } {
  const crashing = { ...world, left: steps };
  const step = () => {
    crashing.left -= 1;
    if (crashing.left < 0) throw new Crash();
  };
  const mortal = (raw: FakeRawKeychain): FakeRawKeychain => ({
    ...raw,
    set: async (key, value) => {
      step();
      await raw.set(key, value);
    },
    delete: async key => {
      step();
      return raw.delete(key);
    },
  });
  const run: IndexDatabase['run'] = (sql, ...params) => {
    step();
    return world.db.run(sql, ...params);
  };
  return Object.assign(crashing, {
    os: mortal(world.os),
    other: mortal(world.other),
    db: { ...world.db, run },
  });
}

async function cutEverywhere(
  holds: 'os' | 'secretStorage' | undefined,
  work: (world: World) => Promise<void>,
  allowed: readonly (string | undefined)[],
) {
  const seen = new Set<string | undefined>();
  for (let steps = 0; ; steps += 1) {
    const world = await worldWith(holds);
    const crashing = crashingAfter(steps, world);
    await work(crashing).catch(ignoreCrash);
    const value = await readBack(world);
    assert.ok(allowed.includes(value), `after ${steps} steps: ${value?.slice(0, 1)}`);
    seen.add(value);
    if (crashing.left >= 0) break;
  }
  assert.equal(seen.size, 2, 'both outcomes were seen');
}

function ignoreCrash(error: unknown): void {
  assert.ok(error instanceof Crash, String(error));
}

const yes = () => true;
const no = () => false;

async function ticks(count: number): Promise<void> {
  for (let tick = 0; tick < count; tick += 1) await undefined;
}

/** A repeatable sequence of numbers below one. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
