/**
 * Verdicts, brought up to date when more is known than when they were reached: the ledger has new sessions, a profile
 * came or changed, or the rules did. Only callers that the new knowledge can touch are judged again.
 */
import * as v from 'valibot';
import type { Emitter } from '../base/emitter.ts';
import type { Database } from '../store/database.ts';
import type { Aside } from './aside/aside.ts';
import { RULES_VERSION } from './attribution/attribute.ts';
import type { Known } from './attribution/attribution.ts';
import { type Clue, cluesOfEntry, cluesOfIdentity } from './attribution/learned.ts';
import type { TrailIndex } from './index/openIndex.ts';
import { TooMuch, type Within } from './index/reconsider.ts';
import { isUnwritable } from './index/sqliteErrors.ts';
import type { IndexWriter } from './index/writer.ts';

export interface UpdateInput {
  readonly index: Pick<TrailIndex, 'db'>;
  readonly writer: IndexWriter;
  /** The database of the ledger. */
  readonly ledger: Database;
  readonly known: Pick<Known, 'byAccessKey' | 'byRoleSessionName' | 'users' | 'agents'>;
  readonly within: Within;
}

/** @throws TooMuch when it must be milliseconds' work and is not; then nothing was done. @returns of how many callers the verdict changed. While the index cannot be written it does nothing: the next call will. */
export function bringUpToDate(input: UpdateInput): number {
  const { index, writer, ledger, known, within } = input;
  const now = knowledge(ledger, known);
  if (isSame(readState(index.db), now)) return 0;
  try {
    return writer.transaction(() => {
      const before = readState(index.db);
      const changed =
        before.rules === now.rules
          ? writer.reconsider(newClues(ledger, before, now), known, within)
          : writer.reconsiderAll(known, within);
      writeState(index.db, now);
      return changed;
    });
  } catch (error) {
    if (isUnwritable(error)) return 0;
    throw error;
  }
}

export interface Verdicts {
  /** What is some milliseconds' work at once; more in a thread, which listeners hear of when it is through. */
  update(): void;
  /** Resolves when nothing is left to do. @throws UserError `trail.index*` */
  upToDate(): Promise<void>;
}

export interface VerdictsInput extends Pick<UpdateInput, 'index' | 'writer' | 'ledger'> {
  readonly known: () => Known;
  readonly aside: Pick<Aside, 'ask'>;
  readonly changed: Pick<Emitter<void>, 'fire'>;
}

export function createVerdicts({ known, aside, changed, ...parts }: VerdictsInput): Verdicts {
  let judging: Promise<number> | undefined;
  const judgeAside = (): void => {
    const { users, agents } = known();
    judging = aside.ask({ is: 'judge', users, agents });
    const ended = (count: number): void => {
      judging = undefined;
      if (count > 0) changed.fire();
    };
    // Who waits for it hears of a failure; for all others the next question tries again.
    judging.then(ended, () => ended(0));
  };
  const update = (): void => {
    if (judging !== undefined) return;
    try {
      if (bringUpToDate({ ...parts, known: known(), within: 'milliseconds' }) > 0) changed.fire();
    } catch (error) {
      if (!(error instanceof TooMuch)) throw error;
      judgeAside();
    }
  };
  return {
    update,
    async upToDate() {
      await judging;
      update();
      await judging;
    },
  };
}

interface Knowledge {
  readonly rules: string;
  /** The ledger only grows: its last row says how far it was read. */
  readonly ledger: string;
  /** Users and agents, one text each. */
  readonly identities: string;
}

function isSame(one: Partial<Knowledge>, other: Knowledge): boolean {
  return one.rules === other.rules && one.ledger === other.ledger && one.identities === other.identities;
}

function knowledge(ledger: Database, known: Pick<Known, 'users' | 'agents'>): Knowledge {
  const last = ledger.get('SELECT max(rowid) AS last FROM ledger')?.['last'];
  return {
    rules: String(RULES_VERSION),
    ledger: String(last ?? 0),
    identities: JSON.stringify(
      [...known.users, ...known.agents].map(each => JSON.stringify(each)).toSorted(),
    ),
  };
}

function readState(db: Database): Partial<Knowledge> {
  const rows = v.parse(StateRows, db.all('SELECT key, value FROM state'));
  return Object.fromEntries(rows.map(({ key, value }) => [key, value]));
}

const StateRows = v.array(v.object({ key: v.string(), value: v.string() }));

function writeState(db: Database, state: Knowledge): void {
  for (const [key, value] of Object.entries(state))
    db.run(
      'INSERT INTO state VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
      key,
      value,
    );
}

function newClues(ledger: Database, before: Partial<Knowledge>, now: Knowledge): Clue[] {
  return [
    ...ledgerClues(ledger, Number(before.ledger ?? 0)),
    ...identityClues(before.identities, now.identities),
  ];
}

const LedgerRows = v.array(
  v.pipe(
    v.object({ access_key_id: v.string(), role_session_name: v.nullable(v.string()) }),
    v.transform(({ access_key_id, role_session_name }) => ({
      accessKeyId: access_key_id,
      ...(role_session_name === null ? {} : { roleSessionName: role_session_name }),
    })),
  ),
);

function ledgerClues(ledger: Database, after: number): Clue[] {
  const rows = ledger.all('SELECT access_key_id, role_session_name FROM ledger WHERE rowid > ?', after);
  return v.parse(LedgerRows, rows).flatMap(cluesOfEntry);
}

const Identities = v.fallback(
  v.pipe(
    v.string(),
    v.parseJson(),
    v.array(
      v.pipe(
        v.string(),
        v.parseJson(),
        v.object({
          name: v.string(),
          accountId: v.string(),
          arn: v.exactOptional(v.string()),
          roleArn: v.exactOptional(v.string()),
        }),
      ),
    ),
  ),
  [],
);

function identityClues(before: string | undefined, now: string): Clue[] {
  if (before === now) return [];
  return [...v.parse(Identities, before), ...v.parse(Identities, now)].flatMap(cluesOfIdentity);
}
