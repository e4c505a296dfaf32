/**
 * Attribution of one event: who did it, for whom, how sure, and why. Pure. The rules stand in the order of their
 * strength; the first that has a verdict ends the question. A rule that does not apply says undefined.
 */
import { shortKeyId } from '../../base/redact.ts';
import type { Attribution, Evidence, Known, Rule } from './attribution.ts';
import { byKnownStarter, byLedgerChain, byMarkedChain, byStarter } from './chainRules.ts';
import { byOtherCopy } from './copyRule.ts';
import { fromLedger } from './ledgerVerdict.ts';
import { byPerson, byPersonsSession } from './persons.ts';
import {
  byKnownAgent,
  byKnownUser,
  byMcpServer,
  bySourceIdentity,
  byUserAgent,
  external,
  root,
  stranger,
} from './principalRules.ts';
import { byProgram, byProgramsSession } from './programs.ts';
import { service } from './serviceRules.ts';
import { byLedgerSession, byMarks } from './sessionRules.ts';
import { sessionStart } from './sessionStart.ts';

/** Raise it when a rule changes: stored verdicts are then reached anew. */
export const RULES_VERSION = 4;

/** Depends on nothing of the event but what `identityKey` names. Never throws, whatever the record was. */
export function attribute(event: Evidence, known: Known): Attribution {
  return sessionStart(event, known, first(RULES, event, known));
}

const byAccessKey: Rule = (event, known) => {
  const { accessKeyId } = event.principal;
  const entry = accessKeyId === undefined ? undefined : known.byAccessKey(accessKeyId);
  if (!entry || accessKeyId === undefined) return undefined;
  return fromLedger(event, entry, 'exact', `the access key ${shortKeyId(accessKeyId)} is in the ledger`);
};

/**
 * The other copy is judged by the same rules but this one, so two copies that hide the caller end there. Who is in no
 * profile is of the copy's account, and so somebody from outside in this one.
 */
const byCopy: Rule = (event, known) =>
  byOtherCopy(event, known, (copy, among) =>
    first(
      RULES.filter(rule => !OF_ITS_ACCOUNT.includes(rule)),
      copy,
      among,
    ),
  );

const OF_ITS_ACCOUNT: readonly Rule[] = [byCopy, byProgram, byProgramsSession, byPerson, byPersonsSession];

const RULES: readonly Rule[] = [
  byAccessKey,
  byLedgerChain,
  byCopy,
  byLedgerSession,
  service,
  byMarkedChain,
  byMarks,
  byKnownUser,
  byKnownAgent,
  byKnownStarter,
  root,
  external,
  byProgram,
  byProgramsSession,
  byPerson,
  byPersonsSession,
  bySourceIdentity,
  byMcpServer,
  byUserAgent,
  byStarter,
];

function first(rules: readonly Rule[], event: Evidence, known: Known): Attribution {
  for (const rule of rules) {
    const verdict = rule(event, known);
    if (verdict) return verdict;
  }
  return stranger(event);
}
