/** A folder of CloudTrail files, and imports of it into an index: in this process or in one that can be killed. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { openDatabase } from '../../src/store/database.ts';
import {
  type ImportAsk,
  type ImportInput,
  type ImportOutcome,
  importFiles,
} from '../../src/trail/import/importFiles.ts';
import { problemsOf } from '../../src/trail/index/files.ts';
import { openIndex, type TrailIndex } from '../../src/trail/index/openIndex.ts';
import { folderAddress } from '../../src/trail/sources/files.ts';
import { ACCOUNT, REGION, record } from '../unit/trail/records.ts';
import { storedIds } from '../unit/trail/storedIds.ts';

export const WORKER = join(import.meta.dirname, '../../src/trail/import/worker.ts');

export const START = Date.UTC(2026, 2, 10, 10, 0, 0);
export const EVERYTHING = { since: 0, maxBytes: 2 ** 40 };

export interface Place {
  readonly files: string;
  readonly indexFile: string;
  readonly ledgerFile: string;
}

export function place(t: TestContext): Place {
  const folder = mkdtempSync(join(tmpdir(), 'no-wing-import-'));
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  const files = join(folder, 'files');
  mkdirSync(files);
  const ledgerFile = join(folder, 'no-wing.db');
  openDatabase(ledgerFile).close();
  return { files, indexFile: join(folder, 'trail.db'), ledgerFile };
}

export function inputOf({ indexFile, ledgerFile }: Place): ImportInput {
  return { worker: WORKER, indexFile, ledgerFile, clock: Date, seed: () => 1 };
}

export function runImport(
  at: Place,
  ask: Partial<ImportAsk> = {},
  clock: ImportInput['clock'] = Date,
): Promise<ImportOutcome> {
  return importFiles(
    { ...inputOf(at), clock },
    {
      source: folderAddress(at.files),
      keeping: EVERYTHING,
      users: [],
      agents: [],
      signal: new AbortController().signal,
      readers: 1,
      ...ask,
    },
  );
}

export function put(at: Place, name: string, content: string | Buffer): void {
  const file = join(at.files, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

/** A file as CloudTrail writes it. */
export function putRecords(at: Place, name: string, records: readonly unknown[]): void {
  const text = JSON.stringify({ Records: records });
  put(at, name, name.endsWith('.gz') ? gzipSync(text) : text);
}

/** A record by its number: every one has an id, a second and a bucket of its own. */
export function numbered(number: number, overrides: Record<string, unknown> = {}): Record<string, unknown> {
  return record({
    eventID: uuid(number),
    eventTime: new Date(START + number * 1000).toISOString().replace('.000', ''),
    requestParameters: { bucketName: `bucket-${number}` },
    recipientAccountId: ACCOUNT,
    awsRegion: REGION,
    ...overrides,
  });
}

export function uuid(number: number): string {
  return `00000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`;
}

export function numbers(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => from + index);
}

export function withIndex<T>({ indexFile }: Place, work: (index: TrailIndex) => T): T {
  const index = openIndex(indexFile, { patienceMs: 5000 });
  try {
    return work(index);
  } finally {
    index.close();
  }
}

/** What was wrong with files, by their names. */
export function problems(at: Place): Record<string, string> {
  return withIndex(at, ({ db }) =>
    Object.fromEntries(problemsOf(db, folderAddress(at.files)).map(({ name, problem }) => [name, problem])),
  );
}

export interface Sums {
  readonly events: number;
  readonly keys: number;
  readonly rollup: number;
  readonly total: number;
  readonly actors: number;
  readonly activity: number;
  readonly callers: number;
  readonly inColumns: number;
}

/** Every way in which the index counts events: they must agree. */
export function sums(at: Place): Sums {
  return withIndex(at, ({ db, segments }) => {
    const one = (sql: string): number => Number(db.get(sql)?.['n'] ?? 0);
    return {
      events: one('SELECT sum(events) AS n FROM segment'),
      keys: one('SELECT count(*) AS n FROM event_key'),
      rollup: one('SELECT sum(events) AS n FROM rollup'),
      total: one('SELECT sum(events) AS n FROM total'),
      actors: one('SELECT sum(all_events) AS n FROM actor'),
      activity: one('SELECT sum(events) AS n FROM activity'),
      callers: one('SELECT sum(events) AS n FROM caller'),
      inColumns: storedIds({ segments }).length,
    };
  });
}

export function allAre(count: number): Sums {
  return {
    events: count,
    keys: count,
    rollup: count,
    total: count,
    actors: count,
    activity: count,
    callers: count,
    inColumns: count,
  };
}
