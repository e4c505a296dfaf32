/** Which time of what has been read to its end, in the index: intervals that grow together. */
import type { Database } from '../store/database.ts';
import { addPeriod, type Period } from './period.ts';

/** Whose trail, and of which Region. A bucket's objects have an account id of their own making: see `bucketCoverage`. */
export interface Covered {
  readonly accountId: string;
  readonly region: string;
}

/** Inside of a transaction: another window may be adding its own. */
export function cover(db: Database, { accountId, region }: Covered, period: Period): void {
  const periods = addPeriod(readCoverage(db, { accountId, region }), period);
  db.run('DELETE FROM coverage WHERE account_id = ? AND region = ?', accountId, region);
  for (const { from, to } of periods)
    db.run('INSERT INTO coverage VALUES (?, ?, ?, ?)', accountId, region, from, to);
}

export function readCoverage(db: Database, { accountId, region }: Covered): Period[] {
  return db
    .all(
      'SELECT from_ms, to_ms FROM coverage WHERE account_id = ? AND region = ? ORDER BY from_ms',
      accountId,
      region,
    )
    .map(row => ({ from: Number(row['from_ms']), to: Number(row['to_ms']) }));
}
