import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBulk } from '../../../../src/trail/index/bulk.ts';
import { databaseFile, openIndexOf } from '../trailSetup.ts';

for (const count of [0, 1, 3, 127, 128, 129, 255, 256, 300])
  test(`${count} rows are there, each once, in their order; and again, when more are added`, t => {
    const { db } = openIndexOf(t, databaseFile(t));
    const told: number[] = [];
    const rows = createBulk(
      db,
      { insert: 'INSERT OR FAIL INTO record VALUES', columns: 2, rest: 'ON CONFLICT DO NOTHING' },
      (added, changed) => told.push(added, changed),
    );
    const add = (from: number): void => {
      for (let row = from; row < from + count; row++) rows.add(row, `body ${row}`);
      rows.flush();
      rows.flush();
    };
    const sum = (odd: 0 | 1): number =>
      told.filter((_, index) => index % 2 === odd).reduce((all, one) => all + one, 0);
    add(0);
    assert.deepEqual([sum(0), sum(1)], [count, count]);
    add(count);
    add(0);
    assert.deepEqual([sum(0), sum(1)], [3 * count, 2 * count]);
    assert.deepEqual(
      db.all('SELECT seq, body FROM record ORDER BY rowid').map(row => [row['seq'], row['body']]),
      Array.from({ length: 2 * count }, (_, row) => [row, `body ${row}`]),
    );
  });
