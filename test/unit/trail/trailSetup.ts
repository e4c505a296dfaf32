/** A trail over a fake CloudTrail and real database files: the ledger's, and the index beside it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { Secret } from '../../../src/base/secret.ts';
import { createLedger } from '../../../src/identity/ledger.ts';
import type { Session } from '../../../src/identity/session.ts';
import { type Database, openDatabase } from '../../../src/store/database.ts';
import type { Known } from '../../../src/trail/attribution/attribution.ts';
import { openIndex, type TrailIndex } from '../../../src/trail/index/openIndex.ts';
import type { Connect } from '../../../src/trail/regionReader.ts';
import { createTrail, type Trail } from '../../../src/trail/trail.ts';
import { ACCOUNT, alice, copilot, REGION, ROLE } from './records.ts';
import { seededRandom, type VirtualClock } from './virtualClock.ts';

export const IMPORT_WORKER = join(import.meta.dirname, '../../../src/trail/import/worker.ts');

export const never = new AbortController().signal;

export function databaseFile(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'no-wing-trail-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'no-wing.db');
}

export function open(t: TestContext, file: string): Database {
  const db = openDatabase(file);
  t.after(() => db.close());
  return db;
}

export function session(accountId = ACCOUNT, accessKeyId = 'ASIAREADER'): Session {
  return {
    accountId,
    arn: `arn:aws:sts::${accountId}:assumed-role/agent-role/no-wing-copilot-00000000`,
    credentials: { accessKeyId, secretAccessKey: new Secret('not a secret') },
    profile: {
      kind: 'agent',
      id: 'p-agent',
      name: 'copilot',
      region: REGION,
      environment: 'dev',
      source: { type: 'assumeRole', roleArn: ROLE, from: 'p-user', durationSeconds: 3600 },
      verified: { accountId, arn: ROLE, at: 0 },
    },
  };
}

export function source(regions: readonly string[] = [REGION], accountId = ACCOUNT) {
  return { accountId, regions, session: async () => session(accountId) };
}

export function openIndexOf(t: TestContext, file: string): TrailIndex {
  const index = openIndex(file.replace(/no-wing\.db$/, 'trail.db'));
  t.after(() => index.close());
  return index;
}

export function trailOn(
  db: Database,
  index: TrailIndex,
  clock: VirtualClock,
  connect: Connect,
  known: () => Partial<Known> = () => ({}),
): Trail {
  const { byAccessKey, byRoleSessionName } = createLedger(db);
  return createTrail({
    db,
    index,
    clock,
    connect,
    random: seededRandom(1),
    importing: { worker: IMPORT_WORKER, ledgerFile: index.file.replace(/trail\.db$/, 'no-wing.db') },
    known: () => ({ byAccessKey, byRoleSessionName, users: [alice], agents: [copilot], ...known() }),
  });
}
