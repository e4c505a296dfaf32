import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { createGate, sideBySide } from '../../../src/base/sideBySide.ts';

/** Work that says how much of it was under way at once. */
function watched() {
  const seen = { now: 0, most: 0, begun: 0 };
  const work = async (item: number): Promise<number> => {
    seen.begun++;
    seen.most = Math.max(seen.most, ++seen.now);
    for (let turns = item % 3; turns >= 0; turns--) await turn();
    seen.now--;
    if (item === 13) throw new Error('thirteen');
    return item * 2;
  };
  return { seen, work };
}

for (const [count, atOnce, most] of [
  [0, 4, 0],
  [3, 4, 3],
  [12, 4, 4],
  [12, 1, 1],
] as const)
  test(`${count} items, ${atOnce} at once: results in order, ${most} under way`, async () => {
    const { seen, work } = watched();
    const items = Array.from({ length: count }, (_, index) => index);
    assert.deepEqual(
      await sideBySide(items, atOnce, work),
      items.map(item => item * 2),
    );
    assert.equal(seen.most, most);
  });

test('one that fails: nothing begins any more, and it is thrown when all have stopped', async () => {
  const { seen, work } = watched();
  await assert.rejects(sideBySide([1, 13, ...Array(50).keys()], 3, work), /thirteen/);
  assert.equal(seen.now, 0);
  assert.ok(seen.begun < 15, `${seen.begun} were begun`);
});

test('a gate lets so many through, whoever comes, also when one fails', async () => {
  const { seen, work } = watched();
  const gate = createGate(2);
  const outcomes = await Promise.allSettled([13, 1, 2, 13, 4, 5, 6].map(item => gate(() => work(item))));
  assert.deepEqual(
    outcomes.map(outcome => (outcome.status === 'fulfilled' ? outcome.value : 'failed')),
    ['failed', 2, 4, 'failed', 8, 10, 12],
  );
  assert.equal(seen.most, 2);
  assert.equal(await gate(() => work(7)), 14);
});
