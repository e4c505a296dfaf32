/**
 * What the trail itself teaches about who is who: sessions that were seen to start, and copies of events in other
 * accounts. Both may come after the events they explain, so what is new here says which verdicts to reach anew.
 */
import * as v from 'valibot';
import type { Database, Row } from '../../store/database.ts';
import type { Evidence, Known } from '../attribution/attribution.ts';
import { type Clue, cluesOfSession, withDescendants } from '../attribution/learned.ts';
import { better, MintedSession } from '../attribution/mintedSession.ts';
import { StoredEvidence } from './callers.ts';
import type { Hash } from './hash.ts';

export interface Learning {
  /** @returns what verdicts may hang on, when it says something new. */
  session(session: MintedSession): Clue[];
  copy(sharedEventId: string, accountId: string, caller: number): Clue[];
  /** Of all sessions that were started with these access keys, over any number of steps. */
  descendants(accessKeyIds: Iterable<string>): Clue[];
  /** The copies of these callers' events in other accounts. */
  copies(callers: readonly number[]): Clue[];
  /** With what the index has learned. */
  known(known: Known): Known;
  /** What was looked up is looked up again: another connection may have learned more, or a transaction failed. */
  forget(): void;
}

/** How many sessions are remembered: one verdict asks for the same several times. */
const MOST = 5000;

const Body = v.pipe(v.string(), v.parseJson(), MintedSession);

export function createLearning(db: Database, hash: Hash): Learning {
  const sessions = rememberedSessions(db, hash);
  const byKey = (accessKeyId: string): MintedSession | undefined =>
    sessions.find('key', accessKeyId).find(session => session.accessKeyId === accessKeyId);
  const childrenOf = (accessKeyId: string): MintedSession[] =>
    parse(db.all('SELECT body FROM minted WHERE parent = ?', hash(accessKeyId))).filter(
      ({ caller }) => caller.accessKeyId === accessKeyId,
    );
  return {
    session(session) {
      if (db.run(`${INSERT} DO NOTHING`, ...valuesOf(hash, session)) === 0) {
        const kept = byKey(session.accessKeyId);
        if (kept === undefined || better(kept, session) === kept) return [];
        db.run(`${INSERT} (key) DO UPDATE SET ${NEWER}`, ...valuesOf(hash, session));
      }
      sessions.changed(session);
      return cluesOfSession(session);
    },
    copy(sharedEventId, accountId, caller) {
      const isNew = db.run(
        'INSERT INTO copy VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
        sharedEventId,
        accountId,
        caller,
      );
      return isNew === 1 ? [`copy:${sharedEventId}`] : [];
    },
    descendants(accessKeyIds) {
      const clues: Clue[] = [];
      withDescendants(accessKeyIds, key => {
        const children = childrenOf(key);
        clues.push(...children.flatMap(cluesOfSession));
        return children.map(child => child.accessKeyId);
      });
      return clues;
    },
    copies: callers =>
      callers.flatMap(caller =>
        db
          .all('SELECT shared_event_id FROM copy WHERE caller = ?', caller)
          .map((row): Clue => `copy:${row['shared_event_id']}`),
      ),
    known: known => ({
      byAccessKey: known.byAccessKey,
      byRoleSessionName: known.byRoleSessionName,
      users: known.users,
      agents: known.agents,
      mintedBy: byKey,
      mintedAs: id => sessions.find('session', id).filter(({ sessionId }) => sessionId === id),
      copyOf: (sharedEventId, accountId) => copyOf(db, sharedEventId, accountId),
    }),
    forget: sessions.forget,
  };
}

const INSERT = 'INSERT INTO minted VALUES (?, ?, ?, ?) ON CONFLICT';
const NEWER = 'session = excluded.session, parent = excluded.parent, body = excluded.body';

function valuesOf(hash: Hash, session: MintedSession): (number | string)[] {
  const { accessKeyId, sessionId = '', caller } = session;
  return [hash(accessKeyId), hash(sessionId), hash(caller.accessKeyId ?? ''), JSON.stringify(session)];
}

function parse(rows: readonly Row[]): MintedSession[] {
  return rows.map(row => v.parse(Body, row['body']));
}

function rememberedSessions(db: Database, hash: Hash) {
  const remembered = new Map<string, readonly MintedSession[]>();
  return {
    find(column: 'key' | 'session', value: string): readonly MintedSession[] {
      const name = `${column} ${value}`;
      const known = remembered.get(name);
      if (known !== undefined) return known;
      if (remembered.size >= MOST) remembered.clear();
      const found = parse(db.all(`SELECT body FROM minted WHERE ${column} = ?`, hash(value)));
      remembered.set(name, found);
      return found;
    },
    changed({ accessKeyId, sessionId }: MintedSession): void {
      remembered.delete(`key ${accessKeyId}`);
      remembered.delete(`session ${sessionId}`);
    },
    forget: () => remembered.clear(),
  };
}

function copyOf(db: Database, sharedEventId: string, accountId: string): Evidence | undefined {
  const row = db.get(
    `SELECT evidence FROM copy JOIN caller ON caller.id = copy.caller
     WHERE copy.shared_event_id = ? AND copy.account_id <> ?`,
    sharedEventId,
    accountId,
  );
  return row === undefined ? undefined : v.parse(StoredEvidence, row['evidence']);
}
