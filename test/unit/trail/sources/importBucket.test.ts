import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import fc from 'fast-check';
import { isCancelled } from '../../../../src/base/cancellation.ts';
import { DAY, HOUR, MINUTE } from '../../../../src/base/clock.ts';
import { UserError } from '../../../../src/base/userError.ts';
import type { UnitReport } from '../../../../src/trail/import/readUnit.ts';
import { createFiles } from '../../../../src/trail/index/files.ts';
import { openIndex, type TrailIndex } from '../../../../src/trail/index/openIndex.ts';
import type { Bucket } from '../../../../src/trail/sources/bucket.ts';
import { folderAddress } from '../../../../src/trail/sources/files.ts';
import { type BucketAsk, importBucket } from '../../../../src/trail/sources/importBucket.ts';
import { virtualClock } from '../virtualClock.ts';

const NOW = Date.UTC(2026, 2, 10, 12, 0, 0);
const ACCOUNT = '111122223333';

interface Moods {
  readonly pageSize?: number;
  readonly serverTime?: () => number;
  /** Called before each answer; what it throws is the answer. */
  readonly before?: (key: string) => void;
  /** Instead of all its bytes. */
  readonly body?: (key: string) => Readable | undefined;
}

/** S3 as far as it matters: keys in order, pages, folders. */
function fakeBucket(moods: Moods = {}) {
  const objects = new Map<string, number>();
  const got: string[] = [];
  let lists = 0;
  const sizeOf = (key: string): number => Math.max(objects.get(key) ?? 0, key.length);
  const bucket: Bucket = {
    async list({ prefix, after = '', foldersOnly, token = '' }) {
      moods.before?.(prefix);
      lists++;
      const keys = [...objects.keys()]
        .filter(key => key.startsWith(prefix) && key > after && key > token)
        .sort();
      const serverTime = moods.serverTime?.() ?? NOW;
      if (foldersOnly) {
        const names = keys.map(key => key.slice(prefix.length)).filter(rest => rest.includes('/'));
        const folders = [...new Set(names.map(rest => `${prefix}${rest.split('/')[0]}/`))];
        return { objects: [], folders, serverTime };
      }
      const page = keys.slice(0, moods.pageSize ?? 1000);
      const last = page.at(-1);
      return {
        objects: page.map(key => ({ key, bytes: sizeOf(key) })),
        folders: [],
        serverTime,
        ...(last !== undefined && page.length < keys.length ? { token: last } : {}),
      };
    },
    async open(key, signal) {
      signal.throwIfAborted();
      moods.before?.(key);
      if (!objects.has(key)) return undefined;
      got.push(key);
      return moods.body?.(key) ?? Readable.from([Buffer.from(key)]);
    },
  };
  return { bucket, objects, got, lists: () => lists };
}

function keyOf(deliveredAt: number, id: number | string, region = 'eu-west-1', accountId = ACCOUNT): string {
  const at = new Date(deliveredAt).toISOString();
  const stamp = at.slice(0, 16).replaceAll(/[-:]/g, '');
  const day = at.slice(0, 10).replaceAll('-', '/');
  return `AWSLogs/${accountId}/CloudTrail/${region}/${day}/${accountId}_CloudTrail_${region}_${stamp}Z_${id}.json.gz`;
}

const READ: UnitReport = {
  ...{ kind: 'events', events: 1, insights: 0, odd: 0 },
  ...{ oldest: undefined, problem: undefined },
};

/** What importing a folder comes to: every file in it that the index has not is in the index. */
function importInto(index: TrailIndex, imported: string[]) {
  return async (folder: string) => {
    const before = imported.length;
    const files = createFiles(index, folderAddress(folder));
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const name = relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/');
      if (!entry.isFile() || !name.endsWith('.json.gz')) continue;
      assert.match(readFileSync(join(folder, name)).toString(), /^AWSLogs/, 'never a part of an object');
      const unit = { name, version: '1', size: 1, changedAt: 0 };
      if (files.isDone(unit, 0)) continue;
      index.db.transaction(() => files.end(unit, READ, 0));
      imported.push(name);
    }
    const events = imported.length - before;
    const counts = { units: events, bytes: 0, events, added: events, insights: 0, digests: 0, odd: 0 };
    return { ...counts, problems: [] };
  };
}

function computer(now = () => NOW) {
  const folder = mkdtempSync(join(tmpdir(), 'no-wing-objects-'));
  const index = openIndex(join(folder, 'trail.db'));
  const imported: string[] = [];
  const clock = { ...virtualClock(NOW), now };
  return {
    index,
    imported,
    folder,
    run: (bucket: Bucket, ask: Partial<BucketAsk> = {}) =>
      importBucket(
        {
          bucket,
          index,
          directory: join(folder, 'objects'),
          importFolder: importInto(index, imported),
          clock,
        },
        {
          address: { bucket: 'logs', prefix: '' },
          period: { from: now() - 3 * DAY, to: now() },
          accountIds: [],
          regions: [],
          since: 0,
          mostKept: 2 ** 30,
          signal: new AbortController().signal,
          ...ask,
        },
      ),
    end() {
      index.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

test('an object whose bytes end too early is asked for again, and never taken for whole', async t => {
  const bodies = [
    () => Readable.from([]),
    () => Readable.from([Buffer.from('AWSLogs/half')]),
    () => Readable.from([Buffer.from('x')]).destroy(),
  ];
  let always = false;
  const { bucket, objects, got } = fakeBucket({
    body: () => (always ? Readable.from([]) : bodies.shift()?.()),
  });
  objects.set(keyOf(NOW - DAY, 1), 1);
  objects.set(keyOf(NOW - DAY, 2), 1);
  const here = computer();
  t.after(here.end);
  const { added, failed } = await here.run(bucket);
  assert.deepEqual([added, failed, got.length], [2, [], 5]);
  always = true;
  objects.set(keyOf(NOW - MINUTE, 3), 1);
  assert.deepEqual(
    (await here.run(bucket)).failed.map(({ error }) => error.code),
    ['trail.objectCut'],
  );
  always = false;
  assert.equal((await here.run(bucket)).added, 1);
});

test('what was read and has settled is not listed again; what has not is', async t => {
  let now = NOW;
  const { bucket, objects, got, lists } = fakeBucket({ pageSize: 10, serverTime: () => now });
  for (let id = 0; id < 40; id++) objects.set(keyOf(NOW - 50 * HOUR + id * HOUR, id), 1);
  const here = computer(() => now);
  t.after(here.end);
  assert.equal((await here.run(bucket)).added, 40);
  const first = lists();
  assert.equal(first, 3 + 4);
  assert.equal((await here.run(bucket)).objects, 0);
  assert.equal(lists() - first, 3 + 1, 'three lists of folders, and one of what may still come');
  objects.set(keyOf(NOW - 5 * MINUTE, 'late'), 1);
  now += HOUR;
  objects.set(keyOf(now - 5 * MINUTE, 'new'), 1);
  assert.equal((await here.run(bucket)).added, 2);
  assert.equal(got.length, 42);
});

test('a page that fails: those before it are read, those from it on are not', async t => {
  let failsAt = '_5.';
  const { bucket, objects, got } = fakeBucket({
    pageSize: 2,
    before: key => {
      if (key.includes(failsAt)) throw new UserError('aws.unavailable', 'a fault of its own');
    },
  });
  for (let id = 0; id < 9; id++) objects.set(keyOf(NOW - (20 - id) * HOUR, id), 1);
  const here = computer();
  t.after(here.end);
  const { added, failed } = await here.run(bucket);
  assert.deepEqual([added, failed.map(({ error }) => error.code)], [5, ['aws.unavailable']]);
  failsAt = 'nowhere';
  assert.equal((await here.run(bucket)).added, 4);
  assert.deepEqual([got.length, new Set(here.imported).size], [9, 9]);
});

test('objects that expire between being listed and being asked for are left out', async t => {
  const { bucket, objects } = fakeBucket();
  for (let id = 0; id < 5; id++) objects.set(keyOf(NOW - HOUR * (id + 2), id), 1);
  const vanishing: Bucket = {
    ...bucket,
    open: async (key, signal) => (key.includes('_3.') ? undefined : bucket.open(key, signal)),
  };
  const here = computer();
  t.after(here.end);
  const { objects: brought, added, failed } = await here.run(vanishing);
  assert.deepEqual({ brought, added, failed }, { brought: 4, added: 4, failed: [] });
});

test('an object of an absurd size is not brought', async t => {
  const { bucket, objects, got } = fakeBucket();
  objects.set(keyOf(NOW - DAY, 'huge'), 2 ** 40);
  objects.set(keyOf(NOW - DAY, 'fine'), 100);
  const here = computer();
  t.after(here.end);
  const { odd, added } = await here.run(bucket);
  assert.deepEqual([odd, added, got.length], [1, 1, 1]);
});

test('more than may be kept: the oldest days go from the disk, and are not brought again', async t => {
  const { bucket, objects, got } = fakeBucket();
  for (let day = 1; day <= 3; day++) objects.set(keyOf(NOW - day * DAY + 2 * HOUR, day), 1);
  const here = computer();
  t.after(here.end);
  const size = keyOf(NOW, 1).length;
  await here.run(bucket, { mostKept: 2 * size });
  const left = readdirSync(join(here.folder, 'objects'), { recursive: true }).filter(name =>
    /gz$/.test(String(name)),
  );
  assert.deepEqual(left.map(name => /_(\d)\.json/.exec(String(name))?.[1]).sort(), ['1', '2']);
  assert.equal((await here.run(bucket, { afresh: true, mostKept: 2 * size })).objects, 0);
  assert.equal(got.length, 3);
});

test('files are for this person alone', { skip: process.platform === 'win32' }, async t => {
  const { bucket, objects } = fakeBucket();
  objects.set(keyOf(NOW - DAY, 1), 1);
  const here = computer();
  t.after(here.end);
  await here.run(bucket);
  const all = readdirSync(join(here.folder, 'objects'), { recursive: true });
  assert.ok(all.length > 5);
  for (const name of all) {
    const { mode } = statSync(join(here.folder, 'objects', String(name)));
    assert.equal(mode & 0o077, 0, String(name));
  }
});

const Luck = fc.record({
  /** Minutes ago, Region, and by how many minutes the object is later than its key says. */
  objects: fc.array(
    fc.tuple(
      fc.integer({ min: 0, max: 3000 }),
      fc.constantFrom('eu-west-1', 'us-east-1'),
      fc.integer({ min: 0, max: 29 }),
    ),
    { minLength: 1, maxLength: 80 },
  ),
  pageSize: fc.integer({ min: 1, max: 12 }),
  /** Each import: minutes until the next, what fails, and after how many answers it is broken off. */
  imports: fc.array(
    fc.record({
      pause: fc.integer({ min: 0, max: 90 }),
      failing: fc.constantFrom(undefined, 3, 11, 23, 37),
      cut: fc.constantFrom(undefined, 5, 20),
    }),
    { maxLength: 5 },
  ),
});

test('late, failing, broken off, again and again: every object once', async () => {
  await fc.assert(
    fc.asyncProperty(Luck, async ({ objects: all, pageSize, imports }) => {
      let now = NOW - 3000 * MINUTE;
      let [answers, failing, cut] = [0, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
      let cutting = new AbortController();
      const before = (): void => {
        answers++;
        if (answers >= cut) cutting.abort();
        if (answers % failing === 0) throw new UserError('aws.unavailable', 'a fault of its own');
      };
      const fake = fakeBucket({ pageSize, serverTime: () => now, before });
      const here = computer(() => now);
      const arrive = (): void => {
        for (const [id, [ago, region, late]] of all.entries()) {
          const at = NOW - ago * MINUTE;
          if (at + late * MINUTE <= now) fake.objects.set(keyOf(at, id, region), 1);
        }
      };
      const ask = { period: { from: NOW - 3001 * MINUTE, to: NOW + HOUR } };
      try {
        for (const each of imports) {
          now = Math.min(now + each.pause * 33 * MINUTE, NOW);
          arrive();
          [answers, failing, cut] = [
            0,
            each.failing ?? Number.POSITIVE_INFINITY,
            each.cut ?? Number.POSITIVE_INFINITY,
          ];
          cutting = new AbortController();
          await here
            .run(fake.bucket, { ...ask, signal: cutting.signal })
            .catch((error: unknown) => assert.ok(isCancelled(error), String(error)));
        }
        now = NOW + HOUR;
        arrive();
        [failing, cut] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
        cutting = new AbortController();
        const { failed } = await here.run(fake.bucket, { ...ask, signal: cutting.signal });
        assert.deepEqual(failed, []);
        assert.deepEqual([...here.imported].sort(), [...fake.objects.keys()].sort());
        assert.equal(new Set(fake.got).size, fake.got.length, 'none is got twice');
      } finally {
        here.end();
      }
    }),
    { numRuns: 30, endOnFailure: true },
  );
});
