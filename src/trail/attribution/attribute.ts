/**
 * Attribution of one event: who did it, for whom, how sure, and why. Pure. The rules stand in the order of their
 * strength; the first that has a verdict ends the question. A rule that does not apply says undefined.
 */
import { shortKeyId } from '../../base/redact.ts';
import type { TrailEvent } from '../trailEvent.ts';
import type { Attribution, Known, Rule } from './attribution.ts';
import { fromLedger } from './ledgerVerdict.ts';
import {
  byKnownAgent,
  byKnownUser,
  bySourceIdentity,
  byUserAgent,
  external,
  root,
  stranger,
} from './principalRules.ts';
import { service } from './serviceRules.ts';
import { byLedgerSession, byMarks } from './sessionRules.ts';
import { sessionStart } from './sessionStart.ts';

/** Raise it when a rule changes: stored verdicts are then reached anew. */
export const RULES_VERSION = 1;

export function attribute(event: TrailEvent, known: Known): Attribution {
  for (const rule of RULES) {
    const verdict = rule(event, known);
    if (verdict) return sessionStart(event, known, verdict);
  }
  return sessionStart(event, known, stranger(event));
}

const byAccessKey: Rule = (event, known) => {
  const { accessKeyId } = event.principal;
  const entry = accessKeyId === undefined ? undefined : known.byAccessKey(accessKeyId);
  if (!entry || accessKeyId === undefined) return undefined;
  return fromLedger(event, entry, 'exact', `the access key ${shortKeyId(accessKeyId)} is in the ledger`);
};

const RULES: readonly Rule[] = [
  byAccessKey,
  byLedgerSession,
  byMarks,
  service,
  byKnownUser,
  byKnownAgent,
  root,
  external,
  bySourceIdentity,
  byUserAgent,
];
