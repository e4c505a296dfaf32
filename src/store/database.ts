/**
 * The embedded database: one SQLite file shared by every window and by the command line of this user.
 * WAL lets windows read while another writes; a writer waits up to `BUSY_TIMEOUT` for its turn.
 * It holds no secrets. Values that come out are untrusted text until a schema has parsed them (`parseRow`).
 */
import { chmodSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { UserError } from '../base/userError.ts';
import { migrate } from './migrate.ts';

const BUSY_TIMEOUT_MS = 5000;

export type Row = Record<string, unknown>;

export interface Database {
  run(sql: string, ...params: SQLInputValue[]): number;
  get(sql: string, ...params: SQLInputValue[]): Row | undefined;
  all(sql: string, ...params: SQLInputValue[]): Row[];
  /** Runs several statements, without parameters or results. */
  script(sql: string): void;
  /** Runs `work` as one transaction that takes the write lock at its start; it must not await. */
  transaction<T>(work: () => T): T;
  /** A number that changes when another connection has changed the file: for noticing other windows. */
  version(): number;
  close(): void;
}

/** @throws UserError `store.unusable` when the file cannot be opened, is damaged, or comes from a newer version. */
export function openDatabase(file: string): Database {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const db = new DatabaseSync(file);
    if (process.platform !== 'win32') chmodSync(file, 0o600);
    db.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
             PRAGMA foreign_keys = ON;`);
    const database = wrap(db);
    migrate(database);
    return database;
  } catch (error) {
    throw error instanceof UserError ? error : unusable(file, error);
  }
}

function wrap(db: DatabaseSync): Database {
  const statements = new Map<string, StatementSync>();
  const prepared = (sql: string): StatementSync => {
    const known = statements.get(sql);
    if (known) return known;
    const statement = db.prepare(sql);
    statements.set(sql, statement);
    return statement;
  };
  return {
    run: (sql, ...params) => Number(prepared(sql).run(...params).changes),
    get: (sql, ...params) => prepared(sql).get(...params),
    all: (sql, ...params) => prepared(sql).all(...params),
    script: sql => db.exec(sql),
    transaction: work => inTransaction(db, work),
    version: () => Number(prepared('PRAGMA data_version').get()?.['data_version'] ?? 0),
    close: () => db.close(),
  };
}

function inTransaction<T>(db: DatabaseSync, work: () => T): T {
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

function unusable(file: string, cause: unknown): UserError {
  return new UserError('store.unusable', 'No Wing cannot use its database.', {
    hint: `Check that the file can be written and is not damaged: ${file}`,
    cause,
  });
}
