// The OS keychain in good and bad days: a real gnome-keyring that is locked, killed, frozen and started again.
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Secret } from '../../src/base/secret.ts';
import { UserError } from '../../src/base/userError.ts';
import type { Keychain } from '../../src/identity/keychain.ts';
import { waitFor } from '../setup/waitFor.ts';
import { openKeychain, type World, type WorldOptions, withWorld, workerPids } from './world.ts';
import type { WriterOrder } from './writer.ts';

const NAME = 'profile/x';
const OLD = 'o'.repeat(10_000);
const NEW = 'n'.repeat(12_000);

/** A world with a keyring, where `OLD` is stored. */
function inWorld(what: string, options: WorldOptions, work: (world: World) => Promise<void>): void {
  test(what, { skip: process.platform !== 'linux', timeout: 60_000 }, () =>
    withWorld(options, async world => {
      await world.keychain.write(NAME, new Secret(OLD));
      await work(world);
    }),
  );
}

describe('a keyring that works', () => {
  inWorld('stores, reads and deletes, ten kilobytes too', {}, async ({ keychain, os }) => {
    await isStored(keychain, OLD);
    const manifest = JSON.parse((await os.get(NAME)) ?? '');
    assert.equal(manifest.count, 5);
    const key = `${NAME}#${manifest.generation}/0`;
    assert.equal((await os.get(key))?.length, 2400);
    await keychain.write(NAME, new Secret(NEW));
    await isStored(keychain, NEW);
    assert.equal(await os.get(key), undefined);
    await keychain.remove(NAME);
    assert.equal(await keychain.read(NAME), undefined);
    assert.equal(await os.get(NAME), undefined);
  });

  inWorld('takes what is empty, has NUL in it, or is not ASCII', {}, async ({ keychain }) => {
    for (const value of ['', 'a\0b', 'Zoë 🦩 ключ']) {
      await keychain.write(NAME, new Secret(value));
      await isStored(keychain, value);
    }
  });

  inWorld('is chosen in auto', { setting: 'auto' }, async ({ keychain, vsCode }) => {
    assert.equal((await keychain.status()).backend, 'os');
    assert.equal(vsCode.size, 0);
  });

  inWorld('keeps what two processes write at once whole', {}, async world => {
    await Promise.all(['a', 'b'].map(letter => runWriter(world, { letter, times: 8 })));
    const value = (await world.keychain.read(NAME))?.reveal() ?? '';
    assert.match(value, /^(a{3000}|b{3000})$/);
    await world.keychain.write(NAME, new Secret(NEW));
    await isStored(world.keychain, NEW);
  });
});

describe('a locked keyring', () => {
  inWorld('is told, and nothing in it is overwritten', {}, async ({ keyring, keychain }) => {
    await keyring.lock();
    await refuses(keychain.read(NAME), 'keychain.lockedOrRemoved', /is locked, or the entry was removed/);
    await refuses(keychain.write(NAME, new Secret(NEW)), 'keychain.lockedOrRemoved', /was not replaced/);
    const insisting = keychain.write(NAME, new Secret(NEW), { replace: true });
    await refuses(insisting, 'keychain.lockedOrRemoved', /not stored: the OS keychain is locked/);
    await refuses(keychain.write('profile/new', new Secret('x')), 'keychain.lockedOrRemoved', /is locked/);
    await keyring.restart();
    await isStored(keychain, OLD);
    assert.equal(await keychain.read('profile/new'), undefined);
  });
});

describe('a keyring that dies', () => {
  inWorld('is told, and found again when it is back', {}, async ({ keyring, keychain }) => {
    await keyring.kill();
    await refuses(keychain.read(NAME), 'keychain.unavailable', /no keyring is running/);
    await refuses(keychain.write(NAME, new Secret(NEW)), 'keychain.unavailable', /no keyring is running/);
    await keyring.restart();
    await isStored(keychain, OLD);
  });

  inWorld('and came back between two calls goes unnoticed', {}, async ({ keyring, keychain }) => {
    await keyring.restart();
    await isStored(keychain, OLD);
    await keyring.restart();
    await keychain.write(NAME, new Secret(NEW));
    await isStored(keychain, NEW);
  });

  inWorld('in the middle of a write leaves one whole value', {}, async ({ keyring, keychain }) => {
    for (const ms of [1, 4, 8, 12]) {
      const writing = keychain.write(NAME, new Secret(NEW)).then(yes, no);
      await sleep(ms);
      await keyring.kill();
      const isDone = await writing;
      await keyring.restart();
      const value = (await keychain.read(NAME))?.reveal() ?? '';
      assert.ok(value === NEW || (value === OLD && !isDone), `after ${ms} ms: ${value.slice(0, 1)}`);
      await keychain.write(NAME, new Secret(OLD));
    }
  });
});

describe('a frozen keyring', () => {
  inWorld('is told after our own limit', { limitMs: 300 }, async ({ keyring, keychain }) => {
    keyring.freeze();
    const began = Date.now();
    await refuses(keychain.read(NAME), 'keychain.timedOut', /did not answer within/);
    await refuses(keychain.write(NAME, new Secret(NEW)), 'keychain.timedOut', /did not answer within/);
    assert.ok(Date.now() - began < 2000);
    keyring.thaw();
    await isStored(keychain, OLD);
  });

  inWorld('that thaws in time does the write once', { limitMs: 500 }, async ({ keyring, keychain, os }) => {
    keyring.freeze();
    const writing = os.set('profile/raw', 'late');
    await sleep(600);
    keyring.thaw();
    await writing;
    assert.equal(await os.get('profile/raw'), 'late');
    await isStored(keychain, OLD);
  });

  inWorld(
    'in the middle of a write leaves one whole value',
    { limitMs: 1500 },
    async ({ keyring, keychain }) => {
      for (const ms of [1, 5, 9]) {
        const writing = keychain.write(NAME, new Secret(NEW)).then(yes, no);
        await sleep(ms);
        keyring.freeze();
        const isDone = await writing;
        keyring.thaw();
        const value = (await keychain.read(NAME))?.reveal() ?? '';
        assert.ok(value === NEW || (value === OLD && !isDone), `after ${ms} ms: ${value.slice(0, 1)}`);
        await keychain.write(NAME, new Secret(OLD));
      }
    },
  );
});

describe('the worker', () => {
  inWorld('that is killed in the middle of a call is replaced', {}, async world => {
    const { keyring, keychain, os } = world;
    keyring.freeze();
    const reading = keychain.read(NAME);
    const writing = os.set('profile/raw', 'value');
    await sleep(100);
    kill(world);
    keyring.thaw();
    assert.equal((await reading)?.reveal(), OLD);
    await writing;
    assert.equal(await os.get('profile/raw'), 'value');
  });

  inWorld('that is killed again and again loses nothing', {}, async world => {
    for (const ms of [2, 6, 10]) {
      const writing = world.keychain.write(NAME, new Secret(NEW)).then(yes, no);
      await sleep(ms);
      kill(world);
      const isDone = await writing;
      const value = (await world.keychain.read(NAME))?.reveal() ?? '';
      assert.ok(value === NEW || (value === OLD && !isDone), `after ${ms} ms: ${value.slice(0, 1)}`);
      await world.keychain.write(NAME, new Secret(OLD));
    }
  });

  inWorld('ends with its parent, even in the middle of a call', {}, async world => {
    const own = workerPids(world.workerPath);
    world.keyring.freeze();
    const parent = startWriter(world, { letter: 'a', times: 1 });
    const others = () => workerPids(world.workerPath).filter(pid => !own.includes(pid));
    await waitFor('the worker of the writer', async () => others().at(0));
    await sleep(300);
    parent.kill('SIGKILL');
    await waitFor('its end', async () => (others().length === 0 ? true : undefined), 3000);
  });

  inWorld('ends when it is disposed of', {}, async world => {
    assert.equal(workerPids(world.workerPath).length, 1);
    world.os.dispose();
    await waitFor(
      'its end',
      async () => (workerPids(world.workerPath).length === 0 ? true : undefined),
      3000,
    );
  });

  inWorld('has no credentials and no debugger in its arguments and environment', {}, async world => {
    const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
    const env = { AWS_SECRET_ACCESS_KEY: secret, NODE_OPTIONS: '--inspect=0' };
    const writer = startWriter(world, { letter: 'a', times: 1000, env: { ...world.keyring.env, ...env } });
    const [own] = workerPids(world.workerPath);
    const other = await waitFor('another worker', async () =>
      workerPids(world.workerPath).find(pid => pid !== own),
    );
    const seen = ['cmdline', 'environ']
      .map(file => readFileSync(`/proc/${other}/${file}`, 'utf8'))
      .join('\0');
    writer.kill('SIGKILL');
    assert.match(seen, /DBUS_SESSION_BUS_ADDRESS=/);
    assert.doesNotMatch(seen, /AWS_|NODE_OPTIONS|inspect|wJalr/);
  });
});

describe('no OS keychain', () => {
  const LINUX = { skip: process.platform !== 'linux', timeout: 60_000 };
  const buses = {
    'no D-Bus at all': {},
    'a D-Bus that is gone': { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/gone' },
  };
  for (const [what, env] of Object.entries(buses)) {
    test(`${what}: the secret storage of VS Code in auto`, LINUX, () =>
      withWorld({ setting: 'auto', env }, async ({ keychain, vsCode }) => {
        await keychain.write(NAME, new Secret(OLD));
        await isStored(keychain, OLD);
        assert.ok(vsCode.has(NAME));
        assert.match((await keychain.status()).reason, /because no OS keychain answers: .*D-Bus/);
      }),
    );

    test(`${what}: an error when the settings ask for the OS keychain`, LINUX, () =>
      withWorld({ setting: 'os', env }, async ({ keychain, vsCode }) => {
        await refuses(keychain.write(NAME, new Secret(OLD)), 'keychain.unavailable', /no D-Bus session bus/);
        assert.equal(vsCode.size, 0);
        assert.equal((await keychain.status()).backend, 'os');
      }),
    );
  }

  test('a frozen one counts as none in auto', LINUX, () =>
    withWorld({ setting: 'auto' }, async ({ keyring, keychain, vsCode }) => {
      keyring.freeze();
      await keychain.write(NAME, new Secret(OLD));
      assert.ok(vsCode.has(NAME));
    }),
  );

  test('libsecret that is missing is named', LINUX, () =>
    withWorld({}, async ({ keychain, folder, workerPath, keyring }) => {
      assert.equal((await keychain.status()).backend, 'os');
      writeFileSync(join(folder, 'libsecret-1.so.0'), 'not a library');
      const env = { ...keyring.env, LD_LIBRARY_PATH: folder };
      const other = openKeychain({ folder, workerPath, env });
      const error = await refuses(
        other.keychain.write(NAME, new Secret(OLD)),
        'keychain.unavailable',
        /libsecret/,
      );
      assert.match(error.hint ?? '', /libsecret-1-0/);
      other.close();
    }),
  );
});

async function isStored(keychain: Keychain, value: string): Promise<void> {
  const read = (await keychain.read(NAME))?.reveal();
  assert.ok(read === value, `${read?.slice(0, 3)}… of ${read?.length}`);
}

async function refuses(work: Promise<unknown>, code: string, message: RegExp): Promise<UserError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof UserError, String(error));
  assert.equal(error.code, code, error.message);
  assert.match(error.message, message);
  return error;
}

function kill({ workerPath }: World): void {
  for (const pid of workerPids(workerPath)) process.kill(pid, 'SIGKILL');
}

type Order = Partial<WriterOrder> & Pick<WriterOrder, 'letter' | 'times'>;

function startWriter(world: World, order: Order) {
  const child = fork(join(import.meta.dirname, 'writer.ts'), [], { execArgv: [] });
  const { folder, workerPath, keyring } = world;
  child.send({ folder, workerPath, env: keyring.env, name: NAME, ...order } satisfies WriterOrder);
  return child;
}

async function runWriter(world: World, order: Order): Promise<void> {
  const child = startWriter(world, order);
  const said: unknown[] = [];
  child.on('message', message => said.push(message));
  await once(child, 'exit');
  assert.deepEqual(said, ['done']);
}

const yes = () => true;
const no = () => false;
