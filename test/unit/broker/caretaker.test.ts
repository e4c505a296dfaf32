/** Which clients are over, what is written down of their use, and the command line's way in. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { DAY, HOUR, MINUTE } from '../../../src/base/clock.ts';
import { Emitter } from '../../../src/base/emitter.ts';
import { type Caretaker, createCaretaker, whyOver } from '../../../src/broker/caretaker.ts';
import type { Client } from '../../../src/broker/client.ts';
import { createHandouts } from '../../../src/broker/handouts.ts';
import { createServingStore } from '../../../src/broker/servingStore.ts';
import type { Profile } from '../../../src/identity/profile.ts';
import { ALICE, COPILOT } from '../identity/world.ts';
import { brokerWorld, order, type World } from './office.ts';

const CLIENT: Client = {
  id: 'abcdef012345',
  name: 'Terminal',
  use: 'terminal',
  kind: 'agent',
  profileId: COPILOT.id,
  scopes: [],
  createdAt: 0,
  expiresAt: HOUR,
};

interface Case {
  readonly name: string;
  readonly client?: Partial<Client>;
  readonly now?: number;
  readonly profileKind?: Client['kind'] | 'none';
  readonly isAlive?: boolean;
  readonly expected: string | undefined;
}

const CASES: readonly Case[] = [
  { name: 'a terminal that was just opened', expected: undefined },
  { name: 'one whose shell runs', client: { processId: 7 }, now: 30 * MINUTE, expected: undefined },
  {
    name: 'one whose shell is gone',
    client: { processId: 7 },
    isAlive: false,
    expected: 'its terminal was closed',
  },
  { name: 'one that never had a shell', now: 11 * MINUTE, expected: 'its terminal never started' },
  { name: 'a tool without a process', client: { use: 'agent' }, now: 59 * MINUTE, expected: undefined },
  { name: 'one at its end', now: HOUR, expected: 'it has expired' },
  { name: 'one whose profile is gone', profileKind: 'none', expected: 'its profile was removed' },
  {
    name: 'one whose profile is of the other kind',
    profileKind: 'user',
    expected: 'its profile was removed',
  },
];

describe('a client is over:', () => {
  for (const { name, client, now = 1, profileKind = 'agent', isAlive = true, expected } of CASES) {
    it(`${name}: ${expected ?? 'no'}`, () => {
      const kind = profileKind === 'none' ? undefined : profileKind;
      assert.equal(
        whyOver({ ...CLIENT, ...client }, now, () => isAlive, kind),
        expected,
      );
    });
  }
});

let world: World;
let profiles: Map<string, Profile>;
let caretaker: Caretaker;

beforeEach(() => {
  world = brokerWorld();
  profiles = new Map([ALICE, COPILOT].map(profile => [profile.id, profile]));
  const changed = new Emitter<{ profileId: string }>();
  caretaker = createCaretaker(
    {
      ...world,
      serving: createServingStore(world.db),
      handouts: createHandouts(world.db, world.clock.now),
      sessions: { get: async () => assert.fail('not asked'), onChange: changed.listen },
      profiles: {
        get: id => profiles.get(id),
        list: () => [...profiles.values()],
        onChange: new Emitter<void>().listen,
      },
    },
    { guardFiles: async () => undefined },
  );
});
afterEach(() => world.dispose());

const inForce = (): Client[] => world.clients.list().filter(({ revokedAt }) => revokedAt === undefined);
const ofCommandLine = (): Client[] => inForce().filter(({ use }) => use === 'commandLine');

describe('care', () => {
  it('ends what is over, tells of it, and leaves the rest', async () => {
    const { client: brief } = await world.clients.create(order({ lifeMs: MINUTE }));
    const { client: long } = await world.clients.create(order({ lifeMs: HOUR }));
    let told = 0;
    world.clients.onChange(() => void told++);
    world.clock.advance(MINUTE);
    await caretaker.care();
    const left = inForce().map(({ id }) => id);
    assert.deepEqual([left.includes(brief.id), left.includes(long.id)], [false, true]);
    assert.equal(world.clients.get(brief.id)?.revokedBecause, 'it has expired');
    assert.ok(told > 0);
    world.clock.advance(-HOUR);
    await caretaker.care();
    assert.equal(world.clients.get(brief.id)?.revokedBecause, 'it has expired');
  });

  it("keeps one way in for each agent's profile, and renews it in time", async () => {
    await caretaker.care();
    await caretaker.care();
    const [first, ...more] = ofCommandLine();
    assert.ok(first);
    assert.deepEqual([first.profileId, first.kind, more.length], [COPILOT.id, 'agent', 0]);
    world.clock.advance(4 * DAY);
    await caretaker.care();
    const [second, ...others] = ofCommandLine();
    assert.notEqual(second?.id, first.id);
    assert.deepEqual(others, []);
    profiles.delete(COPILOT.id);
    await caretaker.care();
    assert.deepEqual(ofCommandLine(), []);
  });

  it('keeps none for production, and ends the one of a profile that became it', async () => {
    await caretaker.care();
    assert.equal(ofCommandLine().length, 1);
    profiles.set(COPILOT.id, { ...COPILOT, environment: 'prod' });
    await caretaker.care();
    await caretaker.care();
    assert.deepEqual(ofCommandLine(), []);
  });

  it('goes on when the disk is full', async () => {
    const { client } = await world.clients.create(order());
    world.db.script(`
      CREATE TRIGGER full BEFORE UPDATE ON client BEGIN SELECT RAISE(FAIL, 'disk is full'); END;
      CREATE TRIGGER fuller BEFORE INSERT ON client BEGIN SELECT RAISE(FAIL, 'disk is full'); END`);
    world.clock.advance(HOUR);
    caretaker.used(client);
    await caretaker.care();
    caretaker.dispose();
    assert.ok(world.logged.filter(text => text.includes('disk is full')).length >= 3);
  });

  it('writes down when a client was last used, at the latest when the window closes', async () => {
    const { client } = await world.clients.create(order());
    world.clock.advance(MINUTE);
    caretaker.used(client);
    assert.equal(world.clients.get(client.id)?.lastUsedAt, undefined);
    caretaker.dispose();
    assert.equal(world.clients.get(client.id)?.lastUsedAt, world.clock.now());
  });

  it('notices what another window does to the clients, and not what it does else', async () => {
    let told = 0;
    world.clients.onChange(() => void told++);
    const other = world.window();
    other.db.run("INSERT INTO keychain_entry (name, backend, stored_at) VALUES ('a', 'os', 0)");
    caretaker.noticeOthers();
    assert.equal(told, 0);
    await other.clients.create(order());
    caretaker.noticeOthers();
    caretaker.noticeOthers();
    assert.equal(told, 1);
  });
});
