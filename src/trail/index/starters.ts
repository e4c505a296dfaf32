/**
 * What sessions have in common, by whom and as what they were started: few and long, so each stands once in the index and
 * has a number there.
 */
import * as v from 'valibot';
import type { Database } from '../../store/database.ts';
import { MintedSession } from '../attribution/mintedSession.ts';
import type { Hash } from './hash.ts';

const { accessKeyId: _key, sessionId: _id, startedAt: _time, ...common } = MintedSession.entries;

const Common = v.object({
  ...common,
  /** What its id begins with: `AROAEXAMPLE:`. */
  idStart: v.optional(v.string()),
  /** Its name is the rest of its id, as it is for roles; otherwise `sessionName` has it. */
  isNamedById: v.boolean(),
});
type Common = v.InferOutput<typeof Common>;

export interface Starter {
  readonly number: number;
  /** What the session's id has after what they have in common. */
  readonly idRest: string;
}

export interface Starters {
  find(session: MintedSession): Starter;
  forget(): void;
}

/** How many texts are remembered. */
const MOST = 5000;

export function createStarters(db: Database, hash: Hash): Starters {
  // By the object first: in a batch the same one stands for the same caller, and mostly it starts the same role again.
  let latest = new WeakMap<object, Map<string, Latest>>();
  const numbers = new Map<string, number>();
  const numberOf = (session: MintedSession, idStart: string | undefined): number => {
    const text = JSON.stringify(commonOf(session, idStart));
    const known = numbers.get(text);
    if (known !== undefined) return known;
    if (numbers.size >= MOST) numbers.clear();
    const number = stored(db, hash(text), text) ?? insert(db, hash, session, text);
    numbers.set(text, number);
    return number;
  };
  return {
    find(session) {
      const { caller, sessionId } = session;
      const idStart = startOf(sessionId);
      const idRest = sessionId?.slice(idStart?.length) ?? '';
      const ofCaller = latest.get(caller) ?? new Map<string, Latest>();
      const before = ofCaller.get(idStart ?? '');
      if (before !== undefined && isAlike(before.session, session)) return { number: before.number, idRest };
      const number = numberOf(session, idStart);
      latest.set(caller, ofCaller.set(idStart ?? '', { session, number }));
      return { number, idRest };
    },
    forget() {
      latest = new WeakMap();
      numbers.clear();
    },
  };
}

interface Latest {
  readonly session: MintedSession;
  readonly number: number;
}

function startOf(sessionId: string | undefined): string | undefined {
  return sessionId?.slice(0, sessionId.indexOf(':') + 1);
}

function isNamedById({ sessionId, sessionName }: MintedSession): boolean {
  return (
    sessionName !== undefined &&
    sessionId?.endsWith(sessionName) === true &&
    sessionId.length === (startOf(sessionId)?.length ?? 0) + sessionName.length
  );
}

/** Of two with one caller whose ids begin alike. */
function isAlike(one: MintedSession, other: MintedSession): boolean {
  return (
    one.roleArn === other.roleArn &&
    one.accountId === other.accountId &&
    one.sourceIdentity === other.sourceIdentity &&
    (one.sessionId === undefined) === (other.sessionId === undefined) &&
    isNamedAlike(one, other) &&
    hasSameTags(one.transitiveTags, other.transitiveTags)
  );
}

function isNamedAlike(one: MintedSession, other: MintedSession): boolean {
  return isNamedById(one) ? isNamedById(other) : !isNamedById(other) && one.sessionName === other.sessionName;
}

type Tags = MintedSession['transitiveTags'];

function hasSameTags(one: Tags, other: Tags): boolean {
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every(key => one[key] === other[key]);
}

function commonOf(session: MintedSession, idStart: string | undefined): Common {
  const { accessKeyId: _key, sessionId: _id, startedAt: _time, sessionName, ...rest } = session;
  const byId = isNamedById(session);
  return { ...rest, sessionName: byId ? undefined : sessionName, idStart, isNamedById: byId };
}

function stored(db: Database, key: number, text: string): number | undefined {
  const row = db.get('SELECT id FROM starter WHERE hash = ? AND body = ?', key, text);
  return row && Number(row['id']);
}

function insert(db: Database, hash: Hash, { caller: { accessKeyId } }: MintedSession, text: string): number {
  const parent = accessKeyId === undefined ? null : hash(accessKeyId);
  const sql = 'INSERT OR FAIL INTO starter (hash, parent, body) VALUES (?, ?, ?) RETURNING id';
  return Number(db.get(sql, hash(text), parent, text)?.['id']);
}

const Body = v.pipe(v.string(), v.parseJson(), Common);

/** @returns what makes a session whole again; each text is parsed once. */
export function createReading(): (body: unknown, own: Own) => MintedSession {
  const parsed = new Map<unknown, Common>();
  return (body, { accessKeyId, idRest, startedAt }) => {
    const known = parsed.get(body) ?? v.parse(Body, body);
    parsed.set(body, known);
    const { idStart, isNamedById: byId, ...rest } = known;
    return {
      ...rest,
      accessKeyId,
      startedAt,
      sessionId: idStart === undefined ? undefined : idStart + idRest,
      sessionName: byId ? idRest : rest.sessionName,
    };
  };
}

/** What a session has of its own. */
interface Own {
  readonly accessKeyId: string;
  readonly idRest: string;
  readonly startedAt: number;
}
