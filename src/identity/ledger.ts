/**
 * The ledger: every session No Wing minted, written before anyone gets its credentials. It is what makes attribution
 * exact: a CloudTrail event whose access key id is here was made by that session. It holds no secret.
 */
import * as v from 'valibot';
import { formatAccount } from '../base/arn.ts';
import { UserError } from '../base/userError.ts';
import type { Database } from '../store/database.ts';
import { parseBody } from '../store/parseRow.ts';

export const LedgerEntry = v.object({
  accessKeyId: v.string(),
  kind: v.picklist(['user', 'agent']),
  profileId: v.string(),
  profileName: v.string(),
  accountId: v.string(),
  /** The principal as AWS sees it. */
  arn: v.string(),
  roleSessionName: v.exactOptional(v.string()),
  sourceIdentity: v.exactOptional(v.string()),
  tags: v.record(v.string(), v.string()),
  purpose: v.string(),
  deploymentId: v.exactOptional(v.string()),
  workspace: v.exactOptional(v.string()),
  /** Milliseconds since the epoch. */
  mintedAt: v.number(),
  expiresAt: v.exactOptional(v.number()),
});
export type LedgerEntry = v.InferOutput<typeof LedgerEntry>;

export interface Ledger {
  /**
   * Durable when it returns. Keys that do not expire are recorded again at each use; the first record stays.
   * @throws UserError `ledger.unwritable`
   */
  record(entry: LedgerEntry): void;
  byAccessKey(accessKeyId: string): LedgerEntry | undefined;
  byRoleSessionName(roleSessionName: string): LedgerEntry[];
  byDeployment(deploymentId: string): LedgerEntry[];
}

export function createLedger(db: Database): Ledger {
  const many = (where: string, value: string): LedgerEntry[] =>
    db.all(`SELECT body FROM ledger WHERE ${where} = ? ORDER BY minted_at`, value).map(parse);
  return {
    record(entry) {
      try {
        insert(db, entry);
      } catch (error) {
        throw unwritable(entry, error);
      }
    },
    byAccessKey: id => many('access_key_id', id).at(0),
    byRoleSessionName: name => many('role_session_name', name),
    byDeployment: id => many('deployment_id', id),
  };
}

function insert(db: Database, entry: LedgerEntry): void {
  db.run(
    `INSERT INTO ledger (access_key_id, kind, role_session_name, deployment_id, minted_at, body)
     VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (access_key_id) DO NOTHING`,
    entry.accessKeyId,
    entry.kind,
    entry.roleSessionName ?? null,
    entry.deploymentId ?? null,
    entry.mintedAt,
    JSON.stringify(entry),
  );
}

function unwritable({ kind, profileName, accountId }: LedgerEntry, cause: unknown): UserError {
  return new UserError(
    'ledger.unwritable',
    `The session of ${kind} ${profileName} in account ${formatAccount(accountId)} was not handed out: the ledger cannot be written.`,
    { hint: 'Make room on the disk, or let No Wing write to its database; then sign in again.', cause },
  );
}

function parse(row: Record<string, unknown>): LedgerEntry {
  return parseBody(LedgerEntry, row);
}
