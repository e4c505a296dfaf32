import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addPeriod, gaps, type Period, reachesBackTo, toWholeSeconds } from '../../../src/trail/period.ts';

/** `2-5 8-9` → periods. */
function periods(text: string): Period[] {
  return text
    .split(' ')
    .filter(Boolean)
    .map(part => part.split('-').map(Number))
    .map(([from = 0, to = 0]) => ({ from, to }));
}

const only = (text: string): Period => periods(text)[0] ?? { from: 0, to: 0 };
const shown = (all: readonly Period[]): string => all.map(({ from, to }) => `${from}-${to}`).join(' ');

for (const [before, added, after] of [
  ['', '2-5', '2-5'],
  ['2-5', '7-9', '2-5 7-9'],
  ['7-9', '2-5', '2-5 7-9'],
  ['2-5', '5-9', '2-9'],
  ['5-9', '2-5', '2-9'],
  ['2-5', '3-4', '2-5'],
  ['2-5', '1-9', '1-9'],
  ['2-5 7-9', '4-8', '2-9'],
  ['2-5 7-9', '5-7', '2-9'],
  ['2-3 4-5 6-7', '1-8', '1-8'],
  ['2-5', '3-3', '2-5'],
  ['2-5', '9-3', '2-5'],
] as const)
  test(`adding ${added} to [${before}] gives ${after}`, () => {
    assert.equal(shown(addPeriod(periods(before), only(added))), after);
  });

for (const [wanted, covered, missing] of [
  ['0-10', '', '0-10'],
  ['0-10', '0-10', ''],
  ['0-10', '0-4', '4-10'],
  ['0-10', '4-10', '0-4'],
  ['0-10', '3-4', '4-10 0-3'],
  ['0-10', '2-3 5-6', '6-10 3-5 0-2'],
  ['4-6', '0-10', ''],
  ['4-6', '0-5', '5-6'],
  ['4-6', '5-10', '4-5'],
  ['4-6', '0-2 8-9', '4-6'],
  ['4-6', '0-4 6-9', '4-6'],
  ['6-4', '', ''],
] as const)
  test(`of ${wanted}, [${covered}] leaves [${missing}]`, () => {
    assert.equal(shown(gaps(only(wanted), periods(covered))), missing);
  });

test('how far back the trail is known without a gap', () => {
  assert.equal(reachesBackTo([]), undefined);
  assert.equal(reachesBackTo(periods('2-5 7-9')), 7);
  assert.equal(reachesBackTo(periods('2-7 7-9')), 2);
});

test('whole seconds contain the period', () => {
  assert.deepEqual(toWholeSeconds({ from: 1999, to: 2001 }), { from: 1000, to: 3000 });
  assert.deepEqual(toWholeSeconds({ from: 1000, to: 2000 }), { from: 1000, to: 2000 });
});
