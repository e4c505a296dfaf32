/**
 * Opens the trail's index, a database of its own: all in it can be read from CloudTrail again, so one that is damaged or
 * of another version is set aside and begun anew, and it need not survive the power going, only a crash.
 */
import { randomInt } from 'node:crypto';
import { existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Emitter, type Listen } from '../../base/emitter.ts';
import { connect, type Database } from '../../store/database.ts';
import { createSegments, SegmentGone, type Segments } from './events/segments.ts';
import { createHash, type Hash } from './hash.ts';
import { SCHEMA_VERSION, schema } from './schema.ts';
import { indexError, isDamaged, isSqlite } from './sqliteErrors.ts';

/** A file for each version of the tables: another version of No Wing that is open as well has another one. */
export function indexFileIn(directory: string): string {
  return join(directory, `trail-${SCHEMA_VERSION}.db`);
}

export interface TrailIndex {
  readonly file: string;
  /** Stays the same when the index is begun anew while it is open. */
  readonly db: Database;
  readonly hash: Hash;
  /** Those of the index as it is now. */
  segments(): Segments;
  /** A damaged index was set aside when this one was opened. */
  readonly isRebuilt: boolean;
  /** How often it was begun anew since: what was remembered of one generation means nothing in the next. */
  generation(): number;
  /** A damaged one is set aside, and what follows goes to a new one. @throws what SQLite does */
  rebuild(): void;
  /** Another window or an import has begun anew: what is written here is lost. */
  isReplaced(): boolean;
  /** Goes over to the new one when another window or an import has begun anew. @throws what SQLite does */
  follow(): void;
  readonly onRebuilt: Listen<void>;
  close(): void;
}

export interface IndexUse {
  /** How long a write waits for another's. It waits without doing anything else, so in a window that must be short. */
  readonly patienceMs: number;
  /** How much of the file is kept in memory, and how much of columns. */
  readonly cacheKiB: number;
  /** How long the log grows before it is taken over into the file: every page then goes over once. */
  readonly logPages: number;
  /** `OFF`: what the power takes with it may leave the index damaged; a crash of the program does not. */
  readonly synchronous: 'NORMAL' | 'OFF';
}

const WINDOW: IndexUse = { patienceMs: 10, cacheKiB: 16_384, logPages: 4000, synchronous: 'NORMAL' };
export const BULK: IndexUse = {
  patienceMs: 60_000,
  cacheKiB: 49_152,
  logPages: 40_000,
  synchronous: 'OFF',
};

/** @throws UserError `trail.index*` */
export function openIndex(file: string, use: Partial<IndexUse> = {}): TrailIndex {
  const how = { ...WINDOW, ...use };
  try {
    return index(file, how, opened(file, how), false);
  } catch (error) {
    if (!isDamaged(error)) throw indexError(error, file);
    setAside(file);
    return index(file, how, opened(file, how), true);
  }
}

function index(file: string, how: IndexUse, first: Opened, isRebuilt: boolean): TrailIndex {
  const rebuilt = new Emitter<void>();
  let generation = 0;
  let now = first;
  const isReplaced = (): boolean => fileNumber(file) !== now.fileNumber;
  const reopen = (): void => {
    now.db.close();
    if (!isReplaced()) setAside(file);
    now = opened(file, how);
    generation++;
    rebuilt.fire();
  };
  return {
    file,
    db: current(() => now.db),
    hash: text => now.hash(text),
    segments: () => now.segments,
    isRebuilt,
    generation: () => generation,
    rebuild: reopen,
    isReplaced,
    follow() {
      if (isReplaced()) reopen();
    },
    onRebuilt: rebuilt.listen,
    close: () => now.db.close(),
  };
}

function current(now: () => Database): Database {
  return {
    run: (sql, ...values) => now().run(sql, ...values),
    get: (sql, ...values) => now().get(sql, ...values),
    all: (sql, ...values) => now().all(sql, ...values),
    script: sql => now().script(sql),
    transaction: work => now().transaction(work),
    snapshot: work => now().snapshot(work),
    version: () => now().version(),
    revision: () => now().revision(),
    close: () => now().close(),
  };
}

/** So that the next one who opens it begins anew. Who has it open keeps the old one. */
export function setAside(file: string): void {
  for (const log of [`${file}-wal`, `${file}-shm`]) rmSync(log, { force: true });
  // Another window may have been faster.
  if (existsSync(file)) renameSync(file, `${file}.damaged`);
}

interface Opened {
  readonly db: Database;
  readonly hash: Hash;
  readonly segments: Segments;
  readonly fileNumber: number | undefined;
}

function opened(file: string, { patienceMs, cacheKiB, logPages, synchronous }: IndexUse): Opened {
  const db = connect(file, PRAGMAS);
  try {
    const salt = prepare(db);
    db.script(`PRAGMA busy_timeout = ${patienceMs}; PRAGMA cache_size = -${cacheKiB};
               PRAGMA wal_autocheckpoint = ${logPages}; PRAGMA synchronous = ${synchronous}`);
    const segments = createSegments(db, cacheKiB * 1024);
    return { db, hash: createHash(salt), segments, fileNumber: fileNumber(file) };
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Tells a file from another one that has taken its name. */
function fileNumber(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.ino;
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

/**
 * Runs `work` on the index, once more when the index is damaged and has been begun anew, and again when another window
 * replaced what it was reading.
 * @throws UserError `trail.index*` for what SQLite says of the file
 */
export function onIndex<T>(index: Reopened, work: () => T): T {
  try {
    index.follow();
    return undisturbed(work);
  } catch (error) {
    if (!isDamaged(error)) throw indexError(error, index.file);
    return anew(index, error, work);
  }
}

/** How often other windows may replace what is being read. */
const DISTURBANCES = 20;

/** Runs what reads, again when another window replaced what it was reading. @throws SegmentGone when that never ends */
export function undisturbed<T>(work: () => T): T {
  for (let time = 1; ; time++) {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof SegmentGone) || time === DISTURBANCES) throw error;
    }
  }
}

type Reopened = Pick<TrailIndex, 'file' | 'rebuild' | 'follow'>;

function anew<T>(index: Reopened, damage: unknown, work: () => T): T {
  try {
    index.rebuild();
    return work();
  } catch (error) {
    // Windows does not let a file go that another window has open.
    throw isDamaged(error) || !isSqlite(error)
      ? indexError(damage, index.file)
      : indexError(error, index.file);
  }
}
