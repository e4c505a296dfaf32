import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { silentLog } from '../../../../src/base/log.ts';
import { Secret } from '../../../../src/base/secret.ts';
import { UserError } from '../../../../src/base/userError.ts';
import { createKeychain } from '../../../../src/identity/keychain/createKeychain.ts';
import type { KeychainTrouble } from '../../../../src/identity/keychain/rawKeychain.ts';
import type { Keychain } from '../../../../src/identity/keychain.ts';
import { fakeRawKeychain } from './fakeRawKeychain.ts';
import { memoryDatabase } from './memoryDatabase.ts';

type Setting = 'auto' | 'os' | 'secretStorage';
type Place = 'os' | 'secretStorage' | string;

const NO_BUS: KeychainTrouble = { kind: 'unavailable', reason: 'there is no bus', remedy: 'Start one.' };
const SLOW: KeychainTrouble = { kind: 'timedOut', limitMs: 3000 };
const NAME = 'profile/x';

describe('where a new secret goes', () => {
  type Case = [
    setting: Setting,
    os: KeychainTrouble | undefined,
    inVsCode: boolean,
    goes: Place,
    reason: RegExp,
  ];
  const cases: Case[] = [
    ['auto', undefined, true, 'os', /^The keyring of this desktop .* answered$/],
    ['auto', NO_BUS, true, 'secretStorage', /no OS keychain answers: there is no bus$/],
    ['auto', SLOW, true, 'secretStorage', /said nothing within 3 s$/],
    ['auto', { kind: 'locked' }, true, 'secretStorage', /it is locked$/],
    ['auto', NO_BUS, false, 'keychain.unavailable', /^No OS keychain answers: there is no bus$/],
    ['os', undefined, true, 'os', /answered$/],
    ['os', NO_BUS, true, 'keychain.unavailable', /settings ask for the OS keychain, but .* there is no bus$/],
    ['os', SLOW, true, 'keychain.timedOut', /said nothing within 3 s$/],
    ['secretStorage', undefined, true, 'secretStorage', /^The settings ask/],
    ['secretStorage', undefined, false, 'keychain.unavailable', /only VS Code itself can reach$/],
  ];
  for (const [setting, trouble, inVsCode, goes, reason] of cases) {
    const facts = `${setting}, OS keychain ${trouble?.kind ?? 'answers'}${inVsCode ? '' : ', not in VS Code'}`;
    test(`${facts}: ${goes}`, async () => {
      const world = start({ setting, inVsCode });
      world.os.trouble = trouble;
      const outcome = await world.keychain.write(NAME, new Secret('s')).then(() => world.holder(), codeOf);
      assert.equal(outcome, goes);
      assert.match((await world.keychain.status()).reason, reason);
      if (goes.startsWith('keychain.')) assert.equal(world.os.entries.size + world.other.entries.size, 0);
    });
  }

  test('is decided once in auto: a keyring that comes later does not change it', async () => {
    const { keychain, os, holder } = start({ setting: 'auto' });
    os.trouble = NO_BUS;
    await keychain.status();
    os.trouble = undefined;
    await keychain.write(NAME, new Secret('s'));
    assert.equal(holder(), 'secretStorage');
  });

  test('follows the setting when that changes, and leaves nothing behind', async () => {
    const world = start({ setting: 'os' });
    await world.keychain.write(NAME, new Secret('first'));
    world.setting = 'secretStorage';
    assert.equal(await text(world.keychain), 'first');
    await world.keychain.write(NAME, new Secret('second'));
    assert.equal(await text(world.keychain), 'second');
    assert.deepEqual([world.os.entries.size, world.other.entries.size], [0, 2]);
  });
});

describe('reading', () => {
  test('gives undefined for what was never stored, without asking any keychain', async () => {
    const { keychain, os } = start({ setting: 'os' });
    os.trouble = NO_BUS;
    assert.equal(await keychain.read(NAME), undefined);
  });

  test('gives back what was stored, whatever it is', async () => {
    const { keychain } = start({ setting: 'os' });
    for (const value of ['', 'a\0b', 'ключ', 'x'.repeat(10_000)]) {
      await keychain.write(NAME, new Secret(value));
      assert.equal(await text(keychain), value);
    }
  });

  const damages: [what: string, damage: (entries: Map<string, string>) => void][] = [
    ['the manifest is gone', entries => entries.delete(NAME)],
    ['a part is gone', entries => entries.delete([...entries.keys()].find(key => key.includes('#')) ?? '')],
    ['the manifest is somebody else’s', entries => entries.set(NAME, 'hello')],
    [
      'a part is somebody else’s',
      entries => {
        for (const key of entries.keys()) if (key !== NAME) entries.set(key, 'x');
      },
    ],
  ];
  for (const [what, damage] of damages) {
    test(`says "locked or removed" when ${what}`, async () => {
      const { keychain, os } = start({ setting: 'os' });
      await keychain.write(NAME, new Secret('first'));
      damage(os.entries);
      await refuses(
        keychain.read(NAME),
        'keychain.lockedOrRemoved',
        /of "profile\/x".*OS keychain is locked, or/,
      );
    });
  }

  test('says which backend holds a secret that cannot be reached', async () => {
    const world = start({ setting: 'os' });
    await world.keychain.write(NAME, new Secret('s'));
    world.setting = 'secretStorage';
    world.os.trouble = NO_BUS;
    await refuses(
      world.keychain.read(NAME),
      'keychain.unavailable',
      /it is in the OS keychain, which does not answer/,
    );
  });

  test('says so too outside VS Code, of what VS Code holds', async () => {
    const world = start({ setting: 'secretStorage' });
    await world.keychain.write(NAME, new Secret('s'));
    const outside = start({ setting: 'auto', inVsCode: false, db: world.db });
    await refuses(
      outside.keychain.read(NAME),
      'keychain.unavailable',
      /in the secret storage of VS Code.*only VS Code/,
    );
  });

  test('names the identity when it is told whose secret it is', async () => {
    const { keychain, os } = start({ setting: 'os', whose: () => 'alice (1111-2222-3333)' });
    await keychain.write(NAME, new Secret('s'));
    os.trouble = SLOW;
    await refuses(keychain.read(NAME), 'keychain.timedOut', /of alice \(1111-2222-3333\) .*within 3 s/);
  });
});

describe('writing over a secret that cannot be read', () => {
  type Case = [what: string, code: string, spoil: (world: ReturnType<typeof start>) => void];
  const cases: Case[] = [
    ['its keychain is locked', 'keychain.lockedOrRemoved', ({ os }) => Object.assign(os, { locked: true })],
    ['it was removed', 'keychain.lockedOrRemoved', ({ os }) => os.entries.clear()],
    [
      'its keychain does not answer',
      'keychain.unavailable',
      ({ os }) => Object.assign(os, { trouble: NO_BUS }),
    ],
  ];
  for (const [what, code, spoil] of cases) {
    test(`is refused when ${what}`, async () => {
      const world = start({ setting: 'os' });
      await world.keychain.write(NAME, new Secret('first'));
      spoil(world);
      const before = new Map(world.os.entries);
      await refuses(world.keychain.write(NAME, new Secret('second')), code, /was not replaced/);
      assert.deepEqual(world.os.entries, before);
    });

    test(`is done elsewhere when ${what}, if the caller says "replace"`, async () => {
      const world = start({ setting: 'os' });
      await world.keychain.write(NAME, new Secret('first'));
      spoil(world);
      world.setting = 'secretStorage';
      await world.keychain.write(NAME, new Secret('second'), { replace: true });
      assert.equal(await text(world.keychain), 'second');
    });
  }

  test('is done in place, if it was removed and the caller says "replace"', async () => {
    const { keychain, os } = start({ setting: 'os' });
    await keychain.write(NAME, new Secret('first'));
    os.entries.clear();
    await keychain.write(NAME, new Secret('second'), { replace: true });
    assert.equal(await text(keychain), 'second');
  });

  test('is refused by a locked keychain even then', async () => {
    const { keychain, os } = start({ setting: 'os' });
    await keychain.write(NAME, new Secret('first'));
    os.locked = true;
    const writing = keychain.write(NAME, new Secret('second'), { replace: true });
    await refuses(writing, 'keychain.lockedOrRemoved', /not stored: the OS keychain is locked/);
    os.locked = false;
    assert.equal(await text(keychain), 'first');
  });
});

describe('removing', () => {
  test('leaves nothing, and may be done again', async () => {
    const { keychain, os, db } = start({ setting: 'os' });
    await keychain.write(NAME, new Secret('x'.repeat(10_000)));
    await keychain.remove(NAME);
    await keychain.remove(NAME);
    assert.equal(await keychain.read(NAME), undefined);
    assert.equal(os.entries.size, 0);
    assert.deepEqual(db.all('SELECT * FROM keychain_entry'), []);
  });

  test('from a locked keychain is done at once for No Wing, and there after it was unlocked', async () => {
    const world = start({ setting: 'os' });
    await world.keychain.write(NAME, new Secret('s'));
    world.os.locked = true;
    await world.keychain.remove(NAME);
    assert.equal(await world.keychain.read(NAME), undefined);
    world.os.locked = false;
    world.now += 2 * 3_600_000;
    await world.keychain.write('profile/other', new Secret('o'));
    assert.deepEqual(
      [...world.os.entries.keys()].filter(key => key.startsWith(NAME)),
      [],
    );
  });

  test('fails when its keychain does not answer, unless the caller says "forget"', async () => {
    const { keychain, os } = start({ setting: 'os' });
    await keychain.write(NAME, new Secret('s'));
    os.trouble = NO_BUS;
    await refuses(keychain.remove(NAME), 'keychain.unavailable', /was not removed: it is in the OS keychain/);
    os.trouble = undefined;
    assert.equal(await text(keychain), 's');
    os.trouble = NO_BUS;
    await keychain.remove(NAME, { forget: true });
    assert.equal(await keychain.read(NAME), undefined);
  });
});

test('a name that could be taken for a part is refused', async () => {
  for (const name of ['', 'a#b', 'a b', 'x'.repeat(201)]) {
    await assert.rejects(start({ setting: 'os' }).keychain.write(name, new Secret('s')), TypeError);
  }
});

test('no secret is in the index', async () => {
  const { keychain, db } = start({ setting: 'os' });
  await keychain.write(NAME, new Secret('hunter2'));
  assert.doesNotMatch(JSON.stringify(db.all('SELECT * FROM keychain_entry')), /hunter2/);
});

interface Options {
  readonly setting: Setting;
  readonly inVsCode?: boolean;
  readonly db?: ReturnType<typeof memoryDatabase>;
  readonly whose?: (name: string) => string;
}

function start({ setting, inVsCode = true, db = memoryDatabase(), whose }: Options) {
  const os = fakeRawKeychain();
  const other = fakeRawKeychain();
  const secretStorage = {
    get: other.get,
    store: other.set,
    delete: async (key: string) => void (await other.delete(key)),
  };
  const world = {
    os,
    other,
    db,
    setting,
    now: 0,
    holder: () => (os.entries.size > 0 ? 'os' : 'secretStorage'),
  };
  const keychain = createKeychain({
    db,
    os,
    clock: { now: () => world.now },
    log: silentLog,
    setting: () => world.setting,
    platform: 'linux',
    ...(inVsCode ? { secretStorage } : {}),
    ...(whose ? { whose } : {}),
  });
  return Object.assign(world, { keychain });
}

async function text(keychain: Keychain): Promise<string | undefined> {
  return (await keychain.read(NAME))?.reveal();
}

/** What a person is told: what happened, and what to do next. */
async function refuses(work: Promise<unknown>, code: string, message: RegExp): Promise<void> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof UserError, String(error));
  assert.equal(error.code, code);
  assert.match(error.message, message);
  assert.ok(error.hint);
}

function codeOf(error: unknown): string {
  assert.ok(error instanceof UserError, String(error));
  return error.code;
}
