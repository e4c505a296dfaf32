import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { DAY } from '../../../../src/base/clock.ts';
import { removeOldIndexes } from '../../../../src/trail/index/oldIndexes.ts';
import { SCHEMA_VERSION } from '../../../../src/trail/index/schema.ts';

const NOW = Date.UTC(2026, 0, 1);

test('indexes of earlier versions and damaged ones go a month after they were last written, and nothing else', t => {
  const folder = mkdtempSync(join(tmpdir(), 'no-wing-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const [before, own, after] = [SCHEMA_VERSION - 1, SCHEMA_VERSION, SCHEMA_VERSION + 1].map(
    n => `trail-${n}.db`,
  );
  const put = (name: string, days: number): void => {
    writeFileSync(join(folder, name), '');
    utimesSync(join(folder, name), new Date(NOW - days * DAY), new Date(NOW - days * DAY));
  };
  const old = ['trail-1.db', `${before}`, `${before}-wal`, `${before}-shm`, `${own}.damaged`];
  const kept = [
    `${own}`,
    `${own}-wal`,
    `${after}`,
    `${after}.damaged`,
    'no-wing.db',
    'trail-x.db',
    `${before}.txt`,
  ];
  for (const name of [...old, ...kept]) put(name, 31);
  put('trail-2.db', 29);
  removeOldIndexes(folder, NOW);
  assert.deepEqual(readdirSync(folder).sort(), [...kept, 'trail-2.db'].sort());
  removeOldIndexes(join(folder, 'gone'), NOW);
});
