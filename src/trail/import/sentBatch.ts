/**
 * A batch on its way from a reader to the writer. Up to a fifth of all events start a session. Sent as objects, these
 * sessions would cost the writer, for whom everybody waits, more than all the rest of the batch: so they go as texts,
 * and are put together again from what the batch says of their events.
 */
import { callerOf, type MintedSession, sessionIn } from '../attribution/mintedSession.ts';
import type { Batch, StartedSession } from '../scan/batch.ts';
import type { Principal } from '../trailEvent.ts';

export interface SentBatch extends Omit<Batch, 'sessions'> {
  readonly sessions: SentSessions;
}

interface SentSessions {
  readonly event: Int32Array;
  /** Who asked for it: from 1 in `callers`; 0 where none was given out. */
  readonly caller: Int32Array;
  readonly callers: readonly Principal[];
  /** Seven of each. */
  readonly texts: readonly (string | undefined)[];
  /** Those with tags, as they are; by their place among all. */
  readonly tagged: ReadonlyMap<number, StartedSession>;
}

export function sent(batch: Batch): SentBatch {
  const { sessions } = batch;
  const caller = new Int32Array(sessions.length);
  const callers: Principal[] = [];
  const numbers = new Map<MintedSession['caller'], number>();
  const texts: (string | undefined)[] = [];
  const tagged = new Map<number, StartedSession>();
  for (const [place, session] of sessions.entries()) {
    const { asked, error, minted } = session;
    if (hasTags(session)) tagged.set(place, session);
    if (minted !== undefined) {
      const known = numbers.get(minted.caller) ?? callers.push(callerOf(minted));
      numbers.set(minted.caller, known);
      caller[place] = known;
    }
    texts.push(asked.roleArn, asked.sessionName, asked.sourceIdentity, asked.accessKeyId, asked.sessionId);
    texts.push(error, minted?.accountId);
  }
  const event = Int32Array.from(sessions, session => session.event);
  return { ...batch, sessions: { event, caller, callers, texts, tagged } };
}

export function received(batch: SentBatch): Batch {
  const { event, tagged } = batch.sessions;
  return { ...batch, sessions: Array.from(event, (_, place) => tagged.get(place) ?? together(batch, place)) };
}

const TEXTS = 7;
const NONE: Readonly<Record<string, string>> = Object.freeze({});

function together({ sessions, time }: SentBatch, place: number): StartedSession {
  const { event, caller, callers, texts } = sessions;
  const at = place * TEXTS;
  const asked = {
    roleArn: texts[at],
    sessionName: texts[at + 1],
    sourceIdentity: texts[at + 2],
    tags: NONE,
    transitiveTags: NONE,
    accessKeyId: texts[at + 3],
    sessionId: texts[at + 4],
  };
  const own = event[place] ?? 0;
  const principal = callers[(caller[place] ?? 0) - 1];
  const found = { requestedSession: asked, time: time[own] ?? 0, accountId: texts[at + 6] ?? '' };
  const minted = principal === undefined ? undefined : sessionIn({ ...found, principal });
  return { event: own, asked, error: texts[at + 5], minted };
}

function hasTags({ asked }: StartedSession): boolean {
  for (const _ in asked.tags) return true;
  for (const _ in asked.transitiveTags) return true;
  return false;
}
