/**
 * The features that every front door shares, constructed and wired. What a door knows better (settings, secret
 * storage, workspace, log) comes in; the AWS SDK is loaded when it is first needed.
 */
import { join } from 'node:path';
import { type Clock, systemClock } from './base/clock.ts';
import { type Disposable, Disposables } from './base/disposables.ts';
import type { Log } from './base/log.ts';
import type { Broker } from './broker/broker.ts';
import type { Clients } from './broker/clients.ts';
import type { Handouts } from './broker/handouts.ts';
import type { PrivateBroker, PrivateBrokerOrder } from './broker/privateBroker.ts';
import type { Synthesis, SynthesisAsk } from './deployment/cdk/synthesize.ts';
import type { AgentRole, AgentRoleAsk, AgentRoleTools } from './deployment/cloudformation/agentRole.ts';
import type { Deployment } from './deployment/deployment.ts';
import type { Deployments } from './deployment/deployments.ts';
import type { TerraformSettings } from './deployment/terraform/settings.ts';
import { createVerifications, type Verifications } from './deployment/verifications.ts';
import { brokerFeatures } from './features/brokerFeatures.ts';
import { cdkFeature } from './features/cdkFeature.ts';
import { agentRoleFeature, deploymentsFeature } from './features/deploymentFeatures.ts';
import { identityFeatures } from './features/identityFeatures.ts';
import { leakFeature } from './features/leakFeature.ts';
import { trailBucketsFeature, trailFeature, trailKnown } from './features/trailFeature.ts';
import type { ActiveIdentities } from './identity/activeIdentities.ts';
import type { KeychainSetting } from './identity/keychain/backendChoice.ts';
import type { SecretStorage } from './identity/keychain/secretStorageKeychain.ts';
import type { Keychain } from './identity/keychain.ts';
import type { Ledger } from './identity/ledger.ts';
import type { Profile } from './identity/profile.ts';
import type { Profiles } from './identity/profiles.ts';
import type { Revocations } from './identity/revocations.ts';
import type { RoleRevocation } from './identity/roleRevocation.ts';
import type { Selection } from './identity/selection.ts';
import type { Sessions } from './identity/sessions.ts';
import { type Database, openDatabase } from './store/database.ts';
import { DATABASE_FILE } from './store/dataDirectory.ts';
import type { Known } from './trail/attribution/attribution.ts';
import { removeOldIndexes } from './trail/index/oldIndexes.ts';
import { indexFileIn, openIndex, type TrailIndex } from './trail/index/openIndex.ts';
import type { LeakIntake } from './trail/leaks/leakIntake.ts';
import type { Leaks } from './trail/leaks/leaks.ts';
import type { SessionOf } from './trail/regionReader.ts';
import type { Trail } from './trail/trail.ts';
import type { TrailBuckets } from './trail/trailBuckets.ts';
import { trailSources } from './trail/trailSources.ts';

export interface FeaturesInput {
  /** Where the store lies. */
  readonly directory: string;
  /** `dist/keychainWorker.cjs` */
  readonly keychainWorker: string;
  /** `dist/trailWorker.cjs` */
  readonly trailWorker: string;
  readonly log: Log;
  readonly endpointUrl: () => string;
  readonly keychainBackend: () => KeychainSetting;
  /** The path of this computer's guardrail file; empty for the one beside the store. */
  readonly guardrailsFile?: () => string;
  /** What the person has set as environments, as it stands in the settings. */
  readonly environments?: () => unknown;
  readonly secretStorage?: SecretStorage;
  /** How Terraform is set on this computer; its defaults when absent. */
  readonly terraform?: () => TerraformSettings;
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
  /** Agents that a person has revoked. */
  readonly revocations: Revocations;
  /** Cuts off, in AWS, the sessions of an agent's role. */
  readonly roleRevocation: RoleRevocation;
  readonly sessions: Sessions;
  readonly active: ActiveIdentities;
  readonly clients: Clients;
  /** What was handed out to which client. */
  readonly handouts: Handouts;
  /** Off until a door starts it. */
  readonly broker: Broker;
  /** A broker for one process, without a window. @throws UserError `broker.tokenFile` */
  openPrivateBroker(order: PrivateBrokerOrder): Promise<PrivateBroker>;
  readonly trail: Trail;
  /** Whether the trail's index had to be begun anew. */
  readonly trailIndex: Pick<TrailIndex, 'isRebuilt' | 'onRebuilt'>;
  /** The buckets that trails deliver to. */
  readonly trailBuckets: TrailBuckets;
  readonly leaks: Leaks;
  /** Brings the trail's new events before the leaks, when a door asks it to. */
  readonly leakIntake: LeakIntake;
  /** A session for reading CloudTrail as the profile. */
  readonly trailSession: (profile: Profile) => SessionOf;
  readonly deployments: Deployments;
  /** Runs a CDK app, which is code of the workspace, with the agent's access. @throws UserError `cdk.*`, Cancelled */
  synthesizeCdk(ask: SynthesisAsk, signal: AbortSignal): Promise<Synthesis>;
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
  const db = openDatabase(join(input.directory, DATABASE_FILE));
  ended.add({ dispose: () => db.close() });
  const identity = identityFeatures(input, db, clock, ended);
  const brokering = brokerFeatures(input, identity, db, clock, ended);
  const index = openIndex(indexFileIn(input.directory));
  ended.add({ dispose: () => index.close() });
  removeOldIndexes(input.directory, clock.now());
  const sayRebuilt = (): void =>
    input.log.warn('The index of the audit trail was damaged and has been begun anew: refresh it.');
  if (index.isRebuilt) sayRebuilt();
  ended.add(index.onRebuilt(sayRebuilt));
  const trail = ended.add(trailFeature(input, identity, { db, index }, clock));
  const known = (): Known => trailKnown(identity);
  const { revocations } = identity;
  const leaking = leakFeature({ db, index, clock, known, revocations });
  ended.add(leaking.leaks);
  const deployments = ended.add(deploymentsFeature(input, identity, brokering, db, clock));
  const reader = ({ accountId }: Deployment): SessionOf | undefined =>
    trailSources(inAccount(identity.profiles.list(), accountId), [], identity.trailSession)[0]?.session;
  const verifications = ended.add(createVerifications({ deployments, trail, reader, clock, log: input.log }));
  const createAgentRole = agentRoleFeature(input, identity, clock);
  return {
    clock,
    db,
    ...identity,
    ...brokering,
    trail,
    trailIndex: index,
    trailBuckets: trailBucketsFeature(input, { trail, index }, clock),
    ...leaking,
    deployments,
    ...cdkFeature(input, brokering),
    verifications,
    createAgentRole,
    dispose: () => ended.dispose(),
  };
}

function inAccount(profiles: readonly Profile[], accountId: string): Profile[] {
  return profiles.filter(({ verified }) => verified.accountId === accountId);
}
