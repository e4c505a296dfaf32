/** Which profile is active, by kind: in this workspace, else in every workspace. Shared by all windows of the user. */
import type { Database } from '../store/database.ts';
import type { IdentityKind, Profile } from './profile.ts';

export interface ActiveProfiles {
  readonly user?: Profile;
  readonly agent?: Profile;
}

/** The scope that holds where a workspace has no choice of its own. */
const EVERYWHERE = '*';

export interface Selection {
  active(): ActiveProfiles;
  /** Chooses for this workspace; the first choice ever also holds where a workspace has none of its own. */
  select(profile: Profile): void;
}

export function createSelection(
  db: Database,
  profile: (id: string) => Profile | undefined,
  workspace: () => string,
): Selection {
  const chosen = (kind: IdentityKind, scope: string): Profile | undefined => {
    const row = db.get('SELECT profile_id FROM selection WHERE scope = ? AND kind = ?', scope, kind);
    return row === undefined ? undefined : profile(String(row['profile_id']));
  };
  const activeOf = (kind: IdentityKind): Profile | undefined =>
    chosen(kind, workspace()) ?? chosen(kind, EVERYWHERE);
  return {
    active() {
      const user = activeOf('user');
      const agent = activeOf('agent');
      return { ...(user ? { user } : {}), ...(agent ? { agent } : {}) };
    },
    select(selected) {
      const { kind, id } = selected;
      const into =
        'INSERT INTO selection (scope, kind, profile_id) VALUES (?, ?, ?) ON CONFLICT (scope, kind) DO';
      db.run(`${into} UPDATE SET profile_id = excluded.profile_id`, workspace(), kind, id);
      db.run(`${into} NOTHING`, EVERYWHERE, kind, id);
    },
  };
}
