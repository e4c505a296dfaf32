import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Tallies } from '../../../../src/trail/index/tallies.ts';
import { seededRandom } from '../virtualClock.ts';

test('as many as there are, each counted whole, in the order of their keys', () => {
  const random = seededRandom(3);
  const tallies = new Tallies();
  const expected = new Map<number, [events: number, latest: number, isError: boolean]>();
  for (let count = 0; count < 30_000; count++) {
    // Close together at the bottom and at the top of what a number can hold.
    const key = Math.floor(random() * 4000) + (random() < 0.5 ? 0 : 2 ** 53 - 5000);
    const latest = Math.floor(random() * 1e12) - 5e11;
    const [events, before] = expected.get(key) ?? [0, latest];
    expected.set(key, [events + 2, Math.max(before, latest), key % 2 === 0]);
    tallies.add(key, 2, latest, key % 2 === 0);
  }
  const found: unknown[] = [];
  tallies.each((...entry) => found.push(entry));
  const sorted = [...expected].toSorted(([one], [other]) => one - other);
  assert.deepEqual(
    found,
    sorted.map(([key, rest]) => [key, ...rest]),
  );
  assert.equal(tallies.size, expected.size);
});
