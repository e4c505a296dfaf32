/** One window serves, the others stand by: over the same ports and the same store, with every window's time bent. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { HOUR, SECOND } from '../../../src/base/clock.ts';
import { silentLog } from '../../../src/base/log.ts';
import type { Listener } from '../../../src/broker/proveBroker.ts';
import { type Arrival, createServer, type Place, type Server } from '../../../src/broker/serving.ts';
import { createServingStore } from '../../../src/broker/servingStore.ts';
import { type Database, openDatabase } from '../../../src/store/database.ts';
import { type BentClock, bentClock } from '../identity/world.ts';

interface Window {
  readonly server: Server;
  readonly db: Database;
  readonly arrivals: Arrival[];
  /** The whole process is gone: its ports are free, and it wrote nothing. */
  kill(): void;
}

let folder: string;
let clock: BentClock;
let elapsed: number;
/** Who has a port: a window, or a stranger, who answers as it likes. */
let ports: Map<number, Window | Listener>;
let open: Database[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'no-wing-'));
  clock = bentClock();
  elapsed = 0;
  ports = new Map();
  open = [];
});
afterEach(() => {
  for (const db of open) db.close();
  rmSync(folder, { recursive: true, force: true });
});

function pass(ms: number): void {
  clock.advance(ms);
  elapsed += ms;
}

function startWindow(owner: string): Window {
  const db = openDatabase(join(folder, 'store.db'));
  open.push(db);
  const held = new Set<number>();
  const arrivals: Arrival[] = [];
  const server = createServer({
    store: createServingStore(db),
    owner,
    clock,
    log: silentLog,
    elapsed: () => elapsed,
    open: async port => {
      if (ports.has(port)) throw Object.assign(new Error('taken'), { code: 'EADDRINUSE' });
      ports.set(port, window);
      held.add(port);
      const free = (): void => {
        if (held.delete(port)) ports.delete(port);
      };
      return { port, dispose: free };
    },
    whoListens: async port => {
      const there = ports.get(port);
      return there === undefined ? 'silent' : typeof there === 'string' ? there : 'broker';
    },
    arrive: async arrival => void arrivals.push(arrival),
  });
  const window: Window = {
    server,
    db,
    arrivals,
    kill: () => {
      for (const port of held) ports.delete(port);
      held.clear();
    },
  };
  return window;
}

const portOf = (place: Place): number => ('port' in place ? place.port : 0);
const states = (...places: Place[]): string[] => places.map(({ state }) => state);

describe('a window', () => {
  it('that is alone serves, on a port that outgoing connections never get', async () => {
    const { server, arrivals } = startWindow('one');
    const place = await server.turn();
    assert.equal(place.state, 'serving');
    assert.ok(portOf(place) >= 20_000 && portOf(place) < 32_768);
    assert.deepEqual(arrivals, ['samePort']);
  });

  it('stands by while another one serves', async () => {
    const [one, two] = [startWindow('one'), startWindow('two')];
    const places = [await one.server.turn(), await two.server.turn(), await one.server.turn()];
    assert.deepEqual(states(...places), ['serving', 'standby', 'serving']);
    assert.equal(new Set(places.map(portOf)).size, 1);
    assert.deepEqual(two.arrivals, []);
  });

  it('takes over on the same port when that one was closed, or is dead, and changes the keys', async () => {
    for (const end of ['dispose', 'kill'] as const) {
      const [one, two] = [startWindow(`one ${end}`), startWindow(`two ${end}`)];
      const before = await one.server.turn();
      await two.server.turn();
      if (end === 'kill') one.kill();
      else one.server.dispose();
      assert.deepEqual(await two.server.turn(), { state: 'serving', port: portOf(before) });
      assert.deepEqual(two.arrivals, ['samePort']);
      two.kill();
    }
  });

  it('that starts later finds the port of those before', async () => {
    const one = startWindow('one');
    const before = await one.server.turn();
    one.kill();
    pass(HOUR);
    const two = startWindow('two');
    assert.equal(portOf(await two.server.turn()), portOf(before));
    assert.deepEqual(two.arrivals, ['samePort']);
  });

  it('is one of ten that start at once, and exactly one serves', async () => {
    const windows = Array.from({ length: 10 }, (_, at) => startWindow(String(at)));
    await Promise.all(windows.map(({ server }) => server.turn()));
    const places = await Promise.all(windows.map(({ server }) => server.turn()));
    assert.equal(places.filter(({ state }) => state === 'serving').length, 1);
    assert.equal(new Set(places.map(portOf)).size, 1);
    assert.equal(ports.size, 1);
  });

  it('that finds ten after a death takes over alone', async () => {
    const dead = startWindow('dead');
    const before = await dead.server.turn();
    dead.kill();
    const windows = Array.from({ length: 10 }, (_, at) => startWindow(String(at)));
    const places = await Promise.all(windows.map(({ server }) => server.turn()));
    assert.equal(places.filter(({ state }) => state === 'serving').length, 1);
    assert.deepEqual(new Set(places.map(portOf)), new Set([portOf(before)]));
  });
});

describe('when a stranger has the port', () => {
  async function strangerAfterDeath(stranger: Listener): Promise<{ two: Window; before: number }> {
    const [one, two] = [startWindow('one'), startWindow('two')];
    const before = portOf(await one.server.turn());
    await two.server.turn();
    one.kill();
    ports.set(before, stranger);
    pass(2 * SECOND);
    return { two, before };
  }

  it('a window goes to another one at once, and says so to those it changes keys for', async () => {
    const { two, before } = await strangerAfterDeath('stranger');
    const place = await two.server.turn();
    assert.equal(place.state, 'serving');
    assert.notEqual(portOf(place), before);
    assert.deepEqual(two.arrivals, ['newPort']);
    assert.equal(portOf(await startWindow('three').server.turn()), portOf(place));
  });

  it('and says nothing, a window waits, because it may be one of ours that is busy', async () => {
    const { two, before } = await strangerAfterDeath('silent');
    for (const wait of [0, 10, 19]) {
      pass(wait * SECOND);
      assert.deepEqual(await two.server.turn(), { state: 'standby', port: before });
    }
    pass(5.2 * SECOND);
    const place = await two.server.turn();
    assert.equal(place.state, 'serving');
    assert.notEqual(portOf(place), before);
  });

  it('one of ours that was busy, and answers in the end, is left alone', async () => {
    const { two, before } = await strangerAfterDeath('silent');
    for (let seconds = 0; seconds < 100; seconds += 20) {
      assert.deepEqual(await two.server.turn(), { state: 'standby', port: before });
      ports.set(before, seconds % 40 === 0 ? 'broker' : 'silent');
      pass(20 * SECOND);
    }
  });

  it('two windows that find out at once go to one new port', async () => {
    const { two, before } = await strangerAfterDeath('stranger');
    const three = startWindow('three');
    await Promise.all([two, three].map(({ server }) => server.turn()));
    const places = await Promise.all([two, three].map(({ server }) => server.turn()));
    assert.deepEqual(states(...places).sort(), ['serving', 'standby']);
    assert.equal(new Set(places.map(portOf)).size, 1);
    assert.notEqual(portOf(places[0] ?? assert.fail()), before);
  });
});

describe('a window that served', () => {
  it('steps down when it wakes up and another one has taken over elsewhere', async () => {
    const [one, two] = [startWindow('one'), startWindow('two')];
    const before = portOf(await one.server.turn());
    await two.server.turn();
    ports.set(before, 'stranger');
    pass(3 * SECOND);
    const after = await two.server.turn();
    assert.equal(after.state, 'serving');
    assert.deepEqual(await one.server.turn(), { state: 'standby', port: portOf(after) });
  });

  it('goes on while its store cannot be read', async () => {
    const one = startWindow('one');
    const before = await one.server.turn();
    one.db.script('ALTER TABLE broker_serving RENAME TO elsewhere');
    pass(10 * SECOND);
    assert.deepEqual(await one.server.turn(), before);
  });

  it('goes on while its disk is full', async () => {
    const one = startWindow('one');
    const before = await one.server.turn();
    one.db.script(
      `CREATE TRIGGER full BEFORE UPDATE ON broker_serving BEGIN SELECT RAISE(FAIL, 'disk is full'); END`,
    );
    pass(20 * SECOND);
    assert.deepEqual(await one.server.turn(), before);
    one.server.dispose();
  });

  it('says now and then that it does, and when it does no more', async () => {
    const one = startWindow('one');
    await one.server.turn();
    const row = () => one.db.get('SELECT owner, beat FROM broker_serving');
    pass(20 * SECOND);
    await one.server.turn();
    assert.deepEqual({ ...row() }, { owner: 'one', beat: clock.now() });
    one.server.dispose();
    assert.deepEqual({ ...row() }, { owner: null, beat: 0 });
  });

  it('goes on when the clock is set back', async () => {
    const one = startWindow('one');
    const before = await one.server.turn();
    clock.advance(-HOUR);
    elapsed += 5 * SECOND;
    assert.deepEqual(await one.server.turn(), before);
  });
});

describe('a record of the port', () => {
  for (const port of [22, 0, -1, 70_000]) {
    it(`that says ${port} is forgotten`, async () => {
      const one = startWindow('one');
      one.db.run('INSERT INTO broker_serving (id, port, owner, epoch, beat) VALUES (1, ?, NULL, 1, 0)', port);
      const place = await one.server.turn();
      assert.equal(place.state, 'serving');
      assert.ok(portOf(place) >= 20_000);
    });
  }
});
