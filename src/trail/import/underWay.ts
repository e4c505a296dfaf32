/**
 * Imports tell one another in the index that they are under way: each remembers numbers of names from one transaction to
 * the next, so no other may remove names meanwhile.
 */
import { randomUUID } from 'node:crypto';
import { UserError } from '../../base/userError.ts';
import type { Database } from '../../store/database.ts';
import type { TrailIndex } from '../index/openIndex.ts';

/** Inside of a transaction, all of it. */
export interface UnderWay {
  /**
   * @throws UserError `trail.importLate` when another import took this one for dead; `trail.indexReplaced` when what it
   * writes would be lost
   */
  goOn(): void;
  /** No other import is. */
  isAlone(): boolean;
  end(): void;
}

const KEY = 'import ';
/** Who was not heard of for so long is dead. In seconds. */
const DEAD = 3600;

export function beginImport({ db, isReplaced }: Pick<TrailIndex, 'db' | 'isReplaced'>): UnderWay {
  const key = KEY + randomUUID();
  db.run('INSERT INTO state VALUES (?, unixepoch())', key);
  return {
    goOn() {
      if (isReplaced()) throw replaced();
      if (db.run('UPDATE state SET value = unixepoch() WHERE key = ?', key) === 0) throw late();
    },
    isAlone: () => !isImportUnderWay(db, key),
    end: () => db.run(`${DELETE} = ?`, key),
  };
}

/** Inside of a transaction. @param own - the asker's own is not asked for. */
export function isImportUnderWay(db: Database, own = ''): boolean {
  db.run(`${DELETE} LIKE '${KEY}%' AND key <> ? AND value + ${DEAD} < unixepoch()`, own);
  return db.get(`SELECT 1 FROM state WHERE key LIKE '${KEY}%' AND key <> ?`, own) !== undefined;
}

const DELETE = 'DELETE FROM state WHERE key';

function late(): UserError {
  return new UserError(
    'trail.importLate',
    'The import of CloudTrail files stood still for more than an hour, and another one went on without it.',
    { hint: 'Import once more: it goes on from where this one stopped.' },
  );
}

function replaced(): UserError {
  return new UserError(
    'trail.indexReplaced',
    'Another window found the index of the audit trail damaged, and began it anew while files were imported.',
    { hint: 'Import once more: what was read until now is read again.' },
  );
}
