/**
 * Sessions as they were seen to start, in the index. There may be as many as a fifth of all events, so a batch's are
 * written together, and who started them stands in a table of its own.
 */
import * as v from 'valibot';
import type { Database } from '../../store/database.ts';
import { better, MintedSession } from '../attribution/mintedSession.ts';
import { createBulk } from './bulk.ts';
import type { Hash } from './hash.ts';

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
    const found = read(db, `minted.${column} = ?`, hash(value));
    remembered.set(name, found);
    return found;
  };
  const byKey = (accessKeyId: string): MintedSession | undefined =>
    find('key', accessKeyId).find(session => session.accessKeyId === accessKeyId);
  return {
    byKey,
    byId: id => find('session', id).filter(({ sessionId }) => sessionId === id),
    add(sessions) {
      const kept = insert(db, bestOfEach(sessions), one => valuesOf(hash, starters.number, one));
      // What was asked for before may be told by them.
      remembered.clear();
      return kept.fresh.concat(kept.taken.filter(one => replace(one)));
    },
    startedWith(accessKeyIds, most) {
      const own = new Set<string | undefined>(accessKeyIds);
      const keys = JSON.stringify(accessKeyIds.map(hash));
      const found = read(db, 'minted.parent IN (SELECT value FROM json_each(?)) LIMIT ?', keys, most);
      return found.filter(({ caller }) => own.has(caller.accessKeyId));
    },
    forget() {
      remembered.clear();
      starters.forget();
    },
  };

  /** @returns whether it says more than the one that is there. */
  function replace(session: MintedSession): boolean {
    const before = byKey(session.accessKeyId);
    if (before === undefined || better(before, session) === before) return false;
    db.run(
      `${INSERT} (?,?,?,?,?) ON CONFLICT (key) DO UPDATE SET ${NEWER}`,
      ...valuesOf(hash, starters.number, session),
    );
    remembered.clear();
    return true;
  }
}

const INSERT = 'INSERT INTO minted (key, session, parent, starter, body) VALUES';
const NEWER =
  'session = excluded.session, parent = excluded.parent, starter = excluded.starter, body = excluded.body';

function bestOfEach(sessions: readonly MintedSession[]): MintedSession[] {
  const best = new Map<string, MintedSession>();
  for (const session of sessions) {
    const other = best.get(session.accessKeyId);
    best.set(session.accessKeyId, other === undefined ? session : better(other, session));
  }
  return [...best.values()];
}

type Values = readonly (number | string)[];

/** @returns those that are new, and those of which some were there: which, a statement for many does not tell. */
function insert(
  db: Database,
  sessions: readonly MintedSession[],
  values: (session: MintedSession) => Values,
): { readonly fresh: MintedSession[]; readonly taken: MintedSession[] } {
  const [fresh, taken]: [MintedSession[], MintedSession[]] = [[], []];
  let at = 0;
  const rows = createBulk(
    db,
    { insert: INSERT, columns: 5, rest: 'ON CONFLICT DO NOTHING' },
    (count, changed) => {
      (changed === count ? fresh : taken).push(...sessions.slice(at, at + count));
      at += count;
    },
  );
  for (const session of sessions) rows.add(...values(session));
  rows.flush();
  return { fresh, taken };
}

function valuesOf(
  hash: Hash,
  starterOf: (caller: MintedSession['caller']) => number,
  session: MintedSession,
): Values {
  const { caller, ...rest } = session;
  const { accessKeyId, sessionId = '' } = session;
  return [
    hash(accessKeyId),
    hash(sessionId),
    hash(caller.accessKeyId ?? ''),
    starterOf(caller),
    JSON.stringify(rest),
  ];
}

const json = v.pipe(v.string(), v.parseJson());

const Row = v.pipe(
  v.object({ body: v.pipe(json, v.record(v.string(), v.unknown())), principal: json }),
  v.transform(({ body, principal }) => ({ ...body, caller: principal })),
  MintedSession,
);

function read(db: Database, where: string, ...values: (number | string)[]): MintedSession[] {
  return db
    .all(
      `SELECT body, principal FROM minted JOIN starter ON starter.id = minted.starter WHERE ${where}`,
      ...values,
    )
    .map(row => v.parse(Row, row));
}

function createStarters(db: Database, hash: Hash) {
  // By the object first: in a batch the same one stands for the same principal.
  let objects = new WeakMap<object, number>();
  const texts = new Map<string, number>();
  const ofText = (text: string): number => {
    const known = texts.get(text);
    if (known !== undefined) return known;
    if (texts.size >= MOST) texts.clear();
    const key = hash(text);
    const found = db.get('SELECT id FROM starter WHERE hash = ? AND principal = ?', key, text);
    const row =
      found ?? db.get('INSERT INTO starter (hash, principal) VALUES (?, ?) RETURNING id', key, text);
    const number = Number(row?.['id']);
    texts.set(text, number);
    return number;
  };
  return {
    number(caller: MintedSession['caller']): number {
      const known = objects.get(caller);
      if (known !== undefined) return known;
      const number = ofText(JSON.stringify(caller));
      objects.set(caller, number);
      return number;
    },
    forget(): void {
      objects = new WeakMap();
      texts.clear();
    },
  };
}
