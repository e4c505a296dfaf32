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
  /** Runs `work`, which only reads, on what is there now: what others write meanwhile is not seen. It must not await. */
  snapshot<T>(work: () => T): T;
  /** A number that changes when another connection has changed the file: for noticing other windows. */
  version(): number;
  /**
   * A number that changes when anything in the file may have changed: at once through this connection, from the next
   * turn of the event loop on through another.
   */
  revision(): number;
  close(): void;
}

/** @throws UserError `store.unusable` when the file cannot be opened, is damaged, or comes from a newer version. */
export function openDatabase(file: string): Database {
  try {
    const database = connect(file, 'PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;');
    migrate(database);
    return database;
  } catch (error) {
    throw error instanceof UserError ? error : unusable(file, error);
  }
}

/** A connection that only reads, for who must not change what is there. @throws UserError `store.unusable` */
export function openForReading(file: string): Database {
  try {
    const db = new DatabaseSync(file, { readOnly: true });
    db.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    return wrap(db);
  } catch (error) {
    throw unusable(file, error);
  }
}

/** A connection to a file of this user's own, whatever is in it. @throws what SQLite does. */
export function connect(file: string, pragmas: string): Database {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const db = new DatabaseSync(file);
  try {
    if (process.platform !== 'win32') chmodSync(file, 0o600);
    db.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}; PRAGMA journal_mode = WAL; ${pragmas}`);
  } catch (error) {
    db.close();
    throw error;
  }
  return wrap(db);
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
  const version = (): number => Number(prepared('PRAGMA data_version').get()?.['data_version'] ?? 0);
  let [revision, versionThen] = [0, 0];
  let isFresh = false;
  const lookAround = (): void => {
    if (isFresh) return;
    isFresh = true;
    setImmediate(() => {
      isFresh = false;
    });
    const now = version();
    if (now !== versionThen) revision += 1;
    versionThen = now;
  };
  return {
    run(sql, ...params) {
      revision += 1;
      return Number(prepared(sql).run(...params).changes);
    },
    get: (sql, ...params) => prepared(sql).get(...params),
    all: (sql, ...params) => prepared(sql).all(...params),
    script(sql) {
      revision += 1;
      db.exec(sql);
    },
    transaction(work) {
      try {
        return inTransaction(db, work);
      } finally {
        // What was read within it may have been rolled back.
        revision += 1;
      }
    },
    snapshot: work => (db.isTransaction ? work() : inSnapshot(db, work)),
    version,
    revision() {
      lookAround();
      return revision;
    },
    close: () => db.close(),
  };
}

function inSnapshot<T>(db: DatabaseSync, work: () => T): T {
  db.exec('BEGIN');
  try {
    return work();
  } finally {
    // It wrote nothing; and what is damaged may have ended it.
    if (db.isTransaction) db.exec('ROLLBACK');
  }
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
