/**
 * The features that every front door shares, constructed and wired. What a door knows better (settings, secret
 * storage, workspace, log) comes in; the AWS SDK is loaded when it is first needed.
 */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Clock, systemClock } from './base/clock.ts';
import { type Disposable, Disposables } from './base/disposables.ts';
import type { Log } from './base/log.ts';
import { lazy } from './base/memo.ts';
import type { AgentRole, AgentRoleAsk, AgentRoleTools } from './deployment/cloudformation/agentRole.ts';
import type { OpenCloudFormation } from './deployment/cloudformation/cloudFormation.ts';
import { deferredEngine } from './deployment/deferredEngine.ts';
import type { Deployment } from './deployment/deployment.ts';
import { createDeploymentStore } from './deployment/deploymentStore.ts';
import { createDeployments, type Deployments } from './deployment/deployments.ts';
import { createVerifications, type Verifications } from './deployment/verifications.ts';
import { type ActiveIdentities, createActiveIdentities } from './identity/activeIdentities.ts';
import { endpointFrom } from './identity/awsEndpoint.ts';
import type { KeychainSetting } from './identity/keychain/backendChoice.ts';
import { createKeychain } from './identity/keychain/createKeychain.ts';
import { forkWorker } from './identity/keychain/forkWorker.ts';
import { osKeychain } from './identity/keychain/osKeychain.ts';
import type { SecretStorage } from './identity/keychain/secretStorageKeychain.ts';
import { missingSessionBus } from './identity/keychain/trouble.ts';
import type { Keychain } from './identity/keychain.ts';
import { createLedger, type Ledger } from './identity/ledger.ts';
import { newShortId } from './identity/marks.ts';
import { type Profile, secretName } from './identity/profile.ts';
import { createProfiles, type Profiles } from './identity/profiles.ts';
import { createSelection, type Selection } from './identity/selection.ts';
import { createSessions, type Sessions, type SessionsInput } from './identity/sessions.ts';
import { verifyDraft } from './identity/verification.ts';
import { type Database, openDatabase } from './store/database.ts';
import type { Known } from './trail/attribution/attribution.ts';
import type { SessionOf } from './trail/regionReader.ts';
import { createTrail, type Trail } from './trail/trail.ts';
import { trailSources } from './trail/trailSources.ts';

export interface FeaturesInput {
  /** Where the store lies. */
  readonly directory: string;
  /** `dist/keychainWorker.cjs` */
  readonly keychainWorker: string;
  readonly log: Log;
  readonly endpointUrl: () => string;
  readonly keychainBackend: () => KeychainSetting;
  readonly secretStorage?: SecretStorage;
  /** A name for the workspace, as it stands in session tags. */
  readonly workspace: () => string;
}

export interface Features extends Disposable {
  readonly clock: Clock;
  readonly db: Database;
  readonly keychain: Keychain;
  readonly ledger: Ledger;
  readonly profiles: Profiles;
  readonly selection: Selection;
  readonly sessions: Sessions;
  readonly active: ActiveIdentities;
  readonly trail: Trail;
  /** A session for reading CloudTrail as the profile. */
  readonly trailSession: (profile: Profile) => SessionOf;
  readonly deployments: Deployments;
  readonly verifications: Verifications;
  /** The one thing that is deployed as the user. @throws UserError, Cancelled */
  createAgentRole(order: AgentRoleOrder): Promise<AgentRole>;
}

export interface AgentRoleOrder extends Pick<AgentRoleTools, 'template' | 'confirm' | 'say'> {
  readonly user: Profile;
  readonly ask: AgentRoleAsk;
  readonly signal: AbortSignal;
}

/** @throws UserError `store.*` when the store cannot be used: without it there is no ledger, so nothing works. */
export function createFeatures(input: FeaturesInput): Features {
  const ended = new Disposables();
  const clock = systemClock;
  const db = openDatabase(join(input.directory, 'no-wing.db'));
  ended.add({ dispose: () => db.close() });
  const identity = identityFeatures(input, db, clock, ended);
  const trail = ended.add(trailFeature(input, identity, db, clock));
  const deployments = ended.add(deploymentsFeature(input, identity, db, clock));
  const reader = ({ accountId }: Deployment): SessionOf | undefined =>
    trailSources(inAccount(identity.profiles.list(), accountId), [], identity.trailSession)[0]?.session;
  const verifications = ended.add(createVerifications({ deployments, trail, reader, clock, log: input.log }));
  const createAgentRole = agentRoleFeature(input, identity, clock);
  return {
    clock,
    db,
    ...identity,
    trail,
    deployments,
    verifications,
    createAgentRole,
    dispose: () => ended.dispose(),
  };
}

function inAccount(profiles: readonly Profile[], accountId: string): Profile[] {
  return profiles.filter(({ verified }) => verified.accountId === accountId);
}

type IdentityFeatures = Pick<
  Features,
  'keychain' | 'ledger' | 'profiles' | 'selection' | 'sessions' | 'active' | 'trailSession'
>;

function identityFeatures(
  input: FeaturesInput,
  db: Database,
  clock: Clock,
  ended: Disposables,
): IdentityFeatures {
  const keychain = keychainFeature(input, db, clock, ended);
  const ledger = createLedger(db);
  const endpoint = endpointFrom(input.endpointUrl);
  const sessionsInput: SessionsInput = {
    profile: id => profiles.get(id),
    readSecret: profile => keychain.read(secretName(profile)),
    sts: lazy(async () => (await import('./identity/stsApi.ts')).createStsApi(endpoint)),
    loadSharedConfig: lazy(async () =>
      (await import('./identity/sharedConfigApi.ts')).createLoadSharedConfig(endpoint),
    ),
    ledger,
    workspace: input.workspace,
    clock,
  };
  const accountAlias = lazy(async () => (await import('./identity/iamApi.ts')).createAccountAlias(endpoint));
  const verify = verifyDraft.bind(undefined, { sessions: sessionsInput, accountAlias });
  const profiles: Profiles = ended.add(createProfiles({ db, keychain, verify, clock }));
  const sessions = ended.add(createSessions(sessionsInput));
  const selection = createSelection(db, profiles.get, input.workspace);
  const active = ended.add(createActiveIdentities({ selection, sessions, clock }));
  const trailSession =
    (profile: Profile): SessionOf =>
    () =>
      sessions.get({ profileId: profile.id, purpose: 'trail' });
  return { keychain, ledger, profiles, selection, sessions, active, trailSession };
}

function keychainFeature(input: FeaturesInput, db: Database, clock: Clock, ended: Disposables): Keychain {
  const { platform, env } = process;
  const start = forkWorker({ path: input.keychainWorker, env, log: input.log });
  const os = ended.add(
    osKeychain({ start, clock, obstacle: () => missingSessionBus(platform, env, existsSync), platform }),
  );
  return createKeychain({
    db,
    clock,
    log: input.log,
    setting: input.keychainBackend,
    os,
    platform,
    whose: name => whoseSecret(db, name),
    ...(input.secretStorage ? { secretStorage: input.secretStorage } : {}),
  });
}

/** For messages about a secret: `user alice`. */
function whoseSecret(db: Database, name: string): string | undefined {
  const row = db.get('SELECT kind, name FROM profile WHERE id = ?', name.replace(/^profile\/\w+\//, ''));
  return row === undefined ? undefined : `${row['kind']} ${row['name']}`;
}

function trailFeature(input: FeaturesInput, identity: IdentityFeatures, db: Database, clock: Clock): Trail {
  const endpoint = endpointFrom(input.endpointUrl);
  return createTrail({
    db,
    clock,
    random: Math.random,
    connect: async ({ region, credentials }) =>
      (await import('./trail/cloudTrailApi.ts')).createLookupEvents({ region, credentials, ...endpoint() }),
    known: () => known(identity),
  });
}

/** Between two looks at a stack that changes; AWS's own console looks every few seconds. */
const POLL_MS = 1500;

function openCloudFormation(input: FeaturesInput): OpenCloudFormation {
  const endpoint = endpointFrom(input.endpointUrl);
  return async (region, session) => {
    const { createCloudFormationApi } = await import('./deployment/cloudformation/cloudFormationApi.ts');
    return createCloudFormationApi({ region, session, endpoint, appId: 'no-wing' });
  };
}

function agentRoleFeature(
  input: FeaturesInput,
  { sessions }: IdentityFeatures,
  clock: Clock,
): Features['createAgentRole'] {
  return async ({ user, ask, signal, ...tools }) => {
    const { createAgentRole } = await import('./deployment/cloudformation/agentRole.ts');
    const session = () => sessions.get({ profileId: user.id, purpose: 'create agent role' });
    const pace = { clock, pollMs: POLL_MS };
    return createAgentRole(
      { ...tools, open: openCloudFormation(input), session, pace, newId: newShortId },
      ask,
      signal,
    );
  };
}

function deploymentsFeature(
  input: FeaturesInput,
  identity: IdentityFeatures,
  db: Database,
  clock: Clock,
): Deployments {
  const engine = deferredEngine(
    lazy(async () => {
      const { createCloudFormationEngine } = await import(
        './deployment/cloudformation/cloudFormationEngine.ts'
      );
      return createCloudFormationEngine(openCloudFormation(input), { clock, pollMs: POLL_MS });
    }),
  );
  return createDeployments({
    store: createDeploymentStore(db),
    engine,
    session: identity.sessions.get,
    endSessions: identity.sessions.drop,
    profile: identity.profiles.get,
    sessionsOf: identity.ledger.byDeployment,
    clock,
    log: input.log,
    newId: newShortId,
    owner: randomUUID(),
    pollMs: POLL_MS,
  });
}

function known({ ledger, profiles }: IdentityFeatures): Known {
  return {
    byAccessKey: ledger.byAccessKey,
    byRoleSessionName: ledger.byRoleSessionName,
    users: profiles.list('user').map(({ name, verified: { arn, accountId } }) => ({ name, arn, accountId })),
    agents: profiles.list('agent').map(({ name, verified: { arn, accountId }, source }) => {
      return { name, accountId, ...(source.type === 'assumeRole' ? { roleArn: source.roleArn } : { arn }) };
    }),
  };
}
