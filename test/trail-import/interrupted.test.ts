/** Imports that are cut off, killed, doubled and locked out: what is in the index is right, and the next one goes on. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { build } from 'esbuild';
import { isCancelled } from '../../src/base/cancellation.ts';
import { createLedger } from '../../src/identity/ledger.ts';
import { openDatabase } from '../../src/store/database.ts';
import { openIndex, setAside } from '../../src/trail/index/openIndex.ts';
import { createTrailStore } from '../../src/trail/trailStore.ts';
import { agentEntry, event, knownOf } from '../unit/trail/records.ts';
import { seededRandom } from '../unit/trail/virtualClock.ts';
import { allAre, numbered, numbers, type Place, place, putRecords, runImport, sums } from './setup.ts';

function fill(at: Place, files: number, each: number): void {
  for (let file = 0; file < files; file++)
    putRecords(
      at,
      `${file}.json.gz`,
      numbers(file * each, each).map(number => numbered(number)),
    );
}

test('cancelled half-way: what was read stays, the next import reads the rest', async t => {
  const at = place(t);
  fill(at, 300, 200);
  const cancelling = new AbortController();
  const cut = runImport(at, {
    signal: cancelling.signal,
    transaction: 200,
    onProgress: () => cancelling.abort(),
  });
  await assert.rejects(cut, isCancelled);
  const { events } = sums(at);
  assert.ok(events > 0 && events < 60_000, `${events} events`);
  assert.deepEqual(sums(at), allAre(events));
  const { added, already } = await runImport(at);
  assert.equal(added, 60_000 - events);
  assert.ok(already > 0, 'what was complete was not read again');
  assert.deepEqual(sums(at), allAre(60_000));
});

test('progress tells the rate and the time left', async t => {
  const at = place(t);
  fill(at, 300, 200);
  const told: number[] = [];
  await runImport(at, {
    onProgress(progress) {
      assert.ok(progress.eventsPerSecond > 0);
      assert.equal(progress.ofUnits, 300);
      assert.ok((progress.left ?? -1) >= 0);
      told.push(progress.events);
    },
  });
  assert.equal(told.at(-1), 60_000);
  assert.deepEqual(
    told,
    told.toSorted((a, b) => a - b),
  );
});

test('killed at a hundred moments: every time it goes on, and in the end every event is there once', async t => {
  const at = place(t);
  fill(at, 240, 10);
  const program = await bundled(at);
  const random = seededRandom(7);
  const cuts: number[] = [];
  for (let round = 0; round < 100; round++) {
    await killed(program, at, Math.floor(random() * 12), random() * 8);
    const counted = sums(at);
    assert.deepEqual(counted, allAre(counted.events), `after ${round + 1} rounds`);
    if (counted.events < 2400) cuts.push(counted.events);
    // From the start again, so that there is something to kill.
    else for (const end of ['', '-wal', '-shm']) rmSync(at.indexFile + end, { force: true });
  }
  assert.ok(cuts.filter(events => events > 0).length >= 30, `cut at ${cuts.join(' ')}`);
  await runImport(at);
  assert.deepEqual(sums(at), allAre(2400));
});

/** One file each, which start in a fraction of the time. */
async function bundled(at: Place): Promise<string> {
  const outdir = join(at.files, '..', 'programs');
  await build({
    entryPoints: {
      importProcess: join(import.meta.dirname, 'importProcess.ts'),
      worker: join(import.meta.dirname, '../../src/trail/import/worker.ts'),
    },
    outdir,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    logLevel: 'error',
  });
  return join(outdir, 'importProcess.cjs');
}

/** Kills an import so many transactions after its first, and a moment later. */
async function killed(program: string, at: Place, transactions: number, ms: number): Promise<void> {
  const child = spawn(process.execPath, [program, JSON.stringify(at)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  let told = 0;
  child.stdout.on('data', (text: Buffer) => {
    told += text.toString().split('\n').length - 1;
    if (told > transactions) void delay(ms).then(() => child.kill('SIGKILL'));
  });
  await ended;
}

test('two windows import the same folder at once: every event is there once', async t => {
  const at = place(t);
  fill(at, 200, 200);
  const outcomes = await Promise.all([runImport(at), runImport(at)]);
  assert.equal(
    outcomes.reduce((sum, { added }) => sum + added, 0),
    40_000,
  );
  assert.deepEqual(sums(at), allAre(40_000));
});

test('LookupEvents pages and an import of the same events at once', async t => {
  const at = place(t);
  fill(at, 100, 200);
  const importing = runImport(at);
  const index = openIndex(at.indexFile, { patienceMs: 5000 });
  t.after(() => index.close());
  const store = createTrailStore(index);
  let kept = 0;
  for (let page = 0; page < 40; page++) {
    await delay(5);
    kept += store.keep(
      numbers(page * 500, 50).map(number => event(numbered(number))),
      knownOf([]),
    );
  }
  const { added } = await importing;
  assert.equal(added + kept, 20_000);
  assert.deepEqual(sums(at), allAre(20_000));
});

test('another window holds the index: a write says so at once, and reads go on', t => {
  const at = place(t);
  const [mine, theirs] = [openIndex(at.indexFile), openIndex(at.indexFile)];
  t.after(() => {
    for (const index of [mine, theirs]) index.close();
  });
  theirs.db.transaction(() => {
    const started = performance.now();
    assert.throws(() => createTrailStore(mine).keep([event()], knownOf([])), { errcode: 5 });
    assert.equal(createTrailStore(mine).size(), 0);
    assert.ok(performance.now() - started < 500);
  });
  assert.equal(createTrailStore(mine).keep([event()], knownOf([])), 1);
});

test('an index that is damaged is begun anew; ledger and profiles are in another file', async t => {
  const at = place(t);
  const ledger = openDatabase(at.ledgerFile);
  createLedger(ledger).record(agentEntry);
  ledger.close();
  fill(at, 5, 20);
  await runImport(at);
  overwrite(at.indexFile, 0);
  const index = openIndex(at.indexFile);
  assert.equal(index.isRebuilt, true);
  assert.equal(createTrailStore(index).size(), 0);
  index.close();
  assert.equal((await runImport(at)).added, 100);
  assert.deepEqual(sums(at), allAre(100));
  const after = openDatabase(at.ledgerFile);
  assert.equal(createLedger(after).byAccessKey(agentEntry.accessKeyId)?.profileName, 'copilot');
  after.close();
});

test('an index that turns out damaged during an import is told, and the next one begins anew', async t => {
  const at = place(t);
  fill(at, 30, 100);
  await runImport(at);
  // Not its first pages: those are read when it is opened.
  for (let page = 60; page * 4096 < statSync(at.indexFile).size; page++) overwrite(at.indexFile, page * 4096);
  putRecords(
    at,
    'more.json',
    numbers(100_000, 50).map(number => numbered(number)),
  );
  await assert.rejects(runImport(at), { code: 'trail.indexDamaged' });
  assert.equal((await runImport(at)).added, 3050);
});

test('another window begins the index anew during an import: it is told, and nothing passes for read', async t => {
  const at = place(t);
  fill(at, 30, 100);
  let isAside = false;
  const onProgress = (): void => {
    if (!isAside) setAside(at.indexFile);
    isAside = true;
  };
  await assert.rejects(runImport(at, { transaction: 200, onProgress }), { code: 'trail.indexReplaced' });
  assert.equal((await runImport(at)).added, 3000);
});

/** Rubbish over a part of a page, as a bad disk leaves it. */
function overwrite(file: string, at: number): void {
  for (const end of ['-wal', '-shm']) rmSync(file + end, { force: true });
  const handle = openSync(file, 'r+');
  writeSync(handle, Buffer.alloc(1024, 'rubbish'), 0, 1024, at);
  closeSync(handle);
}

test('the disk is full: told, nothing half, and it goes on when there is room', async (t: TestContext) => {
  const at = place(t);
  fill(at, 20, 100);
  const full = openIndex(at.indexFile, { patienceMs: 5000 });
  const pages = Number(full.db.get('PRAGMA page_count')?.['page_count']);
  const store = createTrailStore(full);
  full.db.script(`PRAGMA max_page_count = ${pages + 2}`);
  const events = numbers(0, 500).map(number => event(numbered(number)));
  assert.throws(() => store.keep(events, knownOf([])), { errcode: 13 });
  assert.equal(store.size(), 0);
  full.db.script('PRAGMA max_page_count = 1000000');
  assert.equal(store.keep(events, knownOf([])), 500, 'what the failed one had numbered is forgotten');
  full.close();
  await runImport(at);
  assert.deepEqual(sums(at), allAre(2000));
});
