/** Who: profiles, sessions and what is known of them, wired. */
import type { Clock } from '../base/clock.ts';
import type { Disposables } from '../base/disposables.ts';
import { lazy } from '../base/memo.ts';
import type { Features, FeaturesInput } from '../features.ts';
import { createActiveIdentities } from '../identity/activeIdentities.ts';
import { endpointFrom } from '../identity/awsEndpoint.ts';
import { createLedger } from '../identity/ledger.ts';
import { type Profile, secretName } from '../identity/profile.ts';
import { createProfiles, type Profiles } from '../identity/profiles.ts';
import { createRevocations } from '../identity/revocations.ts';
import { createRoleRevocation } from '../identity/roleRevocation.ts';
import { createSelection } from '../identity/selection.ts';
import { createSessions, type SessionsInput } from '../identity/sessions.ts';
import { verifyDraft } from '../identity/verification.ts';
import type { Database } from '../store/database.ts';
import type { SessionOf } from '../trail/regionReader.ts';
import { keychainFeature } from './keychainFeature.ts';

export type IdentityFeatures = Pick<
  Features,
  | 'keychain'
  | 'ledger'
  | 'profiles'
  | 'selection'
  | 'revocations'
  | 'roleRevocation'
  | 'sessions'
  | 'active'
  | 'trailSession'
>;

export function identityFeatures(
  input: FeaturesInput,
  db: Database,
  clock: Clock,
  ended: Disposables,
): IdentityFeatures {
  const keychain = keychainFeature(input, db, clock, ended);
  const ledger = createLedger(db);
  const revocations = createRevocations(db);
  const endpoint = endpointFrom(input.endpointUrl);
  const sessionsInput: SessionsInput = {
    profile: id => profiles.get(id),
    isRevoked: revocations.isRevoked,
    readSecret: profile => keychain.read(secretName(profile)),
    sts: lazy(async () => (await import('../identity/stsApi.ts')).createStsApi(endpoint)),
    loadSharedConfig: lazy(async () =>
      (await import('../identity/sharedConfigApi.ts')).createLoadSharedConfig(endpoint),
    ),
    ledger,
    workspace: input.workspace,
    clock,
  };
  const accountAlias = lazy(async () => (await import('../identity/iamApi.ts')).createAccountAlias(endpoint));
  const verify = verifyDraft.bind(undefined, { sessions: sessionsInput, accountAlias });
  const profiles: Profiles = ended.add(createProfiles({ db, keychain, verify, clock }));
  const sessions = ended.add(createSessions(sessionsInput));
  const selection = createSelection(db, profiles.get, input.workspace);
  const active = ended.add(
    createActiveIdentities({ selection, sessions, isRevoked: revocations.isRevoked, clock }),
  );
  const trailSession =
    (profile: Profile): SessionOf =>
    () =>
      sessions.get({ profileId: profile.id, purpose: 'trail' });
  const roleRevocation = createRoleRevocation({
    session: sessions.get,
    policies: lazy(async () =>
      (await import('../identity/roleRevocationApi.ts')).createRolePolicies(endpoint),
    ),
  });
  return {
    keychain,
    ledger,
    profiles,
    selection,
    revocations,
    roleRevocation,
    sessions,
    active,
    trailSession,
  };
}
