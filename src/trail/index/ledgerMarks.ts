/**
 * The ledger for who asks it about every session in a trail, most of which No Wing never minted: what is not in it is
 * known without asking the database.
 */
import * as v from 'valibot';
import { Marks } from '../../base/marks.ts';
import { createLedger, type Ledger } from '../../identity/ledger.ts';
import type { Database } from '../../store/database.ts';
import type { Hash } from './hash.ts';

/** Entries that another window writes are seen from the next turn of the event loop on. */
export function createLedgerMarks(
  db: Database,
  hash: Hash,
): Pick<Ledger, 'byAccessKey' | 'byRoleSessionName'> {
  const ledger = createLedger(db);
  const [keys, names] = [new Marks(), new Marks()];
  let revision: number | undefined;
  let last = 0;
  const readOn = (): void => {
    const now = db.revision();
    if (now === revision) return;
    revision = now;
    // The ledger only grows.
    for (const row of v.parse(Rows, db.all(SELECT, last))) {
      keys.add(hash(row.access_key_id));
      if (row.role_session_name !== null) names.add(hash(row.role_session_name));
      last = row.rowid;
    }
  };
  return {
    byAccessKey(id) {
      readOn();
      return keys.has(hash(id)) ? ledger.byAccessKey(id) : undefined;
    },
    byRoleSessionName(name) {
      readOn();
      return names.has(hash(name)) ? ledger.byRoleSessionName(name) : [];
    },
  };
}

const SELECT = 'SELECT rowid, access_key_id, role_session_name FROM ledger WHERE rowid > ? ORDER BY rowid';

const Rows = v.array(
  v.object({ rowid: v.number(), access_key_id: v.string(), role_session_name: v.nullable(v.string()) }),
);
