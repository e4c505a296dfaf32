/**
 * What the trail itself teaches about who is who: sessions that were seen to start, and copies of events in other
 * accounts. Both may come after the events they explain, so what is new here says which verdicts to reach anew.
 */
import * as v from 'valibot';
import type { Database } from '../../store/database.ts';
import type { Evidence, Known } from '../attribution/attribution.ts';
import { hidesCaller } from '../attribution/copyRule.ts';
import { type Clue, cluesOfSession, withDescendants } from '../attribution/learned.ts';
import type { MintedSession } from '../attribution/mintedSession.ts';
import { StoredEvidence } from './callers.ts';
import type { Hash } from './hash.ts';
import { createMintedSessions } from './minted.ts';

export interface Learning {
  /** @returns what verdicts may hang on, of those that say something new. */
  sessions(sessions: readonly MintedSession[]): Clue[];
  /** @returns what verdicts may hang on, when it says something new. */
  copy(sharedEventId: string, accountId: string, caller: number, time: number): Clue[];
  /** Of the sessions that were started with these access keys, over any number of steps; of all, without `most`. */
  descendants(accessKeyIds: Iterable<string>, most?: number): Clue[];
  /** The copies of these callers' events in other accounts; for each caller no more than `most`. */
  copies(callers: readonly number[], most?: number): Clue[];
  /** With what the index has learned. */
  known(known: Known): Known;
  /** What was looked up is looked up again: another connection may have learned more, or a transaction failed. */
  forget(): void;
}

export function createLearning(db: Database, hash: Hash): Learning {
  const sessions = createMintedSessions(db, hash);
  return {
    sessions: learned => sessions.add(learned).flatMap(cluesOfSession),
    copy(sharedEventId, accountId, caller, time) {
      const isNew = db.run(
        'INSERT OR FAIL INTO copy VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
        sharedEventId,
        accountId,
        caller,
        time,
      );
      return isNew === 1 ? [`copy:${sharedEventId}`] : [];
    },
    descendants(accessKeyIds, most = -1) {
      const clues: Clue[] = [];
      withDescendants(accessKeyIds, keys => {
        const children = most >= 0 && clues.length >= most ? [] : sessions.startedWith(keys, most);
        clues.push(...children.flatMap(cluesOfSession));
        return children.map(child => child.accessKeyId);
      });
      return clues;
    },
    copies: (callers, most = -1) =>
      callers.flatMap(caller =>
        db
          .all('SELECT shared_event_id FROM copy WHERE caller = ? LIMIT ?', caller, most)
          .map((row): Clue => `copy:${row['shared_event_id']}`),
      ),
    known: known => ({
      byAccessKey: known.byAccessKey,
      byRoleSessionName: known.byRoleSessionName,
      users: known.users,
      agents: known.agents,
      mintedBy: sessions.byKey,
      mintedAs: sessions.byId,
      copyOf: (sharedEventId, accountId) => copyOf(db, sharedEventId, accountId),
    }),
    forget: sessions.forget,
  };
}

/** Of copies in several accounts the one that shows the caller: a third account's hides it as well. */
function copyOf(db: Database, sharedEventId: string, accountId: string): Evidence | undefined {
  return db
    .all(
      `SELECT evidence FROM copy JOIN caller ON caller.id = copy.caller
       WHERE copy.shared_event_id = ? AND copy.account_id <> ?`,
      sharedEventId,
      accountId,
    )
    .map(row => v.parse(StoredEvidence, row['evidence']))
    .find(evidence => !hidesCaller(evidence));
}
