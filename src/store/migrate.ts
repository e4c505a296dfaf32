/** Brings the database to this version, one numbered step at a time, each in its own transaction. */
import { UserError } from '../base/userError.ts';
import type { Database } from './database.ts';
import { brokerSchema } from './migrations/brokerSchema.ts';
import { deploymentSchema } from './migrations/deploymentSchema.ts';
import { deploymentSourceSchema } from './migrations/deploymentSourceSchema.ts';
import { identitySchema } from './migrations/identitySchema.ts';
import { leakEventSchema } from './migrations/leakEventSchema.ts';
import { leakSchema } from './migrations/leakSchema.ts';
import { revocationSchema } from './migrations/revocationSchema.ts';
import { trailMovedSchema } from './migrations/trailMovedSchema.ts';
import { trailSchema } from './migrations/trailSchema.ts';

/** In order; a step that was released is never changed, only followed by another. */
const STEPS: readonly string[] = [
  identitySchema,
  deploymentSchema,
  trailSchema,
  brokerSchema,
  revocationSchema,
  leakSchema,
  trailMovedSchema,
  deploymentSourceSchema,
  leakEventSchema,
];

/** @throws UserError `store.newer` when a later version of No Wing has written the file. */
export function migrate(db: Database): void {
  if (userVersion(db) === STEPS.length) return;
  for (const [index, step] of STEPS.entries()) db.transaction(() => apply(db, step, index));
  if (userVersion(db) > STEPS.length) throw newer();
}

function apply(db: Database, step: string, index: number): void {
  // Read inside the transaction: another window may have just done this step.
  if (userVersion(db) !== index) return;
  db.script(`${step}; PRAGMA user_version = ${index + 1}`);
}

function userVersion(db: Database): number {
  return Number(db.get('PRAGMA user_version')?.['user_version'] ?? 0);
}

function newer(): UserError {
  return new UserError('store.newer', 'The database of No Wing was written by a newer version.', {
    hint: 'Update No Wing in this editor.',
  });
}
