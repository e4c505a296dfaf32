/**
 * Imports tell one another in the index that they are under way: each remembers numbers of names from one transaction to
 * the next, so no other may remove names meanwhile.
 */
import { randomUUID } from 'node:crypto';
import { UserError } from '../../base/userError.ts';
import type { Database } from '../../store/database.ts';

/** Inside of a transaction, all of it. */
export interface UnderWay {
  /** @throws UserError `trail.importLate` when another import took this one for dead */
  goOn(): void;
  /** No other import is. */
  isAlone(): boolean;
  end(): void;
}

const KEY = 'import ';
/** Who was not heard of for so long is dead. In seconds. */
const DEAD = 3600;

export function beginImport(db: Database): UnderWay {
  const key = KEY + randomUUID();
  db.run('INSERT INTO state VALUES (?, unixepoch())', key);
  return {
    goOn() {
      if (db.run('UPDATE state SET value = unixepoch() WHERE key = ?', key) === 0) throw late();
    },
    isAlone() {
      db.run(`${DELETE} LIKE '${KEY}%' AND key <> ? AND value + ${DEAD} < unixepoch()`, key);
      return db.get(`SELECT 1 FROM state WHERE key LIKE '${KEY}%' AND key <> ?`, key) === undefined;
    },
    end: () => db.run(`${DELETE} = ?`, key),
  };
}

const DELETE = 'DELETE FROM state WHERE key';

function late(): UserError {
  return new UserError(
    'trail.importLate',
    'The import of CloudTrail files stood still for more than an hour, and another one went on without it.',
    { hint: 'Import once more: it goes on from where this one stopped.' },
  );
}
