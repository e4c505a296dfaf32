/**
 * Callers in the index, each with its verdict. A caller is what a verdict is reached from, so every event of one caller
 * has the same; when more is known, verdicts are reached anew for the callers that the new knowledge touches.
 */
import * as v from 'valibot';
import type { Database } from '../../store/database.ts';
import { attribute } from '../attribution/attribute.ts';
import type { Attribution, Evidence, Known } from '../attribution/attribution.ts';
import { hidesCaller } from '../attribution/copyRule.ts';
import { identityKey } from '../attribution/identityKey.ts';
import type { Clue } from '../attribution/learned.ts';
import type { Principal } from '../trailEvent.ts';
import { CluePlaces, placeOf, type Sort } from './cluePlaces.ts';
import type { Hash } from './hash.ts';
import type { IndexNames } from './names.ts';

export interface Callers {
  /** @returns the caller's number. */
  find(evidence: Evidence, known: Known): number;
  actorOf(caller: number): number;
  evidence(caller: number): Evidence;
  /** The callers whose verdicts hang on one of the clues; no more than `most` for each place where a clue can stand. */
  touchedBy(clues: Iterable<Clue>, most?: number): number[];
  /** @returns whether its verdict is another one now; its events have still to be moved to `actor`. */
  judge(caller: number, known: Known): { readonly before: number; readonly after: number } | undefined;
  /** Another connection may have changed verdicts. */
  forgetActors(): void;
  forget(): void;
}

const MOST = 10_000;
const MOST_ACTORS = 200_000;

export function createCallers(db: Database, hash: Hash, names: IndexNames): Callers {
  const numbers = new Map<string, number>();
  const actors = new Map<number, number>();
  const places = new CluePlaces(db, hash);
  const made = (evidence: Evidence, identity: string, known: Known): number => {
    const { caller, actor } = insert({ db, hash, names }, evidence, identity, known);
    actors.set(caller, actor);
    return caller;
  };
  return {
    find(evidence, known) {
      const identity = identityKey(evidence);
      const kept = numbers.get(identity);
      if (kept !== undefined) return kept;
      const caller = stored(db, hash(identity), identity) ?? made(evidence, identity, known);
      if (numbers.size >= MOST) numbers.clear();
      numbers.set(identity, caller);
      return caller;
    },
    actorOf(caller) {
      const kept =
        actors.get(caller) ?? Number(db.get('SELECT actor FROM caller WHERE id = ?', caller)?.['actor']);
      if (actors.size >= MOST_ACTORS) actors.clear();
      actors.set(caller, kept);
      return kept;
    },
    evidence: caller =>
      v.parse(StoredEvidence, db.get('SELECT evidence FROM caller WHERE id = ?', caller)?.['evidence']),
    touchedBy: (clues, most = -1) => touched(db, hash, places.possible(new Set(clues)), most),
    judge(caller, known) {
      const row = v.parse(
        JudgedRow,
        db.get('SELECT evidence, actor, attribution FROM caller WHERE id = ?', caller),
      );
      const verdict = attribute(row.evidence, known);
      const values = verdictValues(verdict);
      if (values[1] === row.attribution) return undefined;
      const after = names.actor(verdict);
      db.run(UPDATE, after, ...values, caller);
      actors.set(caller, after);
      return { before: row.actor, after };
    },
    forgetActors() {
      actors.clear();
    },
    forget() {
      places.forget();
      numbers.clear();
      actors.clear();
    },
  };
}

function stored(db: Database, hash: number, identity: string): number | undefined {
  const rows = db.all('SELECT id, evidence FROM caller WHERE hash = ?', hash);
  const row = rows.find(({ evidence }) => identityKey(v.parse(StoredEvidence, evidence)) === identity);
  return row && Number(row['id']);
}

/** All clues of one sort together: to ask for one after the other takes several times as long. */
function touched(db: Database, hash: Hash, clues: Iterable<Clue>, most: number): number[] {
  const found = new Set<number>();
  for (const [sort, values] of bySort(clues)) {
    const keys = HASHED.has(sort) ? values.map(hash) : values;
    for (const column of COLUMNS[sort]) {
      const rows = db.all(
        `SELECT id FROM caller WHERE ${column} IN (SELECT value FROM json_each(?)) LIMIT ?`,
        JSON.stringify(keys),
        most,
      );
      for (const row of rows) found.add(Number(row['id']));
    }
  }
  return [...found];
}

const COLUMNS: Readonly<Record<Sort, readonly string[]>> = {
  key: ['access_key_id', 'started_key'],
  session: ['session_name'],
  arn: ['arn', 'issuer'],
  copy: ['shared_event_id'],
};
const HASHED: ReadonlySet<Sort> = new Set(['arn']);

function bySort(clues: Iterable<Clue>): Map<Sort, string[]> {
  const sorted = new Map<Sort, string[]>();
  for (const clue of clues) {
    const [sort, value] = placeOf(clue);
    const values = sorted.get(sort);
    if (values === undefined) sorted.set(sort, [value]);
    else values.push(value);
  }
  return sorted;
}

function insert(
  { db, hash, names }: { db: Database; hash: Hash; names: IndexNames },
  evidence: Evidence,
  identity: string,
  known: Known,
): { readonly caller: number; readonly actor: number } {
  const verdict = attribute(evidence, known);
  const actor = names.actor(verdict);
  const { principal } = evidence;
  const row = db.get(
    INSERT,
    hash(identity),
    JSON.stringify(evidence),
    searchText(principal),
    principal.accessKeyId ?? null,
    principal.sessionName ?? null,
    evidence.requestedSession?.accessKeyId ?? null,
    hidesCaller(evidence) ? (evidence.sharedEventId ?? null) : null,
    hash(principal.arn ?? ''),
    hash(principal.issuerArn ?? ''),
    actor,
    ...verdictValues(verdict),
  );
  return { caller: Number(row?.['id']), actor };
}

const INSERT = `
  INSERT OR FAIL INTO caller (hash, evidence, search, access_key_id, session_name, started_key, shared_event_id, arn, issuer,
    actor, deployment_id, attribution)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`;

const UPDATE = `
  UPDATE caller SET actor = ?, deployment_id = ?, attribution = ?,
    judged = 1 + (SELECT coalesce(max(judged), 0) FROM caller WHERE judged > 0)
  WHERE id = ?`;

function searchText({ arn, userName, accessKeyId, sourceIdentity, invokedBy }: Principal): string {
  return [arn, userName, accessKeyId, sourceIdentity, invokedBy]
    .filter(text => text !== undefined)
    .join('\n')
    .toLowerCase();
}

function verdictValues(attribution: Attribution): [string | null, string] {
  return [attribution.deploymentId ?? null, JSON.stringify(attribution)];
}

const maybe = v.optional(v.string());

/** Evidence as it was written: `JSON.stringify` leaves out what is undefined. */
export const StoredEvidence = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    principal: v.record(v.string(), v.string()),
    accountId: v.string(),
    source: v.string(),
    eventType: maybe,
    sharedEventId: maybe,
    userAgent: maybe,
    error: maybe,
    requestedSession: v.optional(
      v.object({
        roleArn: maybe,
        sessionName: maybe,
        sourceIdentity: maybe,
        tags: v.record(v.string(), v.string()),
        transitiveTags: v.record(v.string(), v.string()),
        accessKeyId: maybe,
        sessionId: maybe,
      }),
    ),
  }),
  v.transform(
    (stored): Evidence => ({
      ...stored,
      principal: principalIn(stored.principal),
      eventType: stored.eventType,
      sharedEventId: stored.sharedEventId,
      userAgent: stored.userAgent,
      error: stored.error,
      requestedSession: stored.requestedSession && {
        ...stored.requestedSession,
        roleArn: stored.requestedSession.roleArn,
        sessionName: stored.requestedSession.sessionName,
        sourceIdentity: stored.requestedSession.sourceIdentity,
        accessKeyId: stored.requestedSession.accessKeyId,
        sessionId: stored.requestedSession.sessionId,
      },
    }),
  ),
);

function principalIn(stored: Readonly<Record<string, string>>): Principal {
  return {
    type: stored['type'],
    arn: stored['arn'],
    accountId: stored['accountId'],
    userName: stored['userName'],
    principalId: stored['principalId'],
    accessKeyId: stored['accessKeyId'],
    issuerArn: stored['issuerArn'],
    issuerName: stored['issuerName'],
    sessionName: stored['sessionName'],
    sourceIdentity: stored['sourceIdentity'],
    invokedBy: stored['invokedBy'],
    onBehalfOfUser: stored['onBehalfOfUser'],
    createdAt: stored['createdAt'],
    provider: stored['provider'],
  };
}

const JudgedRow = v.object({ evidence: StoredEvidence, actor: v.number(), attribution: v.string() });
