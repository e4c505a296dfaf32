import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { systemClock } from '../../../../src/base/clock.ts';
import { osKeychain } from '../../../../src/identity/keychain/osKeychain.ts';
import { KeychainFailure, type KeychainTrouble } from '../../../../src/identity/keychain/rawKeychain.ts';
import { type Behaviour, fakeWorkers } from './fakeWorkers.ts';

interface Case {
  readonly what: string;
  readonly does: 'get' | 'set' | 'delete';
  /** What the requests meet, in order; after the last one, everything is answered. */
  readonly meets: readonly Behaviour[];
  readonly gives: unknown;
  readonly requests: string;
  readonly workers: number;
}

const GONE = 'The name :1.1 was not provided by any .service files';
const NO_SESSION = 'The session wrapping the secret does not exist';
const CLOSED = 'The connection is closed';
const LOCKED = 'Cannot create an item in a locked collection';

const cases: Case[] = [
  { what: 'a read', does: 'get', meets: [], gives: 'old', requests: 'get', workers: 1 },
  { what: 'a write', does: 'set', meets: [], gives: undefined, requests: 'set', workers: 1 },
  { what: 'a delete', does: 'delete', meets: [], gives: true, requests: 'delete', workers: 1 },
  { what: 'a crash', does: 'get', meets: ['crash'], gives: 'old', requests: 'get get', workers: 2 },
  {
    what: 'two crashes',
    does: 'get',
    meets: ['crash', 'crash'],
    gives: 'unavailable',
    requests: 'get get',
    workers: 2,
  },
  {
    what: 'a stale name',
    does: 'get',
    meets: [{ says: GONE }],
    gives: 'old',
    requests: 'get get',
    workers: 2,
  },
  {
    what: 'a stale session',
    does: 'set',
    meets: [{ says: NO_SESSION }],
    gives: undefined,
    requests: 'set get set',
    workers: 2,
  },
  {
    what: 'a closed bus',
    does: 'get',
    meets: [{ says: CLOSED }],
    gives: 'old',
    requests: 'get get',
    workers: 2,
  },
  {
    what: 'no keyring, still',
    does: 'get',
    meets: [{ says: GONE }, { says: GONE }],
    gives: 'unavailable',
    requests: 'get get',
    workers: 2,
  },
  { what: 'a slow read', does: 'get', meets: ['silence'], gives: 'timedOut', requests: 'get', workers: 1 },
  {
    what: 'a crash before the write was done',
    does: 'set',
    meets: ['crash'],
    gives: undefined,
    requests: 'set get set',
    workers: 2,
  },
  {
    what: 'a crash after the write was done',
    does: 'set',
    meets: ['doneThenCrash'],
    gives: undefined,
    requests: 'set get',
    workers: 2,
  },
  {
    what: 'a slow write that was done',
    does: 'set',
    meets: ['doneInSilence'],
    gives: undefined,
    requests: 'set get',
    workers: 2,
  },
  {
    what: 'a slow write that was not done',
    does: 'set',
    meets: ['silence'],
    gives: undefined,
    requests: 'set get set',
    workers: 2,
  },
  {
    what: 'a frozen keyring',
    does: 'set',
    meets: ['silence', 'silence'],
    gives: 'timedOut',
    requests: 'set get',
    workers: 2,
  },
  {
    what: 'a delete that was done, unconfirmed',
    does: 'delete',
    meets: ['doneThenCrash'],
    gives: false,
    requests: 'delete get',
    workers: 2,
  },
  {
    what: 'a locked keyring',
    does: 'set',
    meets: [{ says: LOCKED }],
    gives: 'locked',
    requests: 'set',
    workers: 1,
  },
  {
    what: 'a missing library',
    does: 'get',
    meets: ['unloadable'],
    gives: 'unavailable',
    requests: 'get',
    workers: 1,
  },
  { what: 'nonsense', does: 'get', meets: ['nonsense'], gives: 'old', requests: 'get get', workers: 2 },
  {
    what: 'an answer to somebody else',
    does: 'get',
    meets: ['wrongId'],
    gives: 'timedOut',
    requests: 'get',
    workers: 1,
  },
];

describe('a call to the OS keychain meets', () => {
  for (const { what, does, meets, gives, requests, workers } of cases) {
    test(`${what}: ${does}`, async () => {
      const { keychain, fake } = start(meets);
      const outcome = does === 'set' ? keychain.set('k', 'new') : keychain[does]('k');
      assert.deepEqual(await outcome.catch(kindOf), gives);
      assert.equal(fake.requests.join(' '), requests);
      assert.equal(fake.started, workers);
      if (gives === undefined) assert.equal(fake.entries.get('k'), 'new');
      keychain.dispose();
      assert.equal(fake.running, 0);
    });
  }
});

describe('the worker', () => {
  test('is started by the first call, and ended when it is idle', async () => {
    const { keychain, fake } = start([], { idleMs: 5 });
    assert.equal(fake.started, 0);
    await keychain.get('k');
    assert.equal(fake.running, 1);
    await systemClock.sleep(30);
    assert.equal(fake.running, 0);
    assert.equal(await keychain.get('k'), 'old');
    keychain.dispose();
  });

  test('is kept while it is busy', async () => {
    const { keychain, fake } = start([{ after: 40 }, 'answer'], { idleMs: 5, limitMs: 500 });
    const slow = keychain.get('k');
    await keychain.get('k');
    assert.equal(await slow, 'old');
    assert.equal(fake.started, 1);
    keychain.dispose();
  });

  test('takes every waiting call with it when it is replaced, and each is made again', async () => {
    const { keychain, fake } = start([{ after: 1000 }, 'crash'], { limitMs: 500 });
    assert.deepEqual(await Promise.all([keychain.get('k'), keychain.get('k')]), ['old', 'old']);
    assert.equal(fake.started, 2);
    keychain.dispose();
  });

  test('that is disposed of cancels what waits, and starts no other', async () => {
    const { keychain, fake } = start(['silence'], { limitMs: 500 });
    const waiting = keychain.set('k', 'new');
    keychain.dispose();
    await assert.rejects(waiting, { name: 'AbortError' });
    await assert.rejects(keychain.get('k'), { name: 'AbortError' });
    assert.equal(fake.started, 1);
  });

  test('is not even started when there is no session bus', async () => {
    const trouble: KeychainTrouble = { kind: 'unavailable', reason: 'no bus' };
    const { keychain, fake } = start([], { obstacle: () => trouble });
    assert.equal(await keychain.get('k').catch(kindOf), 'unavailable');
    assert.deepEqual(await keychain.probe(), trouble);
    assert.equal(fake.started, 0);
  });
});

describe('a probe', () => {
  test('passes when the keychain says that there is no such entry', async () => {
    const { keychain } = start([]);
    assert.equal(await keychain.probe(), undefined);
    keychain.dispose();
  });

  test('has a limit of its own', async () => {
    const { keychain } = start(['silence'], { limitMs: 60_000, probeLimitMs: 5 });
    assert.deepEqual(await keychain.probe(), { kind: 'timedOut', limitMs: 5 });
    keychain.dispose();
  });
});

type Options = Partial<Omit<Parameters<typeof osKeychain>[0], 'start' | 'clock' | 'platform'>>;

function start(meets: readonly Behaviour[], options: Options = {}) {
  const fake = fakeWorkers(meets, [['k', 'old']]);
  const usual = { clock: systemClock, platform: 'linux', limitMs: 15, obstacle: () => undefined } as const;
  return { fake, keychain: osKeychain({ ...usual, ...options, start: fake.start }) };
}

function kindOf(error: unknown): string {
  assert.ok(error instanceof KeychainFailure, String(error));
  return error.trouble.kind;
}
