import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { UnitReport } from '../../../../src/trail/import/readUnit.ts';
import { createFiles } from '../../../../src/trail/index/files.ts';
import type { Unit } from '../../../../src/trail/sources/source.ts';
import { databaseFile, openIndexOf } from '../trailSetup.ts';

const NOW = Date.UTC(2026, 0, 1);

function unit(name: string, version = '1'): Unit {
  return { name, version, size: 1, changedAt: NOW };
}

function report(oldest?: number): UnitReport {
  return { kind: 'events', events: 1, insights: 0, odd: 0, oldest, problem: undefined };
}

test('files whose hashes are equal are told apart, and so are those of two folders', t => {
  const { db } = openIndexOf(t, databaseFile(t));
  const [here, there] = (['folder:/here', 'folder:/there'] as const).map(source =>
    createFiles({ db, hash: () => 7 }, source),
  );
  assert.ok(here && there);
  const [a, b] = [here.end(unit('a'), report(), 0), here.begin(unit('b'))];
  assert.notEqual(a, b);
  assert.notEqual(there.begin(unit('a')), a);
  assert.deepEqual(
    [here.isDone(unit('a'), 0), here.isDone(unit('b'), 0), there.isDone(unit('a'), 0)],
    [true, false, false],
  );
  assert.deepEqual(here.readOf(['a', 'b', 'c'], 0), new Set(['a']));
});

test('a file keeps its number, and is done in the version that was read, as far back as it was read', t => {
  const files = createFiles(openIndexOf(t, databaseFile(t)), 'folder:/here');
  const number = files.begin(unit('a'));
  assert.equal(files.isDone(unit('a'), 0), false);
  assert.equal(files.end(unit('a'), report(NOW - 5), NOW - 3), number);
  assert.equal(files.isDone(unit('a', '2'), NOW), false, 'another version');
  assert.equal(files.isDone(unit('a'), NOW - 3), true);
  assert.equal(files.isDone(unit('a'), NOW - 4), false, 'older ones were left out');
  assert.deepEqual(files.readOf(['a'], NOW - 4), new Set());
  assert.equal(files.begin(unit('a', '2')), number);
  assert.equal(files.isDone(unit('a'), NOW), false, 'it is being read again');
});
