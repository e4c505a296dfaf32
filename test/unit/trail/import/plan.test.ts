import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Plan } from '../../../../src/trail/import/plan.ts';
import type { Unit } from '../../../../src/trail/sources/source.ts';

function unit(name: number, size = 100): Unit {
  return { name: `${name}.json`, size, version: '1', changedAt: 0 };
}

function planOf(done: ReadonlySet<string>, { hasCompany = false, transaction = 100 } = {}): Plan {
  return new Plan({
    files: { isDone: ({ name }) => done.has(name) },
    since: () => 0,
    hasCompany: () => hasCompany,
    transaction,
  });
}

test('pieces hold no more units than a transaction has events for, and come to an end', () => {
  const plan = planOf(new Set(['1.json']));
  for (let name = 0; name < 8; name++) {
    assert.equal(plan.hasPiece, name >= 6);
    plan.add(unit(name));
  }
  assert.equal(plan.already, 1);
  assert.equal(plan.bytes, 700);
  const pieces = [plan.take(), plan.take(), plan.take()];
  assert.deepEqual(
    pieces.map(piece => piece.map(({ unit: { name } }) => Number.parseInt(name, 10))),
    [[0, 2, 3, 4, 5], [6, 7], []],
  );
  for (const { number, unit: own } of pieces.flat()) assert.equal(plan.units[number], own);
});

test('a piece ends with the unit that makes it large', () => {
  const plan = planOf(new Set());
  for (let name = 0; name < 4; name++) plan.add(unit(name, 600 << 10));
  assert.deepEqual([plan.take().length, plan.take().length, plan.take().length], [2, 2, 0]);
});

test('what another window has imported meanwhile is not given out, and nothing of it stops what follows', () => {
  const done = new Set<string>();
  const plan = planOf(done, { hasCompany: true });
  for (let name = 0; name < 12; name++) plan.add(unit(name));
  for (let name = 0; name < 10; name++) done.add(`${name}.json`);
  assert.deepEqual(
    plan.take().map(({ unit: { name } }) => name),
    ['10.json', '11.json'],
  );
});
