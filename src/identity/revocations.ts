/**
 * Agents that a person has revoked: no session of theirs is given, by no window and not by the command line, until a
 * person lets them go on. It is in the store and asked at every turn, so it holds for what is in memory elsewhere too.
 */

import * as v from 'valibot';
import { capitalized } from '../base/capitalized.ts';
import { UserError } from '../base/userError.ts';
import type { Database } from '../store/database.ts';
import { type Profile, who } from './profile.ts';

export interface Revocation {
  readonly profileId: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export interface Revocations {
  isRevoked(profileId: string): boolean;
  /** Again: the later time counts. Durable when it returns. */
  revoke(profileId: string, at: number): void;
  restore(profileId: string): void;
  /** The newest first. */
  list(): Revocation[];
}

export function createRevocations(db: Pick<Database, 'run' | 'get' | 'all'>): Revocations {
  return {
    isRevoked: profileId => db.get('SELECT 1 FROM revocation WHERE profile_id = ?', profileId) !== undefined,
    revoke(profileId, at) {
      db.run(
        `INSERT INTO revocation (profile_id, revoked_at) VALUES (?, ?)
         ON CONFLICT (profile_id) DO UPDATE SET revoked_at = max(revoked_at, excluded.revoked_at)`,
        profileId,
        at,
      );
    },
    restore: profileId => void db.run('DELETE FROM revocation WHERE profile_id = ?', profileId),
    list: () =>
      db.all('SELECT profile_id, revoked_at FROM revocation ORDER BY revoked_at DESC, profile_id').map(parse),
  };
}

/** @throws UserError `identity.revoked`; never for a user's profile, which nobody needs to stop. */
export function refuseRevoked(
  profile: Pick<Profile, 'id' | 'kind' | 'name'>,
  isRevoked: (profileId: string) => boolean,
): void {
  if (profile.kind !== 'agent' || !isRevoked(profile.id)) return;
  throw new UserError('identity.revoked', `${capitalized(who(profile))} was revoked: it gets no sessions.`, {
    hint: 'A person can let it have sessions again: in VS Code, run "No Wing: Restore Agent".',
  });
}

const Row = v.pipe(
  v.object({ profile_id: v.string(), revoked_at: v.number() }),
  v.transform(({ profile_id, revoked_at }): Revocation => ({ profileId: profile_id, at: revoked_at })),
);

function parse(row: unknown): Revocation {
  return v.parse(Row, row);
}
