// CloudTrail files into the index, and questions to it, each beside the least that the same takes without an index.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { openIndex, type TrailIndex } from '../../src/trail/index/openIndex.ts';
import { queryMatrix, queryTimeline } from '../../src/trail/trailCharts.ts';
import { queryGroups } from '../../src/trail/trailGroups.ts';
import { queryEvents } from '../../src/trail/trailQueries.ts';
import { cloudTrailSet } from './harness/cloudTrailSet.ts';
import { duckDb } from './harness/duckDb.ts';
import { importLimit } from './harness/importLimit.ts';
import { type Bench, median, type Row } from './harness/row.ts';
import { windowDelays } from './harness/windowDelays.ts';

const LARGE = { records: 1_000_000, files: 2000 };
const SMALL = { records: 100_000, files: 20_000 };
const READERS = 2;

export const bench: Bench = {
  names: [
    ...['import', 'import-ratio', 'import-cpu', 'import-memory', 'import-event-loop', 'import-small'],
    ...['import-verdicts', 'import-leaks', 'import-duckdb'],
    ...['query-actor', 'query-matrix', 'query-matrix-jq', 'query-chart', 'query-groups', 'query-text'],
  ],
  needs: ['jq', 'duckDb'],
  async run() {
    const scratch = mkdtempSync(join(tmpdir(), 'no-wing-bench-import-'));
    try {
      return await measure(scratch);
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  },
};

async function measure(scratch: string): Promise<Row[]> {
  const worker = await bundledWorker(scratch);
  const [large, small] = [cloudTrailSet(LARGE), cloudTrailSet(SMALL)];
  console.log(
    `Load before: ${loadavg()
      .map(load => load.toFixed(1))
      .join(' ')}`,
  );
  // Whatever reads them finds them in memory.
  importLimit(large);
  const limit = median([1, 2, 3].map(() => importLimit(large, 400)));
  const smallLimit = median([1, 2, 3].map(() => importLimit(small)));
  const whole = timedImport(worker, large, join(scratch, 'large'));
  const pieces = timedImport(worker, small, join(scratch, 'small'));
  console.log(
    `Load after: ${loadavg()
      .map(load => load.toFixed(1))
      .join(' ')}`,
  );
  return [
    row('import', whole.perSecond, '/s', {
      reference: 'limit per core',
      referenceValue: limit,
      target: { atLeast: 120_000 },
    }),
    row('import-ratio', whole.perSecond, '/s', {
      reference: 'limit per core',
      referenceValue: limit,
      target: { of: 'ratio', atLeast: 0.7 },
    }),
    // Of one processor's time: what an import costs, however many it keeps busy.
    row('import-cpu', whole.perCpuSecond, '/s', { reference: 'limit per core', referenceValue: limit }),
    row('import-memory', whole.peakMegabytes, 'MB', { target: { atMost: 400 } }),
    row('import-event-loop', whole.longestDelay, 'ms', { target: { atMost: 20 } }),
    row('import-small', pieces.perSecond, '/s', {
      reference: 'limit per core',
      referenceValue: smallLimit,
      target: { atLeast: 40_000 },
    }),
    ...queries(join(scratch, 'large'), large),
    ...(await windowDelays(join(scratch, 'large'), worker)),
  ];
}

interface Timed {
  readonly perSecond: number;
  readonly perCpuSecond: number;
  readonly peakMegabytes: number;
  /** Of the event loop of the thread that asked for it, in milliseconds. */
  readonly longestDelay: number;
}

function timedImport(worker: string, folder: string, name: string): Timed {
  const program = join(import.meta.dirname, 'harness/importRun.ts');
  return JSON.parse(
    execFileSync(process.execPath, [program, worker, folder, name, String(READERS)], { encoding: 'utf8' }),
  );
}

function queries(name: string, folder: string): Row[] {
  const index = openIndex(`${name}.db`);
  try {
    const first = queryGroups(index, 'actor', {})[0];
    if (!first) throw new Error('the index is empty');
    const all = period(index);
    const duck = duckDb(folder);
    return [
      { name: 'import-duckdb', value: duck.perSecond, unit: '/s' },
      beside(
        timed('query-actor', 5, () => queryEvents(index, { group: first.key, limit: 200 })),
        'DuckDB',
        duck.actor,
      ),
      beside(
        timed('query-matrix', 100, () => queryMatrix(index)),
        'DuckDB',
        duck.matrix,
      ),
      { name: 'query-matrix-jq', value: jqMatrix(folder), unit: 'ms' },
      timed('query-chart', 10, () => queryTimeline(index.db, all)),
      timed('query-groups', 100, () => queryGroups(index, 'actor', { errorsOnly: true })),
      timed('query-text', 200, () => queryEvents(index, { filter: { text: 'bucket-1999' }, limit: 100 })),
    ];
  } finally {
    index.close();
  }
}

function period({ db }: TrailIndex): { from: number; to: number } {
  const row = db.get('SELECT min(from_ms) AS first, max(to_ms) AS last FROM segment');
  return { from: Number(row?.['first']), to: Number(row?.['last']) };
}

const TIMES = 9;

function timed(name: string, atMost: number, ask: () => unknown): Row {
  const times = Array.from({ length: TIMES }, () => {
    const began = performance.now();
    ask();
    return performance.now() - began;
  });
  return { name, value: median(times), unit: 'ms', target: { atMost } };
}

function beside(row: Row, reference: string, referenceValue: number): Row {
  return { ...row, reference, referenceValue, ratio: row.value / referenceValue };
}

/** The same table out of a single one of the files. @returns milliseconds */
function jqMatrix(folder: string): number {
  const script = `f=$(find "$0" -name '*.gz' | head -1); gunzip -c "$f" | jq -c '[.Records[] | [.userIdentity.arn, .eventName]] | group_by(.) | map([.[0], length])' | wc -c`;
  const began = performance.now();
  execFileSync('sh', ['-c', script, folder]);
  return performance.now() - began;
}

function row(name: string, value: number, unit: string, rest: Omit<Row, 'name' | 'value' | 'unit'>): Row {
  const ratio = rest.referenceValue === undefined ? {} : { ratio: value / rest.referenceValue };
  return { name, value, unit, ...ratio, ...rest };
}

async function bundledWorker(scratch: string): Promise<string> {
  const outfile = join(scratch, 'trailWorker.cjs');
  await build({
    entryPoints: [join(import.meta.dirname, '../../src/trail/import/worker.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'error',
    mainFields: ['module', 'main'],
  });
  return outfile;
}
