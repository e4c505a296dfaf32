/** A ledger from a file, for verdicts where the ledger's own computer is not: JSON Lines, or one JSON array. */
import * as v from 'valibot';
import { UserError } from '../base/userError.ts';
import { LedgerEntry } from '../identity/ledger.ts';
import type { Known } from './attribution/attribution.ts';

/** @throws UserError `ledger.unreadable` */
export function knownFromLedger(text: string, file: string): Known {
  const entries = parseLedger(text, file);
  const byKey = new Map(entries.map(entry => [entry.accessKeyId, entry]));
  const byName = Map.groupBy(entries, ({ roleSessionName }) => roleSessionName);
  return {
    byAccessKey: key => byKey.get(key),
    byRoleSessionName: name => byName.get(name) ?? [],
    users: entries
      .filter(({ kind }) => kind === 'user')
      .map(({ profileName, arn, accountId }) => ({ name: profileName, arn, accountId })),
    agents: [],
  };
}

function parseLedger(text: string, file: string): LedgerEntry[] {
  const trimmed = text.trim();
  if (trimmed.startsWith('[')) return parsed(v.array(LedgerEntry), trimmed, file, '');
  return trimmed
    .split('\n')
    .map((line, index) => [line.trim(), index + 1] as const)
    .filter(([line]) => line !== '')
    .map(([line, number]) => parsed(LedgerEntry, line, file, `, line ${number}`));
}

function parsed<const S extends v.GenericSchema>(
  schema: S,
  text: string,
  file: string,
  where: string,
): v.InferOutput<S> {
  const result = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), text);
  if (result.success) return result.output;
  throw new UserError('ledger.unreadable', `This is not a ledger of No Wing: ${file}${where}.`, {
    hint: 'Give the file that No Wing exported, as JSON Lines or as one JSON array.',
    cause: new Error(v.summarize(result.issues)),
  });
}
