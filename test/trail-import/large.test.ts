/** Files that are larger than memory should be. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createWriteStream, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createGzip, gzipSync } from 'node:zlib';
import { allAre, numbered, numbers, place, problems, put, putRecords, runImport, sums } from './setup.ts';

const ten = numbers(0, 10).map(number => numbered(number));

test('a gzip bomb is left after a bounded part of it', async t => {
  const at = place(t);
  const gzip = createGzip();
  const file = createWriteStream(join(at.files, 'bomb.json.gz'));
  gzip.pipe(file);
  const closed = once(file, 'close');
  gzip.write('{"Records":[');
  for (let megabytes = 0; megabytes < 600; megabytes++)
    if (!gzip.write(Buffer.alloc(1 << 20, ' '))) await once(gzip, 'drain');
  gzip.end(']}');
  await closed;
  putRecords(at, 'good.json', ten);
  assert.equal((await runImport(at)).added, 10);
  assert.match(problems(at)['bomb.json.gz'] ?? '', /it unpacks to more than 268 MB/);
});

test('a small file of very many records: told, and the rest goes on', async t => {
  const at = place(t);
  put(at, 'bad.json.gz', gzipSync(`{"Records":[${Array(200_000).fill('{}').join(',')}]}`));
  putRecords(at, 'good.json', ten);
  assert.equal((await runImport(at)).added, 11);
  assert.match(problems(at)['bad.json.gz'] ?? '', /^damaged after record 100000: it has more than 100000/);
  assert.deepEqual(sums(at), allAre(11));
});

test('a record without end is left, not gathered', async t => {
  const at = place(t);
  put(at, 'endless.json.gz', gzipSync(`{"Records":[{"eventID":"${'x'.repeat(80 << 20)}`));
  assert.equal((await runImport(at)).added, 0);
  assert.match(problems(at)['endless.json.gz'] ?? '', /^damaged at its beginning/);
});

test('200 MB on one line: every record, in a bounded part of the memory', async t => {
  const at = place(t);
  const name = 'line.json';
  const padding = 'x'.repeat(100_000);
  const file = createWriteStream(join(at.files, name));
  file.write('{"Records":[');
  for (let number = 0; number < 2000; number++) {
    const record = JSON.stringify(numbered(number, { requestParameters: { bucketName: 'b', padding } }));
    if (!file.write(`${number === 0 ? '' : ','}${record}`)) await once(file, 'drain');
  }
  file.end(']}');
  await once(file, 'close');
  const before = process.memoryUsage.rss();
  let most = 0;
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss() - before);
  }, 5);
  t.after(() => clearInterval(watch));
  assert.equal((await runImport(at)).added, 2000);
  assert.deepEqual(problems(at), {});
  assert.ok(statSync(join(at.files, name)).size > 200e6);
  assert.ok(most < 190e6, `${Math.round(most / 1e6)} MB more`);
});
