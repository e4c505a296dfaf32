/** Numbers that the index keeps about itself, one by one. */
import type { Database } from '../../store/database.ts';

/** 0 when it is not there. */
export function stateNumber(db: Database, key: string): number {
  return Number(db.get('SELECT value FROM state WHERE key = ?', key)?.['value'] ?? 0);
}

export function keepStateNumber(db: Database, key: string, value: number): void {
  db.run('INSERT OR REPLACE INTO state VALUES (?, ?)', key, String(value));
}
