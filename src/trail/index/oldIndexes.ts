/**
 * Indexes that nobody reads any more: of earlier versions of the tables, and those that were damaged. Each may have
 * gigabytes, and all in it can be read from CloudTrail again.
 */
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DAY } from '../../base/clock.ts';
import { SCHEMA_VERSION } from './schema.ts';

/** Another version of No Wing may be open, or come back. */
const UNUSED = 30 * DAY;

/** @param now - milliseconds since the epoch. What cannot be removed stays. */
export function removeOldIndexes(directory: string, now: number): void {
  try {
    for (const name of readdirSync(directory))
      if (isOld(name) && now - statSync(join(directory, name)).mtimeMs > UNUSED)
        rmSync(join(directory, name), { force: true });
  } catch {
    // The next window tries again.
  }
}

function isOld(name: string): boolean {
  const [, version, rest] = /^trail-(\d+)\.db(|-wal|-shm|\.damaged)$/.exec(name) ?? [];
  if (version === undefined) return false;
  return Number(version) < SCHEMA_VERSION || (Number(version) === SCHEMA_VERSION && rest === '.damaged');
}
