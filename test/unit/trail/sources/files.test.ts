import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { folderAddress, openSource } from '../../../../src/trail/sources/files.ts';

test('a file whose size changed after it was listed is read as it is now', t => {
  const folder = mkdtempSync(join(tmpdir(), 'no-wing-files-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'a.json');
  writeFileSync(file, 'abc');
  const source = openSource(folderAddress(folder));
  const [unit] = source.list();
  assert.ok(unit);
  assert.equal(String(source.open(unit)), 'abc');
  appendFileSync(file, 'def');
  assert.equal(String(source.open(unit)), 'abcdef');
  truncateSync(file, 1);
  assert.equal(String(source.open(unit)), 'a');
});
