/** What this computer's store knows of who is who. It is only read, so it works beside any window and for who may not write. */
import { createLedger } from '../../identity/ledger.ts';
import { Profile } from '../../identity/profile.ts';
import { openForReading } from '../../store/database.ts';
import { parseBody } from '../../store/parseRow.ts';
import type { Known } from '../../trail/attribution/attribution.ts';
import { knownProfiles } from '../../trail/knownProfiles.ts';

/** @throws UserError `store.*` */
export function storedKnown(file: string): { readonly known: Known; close(): void } {
  const db = openForReading(file);
  const { byAccessKey, byRoleSessionName } = createLedger(db);
  const profiles = db.all('SELECT body FROM profile').map(row => parseBody(Profile, row));
  return { known: { byAccessKey, byRoleSessionName, ...knownProfiles(profiles) }, close: () => db.close() };
}
