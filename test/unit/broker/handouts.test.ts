/** The record of what was handed out: written once, together, and before anybody goes on. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { UserError } from '../../../src/base/userError.ts';
import { createHandouts, type Handouts } from '../../../src/broker/handouts.ts';
import { brokerWorld, type World } from './office.ts';

let world: World;
let handouts: Handouts;
beforeEach(() => {
  world = brokerWorld();
  handouts = createHandouts(world.db, world.clock.now);
});
afterEach(() => world.dispose());

describe('hand-outs', () => {
  it('are found by session and by client, with the time of the first', async () => {
    const at = world.clock.now();
    await handouts.record('ASIA1', 'one');
    world.clock.advance(1000);
    await handouts.record('ASIA1', 'two');
    await handouts.record('ASIA1', 'one');
    assert.deepEqual(handouts.ofSession('ASIA1'), [
      { accessKeyId: 'ASIA1', clientId: 'one', at },
      { accessKeyId: 'ASIA1', clientId: 'two', at: at + 1000 },
    ]);
    assert.equal(handouts.ofClient('one').length, 1);
    assert.ok(handouts.isRecorded('ASIA1', 'one'));
    assert.ok(!handouts.isRecorded('ASIA2', 'one'));
  });

  it('of a thousand clients at once are one write', async () => {
    let writes = 0;
    const counted = createHandouts(
      {
        ...world.db,
        transaction: work => {
          writes++;
          return world.db.transaction(work);
        },
      },
      world.clock.now,
    );
    await Promise.all(Array.from({ length: 1000 }, (_, at) => counted.record('ASIA1', `client-${at}`)));
    assert.equal(writes, 1);
    assert.equal(handouts.ofSession('ASIA1').length, 1000);
  });

  it('that cannot be written are told to every one of those who wait, and are tried again', async () => {
    world.db.script(
      `CREATE TRIGGER full BEFORE INSERT ON handout BEGIN SELECT RAISE(FAIL, 'disk is full'); END`,
    );
    const tried = await Promise.allSettled([
      handouts.record('ASIA1', 'one'),
      handouts.record('ASIA1', 'two'),
    ]);
    for (const each of tried) {
      assert.ok(each.status === 'rejected' && each.reason instanceof UserError);
      assert.equal(each.reason.code, 'store.unrecorded');
    }
    assert.ok(!handouts.isRecorded('ASIA1', 'one'));
    world.db.script('DROP TRIGGER full');
    await handouts.record('ASIA1', 'one');
    assert.equal(handouts.ofSession('ASIA1').length, 1);
  });
});
