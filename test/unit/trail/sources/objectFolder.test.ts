/** The folder of a bucket's objects: whole ones or none, and what goes when there are too many. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { HOUR } from '../../../../src/base/clock.ts';
import { UserError } from '../../../../src/base/userError.ts';
import { openObjectFolder } from '../../../../src/trail/sources/objectFolder.ts';

test('a disk that is full is told with the folder, and leaves no part of an object', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'no-wing-full-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const objects = await openObjectFolder(folder, { bucket: 'logs', prefix: '../..' });
  assert.equal(relative(folder, objects.path).startsWith('..'), false);
  const full = Readable.from(
    (async function* () {
      yield Buffer.from('some');
      throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
    })(),
  );
  await assert.rejects(objects.keep('AWSLogs/x.json.gz', full, 4), (error: unknown) => {
    assert.ok(error instanceof UserError);
    assert.equal(error.code, 'trail.objects');
    return error.message.includes(objects.path);
  });
  assert.equal(await objects.has('AWSLogs/x.json.gz', 4), false);
  assert.deepEqual(
    readdirSync(objects.path, { recursive: true }).filter(name => /part|gz/.test(String(name))),
    [],
  );
});

test('a piece that another window is still writing stays; one that was left for an hour goes', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'no-wing-part-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  let now = Date.now();
  const objects = await openObjectFolder(folder, { bucket: 'logs', prefix: '' }, { now: () => now });
  writeFileSync(join(objects.path, 'a.part'), 'half');
  await objects.keep('AWSLogs/2026/03/10/x.json.gz', Readable.from([Buffer.from('whole')]), 5);
  const left = (): string[] =>
    readdirSync(objects.path, { recursive: true })
      .map(String)
      .filter(name => /part|gz/.test(name));
  assert.equal(await objects.shrink(0), 0);
  assert.deepEqual(left(), ['a.part']);
  now += 2 * HOUR;
  await objects.shrink(0);
  assert.deepEqual(left(), []);
});
