/** Which objects the index has read, by their names in the folder they were imported from. */
import type { Database } from '../../store/database.ts';
import { folderAddress } from './files.ts';

/** @param since - older events are not wanted; what was left out because of that, and is wanted now, is not read yet. */
export function readNames(
  db: Database,
  folder: string,
  names: readonly string[],
  since: number,
): ReadonlySet<string> {
  const rows = db.all(QUERY, JSON.stringify(names), folderAddress(folder), since);
  return new Set(rows.map(row => String(row['name'])));
}

const QUERY = `
  SELECT file.name FROM json_each(?) AS asked JOIN file ON file.source = ? AND file.name = asked.value
  WHERE file.kind IS NOT NULL AND (file.oldest IS NULL OR file.oldest >= file.since OR file.since <= ?)`;
