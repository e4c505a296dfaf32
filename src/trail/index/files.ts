/** Which files the index has read, so that none is read twice and each of their events can be found again. */
import * as v from 'valibot';
import type { Database } from '../../store/database.ts';
import type { UnitReport } from '../import/readUnit.ts';
import { isSourceAddress, type SourceAddress, type Unit } from '../sources/source.ts';
import { positionOf } from './events/positions.ts';
import type { TrailIndex } from './openIndex.ts';

export interface IndexFiles {
  /** Whether there is nothing more to be had from it. @param since - older events are not wanted. */
  isDone(unit: Unit, since: number): boolean;
  /** The number of a file that is being read. */
  begin(unit: Unit): number;
  /** The same for one that is read; in the transaction of its last events. */
  end(unit: Unit, report: UnitReport, since: number): number;
}

export function createFiles(db: Database, source: SourceAddress): IndexFiles {
  return {
    isDone({ name, version }, since) {
      const row = db.get(
        `SELECT 1 FROM file WHERE source = ? AND name = ? ${DONE}`,
        source,
        name,
        version,
        since,
      );
      return row !== undefined;
    },
    begin({ name, version }) {
      const row = db.get(
        `INSERT OR FAIL INTO file (source, name, version) VALUES (?, ?, ?)
         ON CONFLICT (source, name) DO UPDATE SET version = excluded.version, kind = NULL RETURNING id`,
        source,
        name,
        version,
      );
      return Number(row?.['id']);
    },
    end({ name, version }, { kind, events, oldest, problem }, since) {
      const row = db.get(
        `INSERT OR FAIL INTO file (source, name, version, kind, records, oldest, since, problem) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (source, name) DO UPDATE SET version = excluded.version, kind = excluded.kind,
           records = excluded.records, oldest = excluded.oldest, since = excluded.since, problem = excluded.problem
         RETURNING id`,
        source,
        name,
        version,
        kind,
        events,
        oldest ?? null,
        since,
        problem ?? null,
      );
      return Number(row?.['id']);
    },
  };
}

/** Read to its end, and nothing older was left out than is wanted now. */
const DONE = 'AND version = ? AND kind IS NOT NULL AND (oldest IS NULL OR oldest >= since OR since <= ?)';

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
