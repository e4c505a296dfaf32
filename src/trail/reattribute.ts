/**
 * Stored verdicts, brought up to date when more is known than when they were reached: the ledger has new sessions, a
 * profile came or changed, or the rules did. Only events that the new knowledge can touch are looked at again.
 */
import * as v from 'valibot';
import type { Database, Row } from '../store/database.ts';
import { attribute, RULES_VERSION } from './attribution/attribute.ts';
import type { Known } from './attribution/attribution.ts';
import { parseTrailEvent } from './trailEvent.ts';
import { attributionValues } from './trailStore.ts';

/** @returns how many verdicts changed. */
export function bringUpToDate(db: Database, known: Known): number {
  if (isCurrent(db, known)) return 0;
  return db.transaction(() => {
    const before = readState(db);
    const after = knowledge(db, known);
    const changed = candidates(db, before, after).filter(seq => reattribute(db, seq, known)).length;
    writeState(db, after);
    return changed;
  });
}

interface Knowledge {
  readonly rules: string;
  /** The ledger only grows, so its size says whether it is the same. */
  readonly ledger: string;
  /** Users and agents, one text each. */
  readonly identities: string;
}

function isCurrent(db: Database, known: Known): boolean {
  const [stored, now] = [readState(db), knowledge(db, known)];
  return stored.rules === now.rules && stored.ledger === now.ledger && stored.identities === now.identities;
}

function knowledge(db: Database, known: Known): Knowledge {
  return {
    rules: String(RULES_VERSION),
    ledger: String(db.get('SELECT count(*) AS size FROM ledger')?.['size'] ?? 0),
    identities: JSON.stringify(
      [...known.users, ...known.agents].map(each => JSON.stringify(each)).toSorted(),
    ),
  };
}

function readState(db: Database): Partial<Knowledge> {
  const rows = v.parse(StateRows, db.all('SELECT key, value FROM trail_state'));
  return Object.fromEntries(rows.map(({ key, value }) => [key, value]));
}

const StateRows = v.array(v.object({ key: v.string(), value: v.string() }));

function writeState(db: Database, state: Knowledge): void {
  for (const [key, value] of Object.entries(state))
    db.run(
      'INSERT INTO trail_state VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
      key,
      value,
    );
}

/** The events whose verdict may be another one now. */
function candidates(db: Database, before: Partial<Knowledge>, after: Knowledge): number[] {
  if (before.rules !== after.rules) return seqs(db.all('SELECT seq FROM trail_event'));
  const ledger = before.ledger === after.ledger ? [] : seqs(db.all(IN_LEDGER));
  const arns = changedArns(before.identities, after.identities);
  return [...new Set([...ledger, ...arns.flatMap(arn => seqs(db.all(OF_PRINCIPAL, arn, arn)))])];
}

const IN_LEDGER = `
  SELECT seq FROM trail_event
  WHERE json_extract(attribution, '$.strength') <> 'exact' AND access_key_id IN (SELECT access_key_id FROM ledger)
  UNION
  SELECT seq FROM trail_event
  WHERE json_extract(attribution, '$.strength') <> 'exact'
    AND session_name IN (SELECT role_session_name FROM ledger WHERE role_session_name IS NOT NULL)`;

const OF_PRINCIPAL = 'SELECT seq FROM trail_event WHERE principal_arn = ? OR issuer_arn = ?';

const Identities = v.fallback(
  v.pipe(
    v.string(),
    v.parseJson(),
    v.array(
      v.pipe(
        v.string(),
        v.parseJson(),
        v.object({ arn: v.optional(v.string()), roleArn: v.optional(v.string()) }),
      ),
    ),
  ),
  [],
);

function changedArns(before: string | undefined, after: string): string[] {
  if (before === after) return [];
  const all = [...v.parse(Identities, before), ...v.parse(Identities, after)];
  return [...new Set(all.flatMap(({ arn, roleArn }) => [arn, roleArn]))].filter(arn => arn !== undefined);
}

const RecordRow = v.object({
  account_id: v.string(),
  region: v.string(),
  time: v.number(),
  event_id: v.string(),
  attribution: v.string(),
  body: v.string(),
});

function reattribute(db: Database, seq: number, known: Known): boolean {
  const row = v.parse(
    RecordRow,
    db.get(
      `SELECT account_id, region, time, event_id, attribution, body
       FROM trail_event JOIN trail_record USING (seq) WHERE seq = ?`,
      seq,
    ),
  );
  const event = parseTrailEvent(
    { json: row.body, id: row.event_id, time: row.time },
    { accountId: row.account_id, region: row.region, at: row.time },
  );
  const values = attributionValues(attribute(event, known));
  if (values.at(-1) === row.attribution) return false;
  db.run(
    `UPDATE trail_event SET actor_kind = ?, actor_name = ?, on_behalf_of = ?, deployment_id = ?, attribution = ?
     WHERE seq = ?`,
    ...values,
    seq,
  );
  return true;
}

function seqs(rows: readonly Row[]): number[] {
  return rows.map(row => Number(row['seq']));
}
