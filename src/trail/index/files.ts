/** Which files the index has read, so that none is read twice and each of their events can be found again. */
import * as v from 'valibot';
import type { Database } from '../../store/database.ts';
import type { UnitReport } from '../import/readUnit.ts';
import { isSourceAddress, type SourceAddress, type Unit } from '../sources/source.ts';
import { positionOf } from './events/positions.ts';
import type { TrailIndex } from './openIndex.ts';

export interface IndexFiles {
  /** Whether there is nothing more to be had from it. @param since - older events are not wanted. */
  isDone(unit: Pick<Unit, 'name' | 'version'>, since: number): boolean;
  /** Those that were read, whatever version they had. */
  readOf(names: readonly string[], since: number): ReadonlySet<string>;
  /** The number of a file that is being read. */
  begin(unit: Unit): number;
  /** The same for one that is read; in the transaction of its last events. */
  end(unit: Unit, report: UnitReport, since: number): number;
}

export function createFiles(
  { db, hash }: Pick<TrailIndex, 'db' | 'hash'>,
  source: SourceAddress,
): IndexFiles {
  const keyOf = (name: string): number => hash(`${source}\n${name}`);
  /** Inside of a transaction, so that no other window is between the question and the answer to it. */
  const set = (unit: Unit, values: FileValues): number => {
    const row = db.get(FIND, keyOf(unit.name), source, unit.name);
    const all = [unit.version, ...values] as const;
    if (row === undefined) return Number(db.get(INSERT, keyOf(unit.name), source, unit.name, ...all)?.['id']);
    db.run(UPDATE, ...all, Number(row['id']));
    return Number(row['id']);
  };
  return {
    isDone: ({ name, version }, since) =>
      db.get(`${FIND} AND version = ? AND ${READ}`, keyOf(name), source, name, version, since) !== undefined,
    readOf: (names, since) =>
      new Set(
        names.filter(name => db.get(`${FIND} AND ${READ}`, keyOf(name), source, name, since) !== undefined),
      ),
    begin: unit => set(unit, [null, 0, null, 0, null]),
    end: (unit, { kind, events, oldest, problem }, since) =>
      set(unit, [kind, events, oldest ?? null, since, problem ?? null]),
  };
}

type FileValues = readonly [
  kind: string | null,
  records: number,
  oldest: number | null,
  since: number,
  problem: string | null,
];

const FIND = 'SELECT id FROM file WHERE hash = ? AND source = ? AND name = ?';

/** Read to its end, and nothing older was left out than is wanted now. */
const READ = 'kind IS NOT NULL AND (oldest IS NULL OR oldest >= since OR since <= ?)';

const INSERT = `
  INSERT OR FAIL INTO file (hash, source, name, version, kind, records, oldest, since, problem)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`;

const UPDATE =
  'UPDATE file SET version = ?, kind = ?, records = ?, oldest = ?, since = ?, problem = ? WHERE id = ?';

export interface FileProblem {
  readonly name: string;
  readonly problem: string;
}

const ProblemRows = v.array(v.object({ name: v.string(), problem: v.string() }));

/** The files of a source that could not be read to their end. */
export function problemsOf(db: Database, source: SourceAddress): FileProblem[] {
  return v.parse(
    ProblemRows,
    db.all('SELECT name, problem FROM file WHERE source = ? AND problem IS NOT NULL ORDER BY name', source),
  );
}

const FileRow = v.object({
  source: v.custom<SourceAddress>(isSourceAddress),
  name: v.string(),
  version: v.string(),
});

/** Where the record of an event stands; undefined for what has no file. */
export function recordPlace(
  { db, segments }: Pick<TrailIndex, 'db' | 'segments'>,
  seq: number,
): { source: SourceAddress; name: string; position: number; size: number } | undefined {
  const found = positionOf(segments(), seq);
  if (!found) return undefined;
  const number = (column: 'file' | 'position'): number =>
    segments().numbers(found.segment, column)[found.at] ?? 0;
  const row = db.get('SELECT source, name, version FROM file WHERE id = ?', number('file'));
  if (row === undefined) return undefined;
  const { version, ...file } = v.parse(FileRow, row);
  return { ...file, position: number('position'), size: Number.parseInt(version, 10) };
}
