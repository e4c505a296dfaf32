/** Deployments and the agent's role, wired. */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import { lazy } from '../base/memo.ts';
import { assetBucket } from '../deployment/assets/assetBucket.ts';
import type { OpenAssetStore } from '../deployment/assets/assetStore.ts';
import type { OpenCloudFormation } from '../deployment/cloudformation/cloudFormation.ts';
import { deferredEngine, deferredStackCare } from '../deployment/deferredEngine.ts';
import { createDeploymentStore } from '../deployment/deploymentStore.ts';
import { createDeployments, type Deployments } from '../deployment/deployments.ts';
import { parseEnvironments } from '../deployment/environments.ts';
import type { Features, FeaturesInput } from '../features.ts';
import { endpointFrom } from '../identity/awsEndpoint.ts';
import { newShortId } from '../identity/marks.ts';
import type { Database } from '../store/database.ts';
import { guardFeature } from './guardFeature.ts';
import type { IdentityFeatures } from './identityFeatures.ts';
import { terraformFeature } from './terraformFeature.ts';

/** Between two looks at a stack that changes; AWS's own console looks every few seconds. */
const POLL_MS = 1500;
/** After something has changed: what is quick to make is told at once. */
const FIRST_POLL_MS = 200;

function openCloudFormation(input: FeaturesInput): OpenCloudFormation {
  const endpoint = endpointFrom(input.endpointUrl);
  return async (region, session) => {
    const { createCloudFormationApi } = await import('../deployment/cloudformation/cloudFormationApi.ts');
    return createCloudFormationApi({ region, session, endpoint, appId: 'no-wing' });
  };
}

function openAssetStore(input: FeaturesInput): OpenAssetStore {
  const endpoint = endpointFrom(input.endpointUrl);
  return async (region, session) => {
    const { createAssetStore } = await import('../deployment/assets/assetStoreApi.ts');
    return createAssetStore({ region, session, endpoint, appId: 'no-wing' });
  };
}

export function agentRoleFeature(
  input: FeaturesInput,
  { sessions }: IdentityFeatures,
  clock: Clock,
): Features['createAgentRole'] {
  return async ({ user, ask, signal, ...tools }) => {
    const { createAgentRole } = await import('../deployment/cloudformation/agentRole.ts');
    const session = () => sessions.get({ profileId: user.id, purpose: 'create agent role' });
    const pace = { clock, pollMs: POLL_MS, firstMs: FIRST_POLL_MS };
    return createAgentRole(
      { ...tools, open: openCloudFormation(input), session, pace, newId: newShortId },
      ask,
      signal,
    );
  };
}

export function deploymentsFeature(
  input: FeaturesInput,
  identity: IdentityFeatures,
  brokering: Pick<Features, 'openPrivateBroker'>,
  db: Database,
  clock: Clock,
): Deployments {
  const cloudFormation = lazy(() => import('../deployment/cloudformation/cloudFormationEngine.ts'));
  const sts = lazy(async () =>
    (await import('../identity/stsApi.ts')).createStsApi(endpointFrom(input.endpointUrl)),
  );
  const open = openCloudFormation(input);
  const pace = { clock, pollMs: POLL_MS, firstMs: FIRST_POLL_MS };
  const packaging = { open: openAssetStore(input), bucketOf: assetBucket };
  const stacks = deferredEngine(async () =>
    (await cloudFormation()).createCloudFormationEngine(open, pace, packaging),
  );
  const apps = deferredEngine(async () =>
    (await import('../deployment/cdk/cdkEngine.ts')).createCdkEngine(stacks, openAssetStore(input)),
  );
  return createDeployments({
    store: createDeploymentStore(db),
    engines: {
      cloudformation: stacks,
      cdk: apps,
      terraform: terraformFeature(input, brokering, clock, POLL_MS),
    },
    stackCare: deferredStackCare(async () => (await cloudFormation()).createStackCare(open, pace)),
    guard: guardFeature(input, clock),
    callerOf: async ({ credentials }, region, signal) =>
      (await sts()).callerIdentity(credentials, region, signal),
    environments: () => parseEnvironments(input.environments?.() ?? {}),
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
