/**
 * Opens the trail's index, a database of its own: all in it can be read from CloudTrail again, so one that is damaged or
 * of another version is set aside and begun anew, and it need not survive the power going, only a crash.
 */
import { randomInt } from 'node:crypto';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { connect, type Database } from '../../store/database.ts';
import { createHash, type Hash } from './hash.ts';
import { SCHEMA_VERSION, schema } from './schema.ts';
import { indexError, isDamaged } from './sqliteErrors.ts';

export interface TrailIndex {
  readonly file: string;
  readonly db: Database;
  readonly hash: Hash;
  /** A damaged index was set aside when this one was opened. */
  readonly isRebuilt: boolean;
  close(): void;
}

export interface IndexUse {
  /** How long a write waits for another's. It waits without doing anything else, so in a window that must be short. */
  readonly patienceMs: number;
  /** How much of the file is kept in memory. */
  readonly cacheKiB: number;
  /** How long the log grows before it is taken over into the file: every page then goes over once. */
  readonly logPages: number;
}

const WINDOW: IndexUse = { patienceMs: 10, cacheKiB: 16_384, logPages: 4000 };
export const BULK: IndexUse = { patienceMs: 60_000, cacheKiB: 49_152, logPages: 40_000 };

/** @throws UserError `trail.indexBusy`, `trail.indexFull` */
export function openIndex(file: string, use: Partial<IndexUse> = {}): TrailIndex {
  const how = { ...WINDOW, ...use };
  try {
    return opened(file, how, false);
  } catch (error) {
    if (!isDamaged(error)) throw indexError(error, file);
    setAside(file);
    return opened(file, how, true);
  }
}

/** So that the next one who opens it begins anew. Who has it open keeps the old one. */
export function setAside(file: string): void {
  for (const log of [`${file}-wal`, `${file}-shm`]) rmSync(log, { force: true });
  // Another window may have been faster.
  if (existsSync(file)) renameSync(file, `${file}.damaged`);
}

function opened(file: string, { patienceMs, cacheKiB, logPages }: IndexUse, isRebuilt: boolean): TrailIndex {
  const db = connect(file, PRAGMAS);
  try {
    const salt = prepare(db);
    db.script(`PRAGMA busy_timeout = ${patienceMs}; PRAGMA cache_size = -${cacheKiB};
               PRAGMA wal_autocheckpoint = ${logPages}`);
    return { file, db, hash: createHash(salt), isRebuilt, close: () => db.close() };
  } catch (error) {
    db.close();
    throw error;
  }
}

const PRAGMAS = 'PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY;';

/** @returns the salt of this index's hashes. */
function prepare(db: Database): number {
  if (version(db) !== SCHEMA_VERSION)
    db.transaction(() => {
      // Read inside the transaction: another window may have just done it.
      if (version(db) === SCHEMA_VERSION) return;
      dropAll(db);
      db.script(`${schema}; PRAGMA user_version = ${SCHEMA_VERSION}`);
      db.run(`INSERT INTO state VALUES ('salt', ?)`, String(randomInt(1, 2 ** 31)));
    });
  return Number(db.get(`SELECT value FROM state WHERE key = 'salt'`)?.['value']);
}

function version(db: Database): number {
  return Number(db.get('PRAGMA user_version')?.['user_version'] ?? 0);
}

function dropAll(db: Database): void {
  const tables = db.all(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`);
  for (const { name } of tables) db.script(`DROP TABLE "${String(name).replaceAll('"', '""')}"`);
}

/** Runs `work` on the index. @throws UserError `trail.index*` for what SQLite says of the file; a damaged one is set aside */
export function onIndex<T>({ file }: Pick<TrailIndex, 'file'>, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (isDamaged(error)) setAside(file);
    throw indexError(error, file);
  }
}
