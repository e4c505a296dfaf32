/**
 * Sessions as they were seen to start, in the index. There may be as many as a fifth of all events, so a batch's are
 * written together, and what they have in common stands in a table of its own.
 */
import * as v from 'valibot';
import type { Database } from '../../store/database.ts';
import { better, type MintedSession } from '../attribution/mintedSession.ts';
import { createBulk } from './bulk.ts';
import type { Hash } from './hash.ts';
import { createReading, createStarters } from './starters.ts';

export interface MintedSessions {
  /** @returns those that say something new; one that was known may be among them. */
  add(sessions: readonly MintedSession[]): MintedSession[];
  byKey(accessKeyId: string): MintedSession | undefined;
  byId(sessionId: string): MintedSession[];
  /** Started with one of these access keys; of all, no more than `most`. */
  startedWith(accessKeyIds: readonly string[], most: number): MintedSession[];
  forget(): void;
}

/** How many look-ups are remembered: one verdict asks for the same several times. */
const MOST = 5000;

export function createMintedSessions(db: Database, hash: Hash): MintedSessions {
  const remembered = new Map<string, readonly MintedSession[]>();
  const starters = createStarters(db, hash);
  const find = (column: 'key' | 'session', value: string): readonly MintedSession[] => {
    const name = `${column} ${value}`;
    const known = remembered.get(name);
    if (known !== undefined) return known;
    if (remembered.size >= MOST) remembered.clear();
    const from = `minted JOIN starter ON starter.id = minted.starter WHERE minted.${column} = ?`;
    const found = read(db, from, hash(value));
    remembered.set(name, found);
    return found;
  };
  const byKey = (accessKeyId: string): MintedSession | undefined =>
    find('key', accessKeyId).find(session => session.accessKeyId === accessKeyId);
  return {
    byKey,
    byId: id => find('session', id).filter(({ sessionId }) => sessionId === id),
    add(sessions) {
      const { fresh, taken } = insert(db, bestOfEach(sessions), valuesOf);
      // What was asked for before may be told by them.
      remembered.clear();
      const replaced = taken.filter(replace);
      return replaced.length === 0 ? fresh : [...new Set([...fresh, ...replaced])];
    },
    startedWith(accessKeyIds, most) {
      const own = new Set<string | undefined>(accessKeyIds);
      const keys = JSON.stringify(accessKeyIds.map(hash));
      const found = read(db, STARTED, keys, most);
      return found.filter(({ caller }) => own.has(caller.accessKeyId));
    },
    forget() {
      remembered.clear();
      starters.forget();
    },
  };

  function valuesOf(session: MintedSession): Values {
    const { accessKeyId, sessionId, startedAt } = session;
    const { number, idRest } = starters.find(session);
    const id = sessionId === undefined ? null : hash(sessionId);
    return [hash(accessKeyId), id, number, accessKeyId, idRest, startedAt];
  }

  /** @returns whether it says more than the one that is there. */
  function replace(session: MintedSession): boolean {
    const before = byKey(session.accessKeyId);
    if (before === undefined || better(before, session) === before) return false;
    const sql = `INSERT INTO ${COLUMNS} VALUES (?,?,?,?,?,?) ON CONFLICT (key) DO UPDATE SET ${NEWER}`;
    db.run(sql, ...valuesOf(session));
    remembered.clear();
    return true;
  }
}

const STARTED = `
  starter CROSS JOIN minted ON minted.starter = starter.id
  WHERE starter.parent IN (SELECT value FROM json_each(?)) LIMIT ?`;

const COLUMNS = 'minted (key, session, starter, access_key_id, id_rest, time)';
const NEWER = `session = excluded.session, starter = excluded.starter, id_rest = excluded.id_rest, time = excluded.time`;

function bestOfEach(sessions: readonly MintedSession[]): MintedSession[] {
  const best = new Map<string, MintedSession>();
  for (const session of sessions) {
    const other = best.get(session.accessKeyId);
    best.set(session.accessKeyId, other === undefined ? session : better(other, session));
  }
  return [...best.values()];
}

type Values = readonly [
  key: number,
  session: number | null,
  starter: number,
  accessKeyId: string,
  idRest: string,
  time: number,
];

interface Inserted {
  /** Some of them may have been there: which, a statement for many does not tell. */
  readonly fresh: MintedSession[];
  /** Some or all of these were there, and may say less. */
  readonly taken: MintedSession[];
}

function insert(
  db: Database,
  sessions: readonly MintedSession[],
  values: (session: MintedSession) => Values,
): Inserted {
  const inserted: Inserted = { fresh: [], taken: [] };
  let at = 0;
  const rows = createBulk(
    db,
    { insert: `INSERT OR FAIL INTO ${COLUMNS} VALUES`, columns: 6, rest: 'ON CONFLICT DO NOTHING' },
    (count, changed) => {
      const own = sessions.slice(at, at + count);
      at += count;
      if (changed > 0) for (const one of own) inserted.fresh.push(one);
      if (changed < count) for (const one of own) inserted.taken.push(one);
    },
  );
  for (const session of sessions) rows.add(...values(session));
  rows.flush();
  return inserted;
}

const Row = v.object({
  access_key_id: v.string(),
  id_rest: v.string(),
  time: v.number(),
  body: v.string(),
});

const SELECT = 'SELECT access_key_id, id_rest, time, body FROM';

function read(db: Database, from: string, ...values: (number | string)[]): MintedSession[] {
  const whole = createReading();
  return db.all(`${SELECT} ${from}`, ...values).map(row => {
    const { access_key_id, id_rest, time, body } = v.parse(Row, row);
    return whole(body, { accessKeyId: access_key_id, idRest: id_rest, startedAt: time });
  });
}
