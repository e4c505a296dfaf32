/** Deployments against the local AWS: real SDK, real sessions minted by its STS, a real database file. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { Secret } from '../../src/base/secret.ts';
import type { OpenSession } from '../../src/deployment/agentSession.ts';
import type { Approval } from '../../src/deployment/approval.ts';
import { assetBucket } from '../../src/deployment/assets/assetBucket.ts';
import { createAssetStore } from '../../src/deployment/assets/assetStoreApi.ts';
import type { OpenCloudFormation } from '../../src/deployment/cloudformation/cloudFormation.ts';
import { createCloudFormationApi } from '../../src/deployment/cloudformation/cloudFormationApi.ts';
import {
  createCloudFormationEngine,
  createStackCare,
} from '../../src/deployment/cloudformation/cloudFormationEngine.ts';
import type { Pace } from '../../src/deployment/cloudformation/draft.ts';
import type { Packaging } from '../../src/deployment/cloudformation/packedStack.ts';
import { type Deployment, isIn } from '../../src/deployment/deployment.ts';
import { createDeploymentStore } from '../../src/deployment/deploymentStore.ts';
import { createDeployments, type Deployments } from '../../src/deployment/deployments.ts';
import type { Progress } from '../../src/deployment/resourceEvents.ts';
import { createLedger } from '../../src/identity/ledger.ts';
import { newShortId, sessionMarks } from '../../src/identity/marks.ts';
import type { Profile } from '../../src/identity/profile.ts';
import type { Credentials, Session } from '../../src/identity/session.ts';
import { createStsApi, type StsApi } from '../../src/identity/stsApi.ts';
import { openDatabase } from '../../src/store/database.ts';
import { type LocalAws, startLocalAws } from '../local-aws/index.ts';
import { NO_ENGINE, passing, stackRequest } from '../unit/deployment/requests.ts';

export interface Scene {
  readonly aws: LocalAws;
  readonly open: OpenCloudFormation;
  readonly user: Session;
  readonly agent: Profile;
  /** Mints a session with the marks, as the identity part does. */
  mint(roleArn: string, externalId: string, deploymentId: string, durationSeconds?: number): Promise<Session>;
  window(name: string, session?: OpenSession): Window;
  close(): Promise<void>;
}

export interface Window {
  readonly deployments: Deployments;
  readonly said: Progress[];
  readonly say: (progress: Progress) => void;
  close(): void;
}

export const pace = { clock: systemClock, pollMs: 20 };

export interface SceneOptions {
  /** Pause between the events of a stack. */
  readonly stackStepMs?: number;
  readonly pace?: Pace;
}

export async function openScene(options: SceneOptions = {}): Promise<Scene> {
  const aws = await startLocalAws({ stackStepMs: options.stackStepMs ?? 15 });
  const folder = mkdtempSync(join(tmpdir(), 'no-wing-deployment-'));
  const { world } = aws;
  const endpoint = () => ({ endpoint: aws.endpoint });
  const sts = createStsApi(endpoint);
  const common = { region: world.region, environment: 'dev' as const };
  const verified = { accountId: world.dev.accountId, arn: world.alice.arn, alias: world.dev.alias, at: 0 };
  const alice: Profile = {
    ...common,
    kind: 'user',
    id: 'alice',
    name: 'alice',
    source: { type: 'keys', accessKeyId: world.alice.accessKeyId },
    verified,
  };
  const agent: Profile = {
    ...common,
    kind: 'agent',
    id: 'copilot',
    name: 'copilot',
    source: {
      type: 'assumeRole',
      roleArn: world.agentRole.arn,
      from: 'alice',
      externalId: world.agentRole.externalId,
      durationSeconds: 3600,
    },
    verified: { ...verified, arn: world.agentRole.arn },
  };
  const credentials: Credentials = {
    accessKeyId: world.alice.accessKeyId,
    secretAccessKey: new Secret(world.alice.secretAccessKey),
  };
  const open: OpenCloudFormation = (region, session) =>
    Promise.resolve(createCloudFormationApi({ region, session, endpoint, appId: 'no-wing-copilot' }));
  const mint: Scene['mint'] = async (roleArn, externalId, deploymentId, durationSeconds = 3600) => {
    const marks = sessionMarks({
      agent: 'copilot',
      human: world.alice.arn,
      purpose: 'deployment',
      workspace: 'shop',
      shortId: newShortId(),
      deploymentId,
    });
    const minted = await sts.assumeRole(credentials, world.region, {
      roleArn,
      externalId,
      durationSeconds,
      ...marks,
    });
    return {
      profile: agent,
      credentials: minted.credentials,
      accountId: world.dev.accountId,
      arn: minted.arn,
      marks,
    };
  };
  const windows: Window[] = [];
  return {
    aws,
    open,
    user: { profile: alice, credentials, accountId: world.dev.accountId, arn: world.alice.arn },
    agent,
    mint,
    window(name, session) {
      const window = openWindow(join(folder, 'store.db'), name, {
        open,
        pace: options.pace ?? pace,
        packaging: {
          open: (region, own) => Promise.resolve(createAssetStore({ region, session: own, endpoint })),
          bucketOf: assetBucket,
        },
        sts,
        agent,
        session: session ?? minting(mint, agent),
      });
      windows.push(window);
      return window;
    },
    async close() {
      for (const window of windows) window.close();
      rmSync(folder, { recursive: true, force: true });
      await aws.close();
    },
  };
}

/** One session for each deployment, as the session cache gives it. */
function minting(mint: Scene['mint'], agent: Profile): OpenSession {
  const minted = new Map<string, Promise<Session>>();
  const { source } = agent;
  if (source.type !== 'assumeRole') throw new Error('The agent of the scene assumes a role');
  return ({ deploymentId = '' }) => {
    const session = minted.get(deploymentId) ?? mint(source.roleArn, source.externalId ?? '', deploymentId);
    minted.set(deploymentId, session);
    return session;
  };
}

interface Parts {
  readonly open: OpenCloudFormation;
  readonly pace: Pace;
  readonly packaging: Packaging;
  readonly sts: StsApi;
  readonly agent: Profile;
  readonly session: OpenSession;
}

function openWindow(file: string, name: string, parts: Parts): Window {
  const { open, packaging, sts, agent, session, pace: ownPace } = parts;
  const database = openDatabase(file);
  const ledger = createLedger(database);
  const said: Progress[] = [];
  let serial = 0;
  const deployments = createDeployments({
    ...ownPace,
    store: createDeploymentStore(database),
    engines: {
      cloudformation: createCloudFormationEngine(open, ownPace, packaging),
      cdk: NO_ENGINE,
      terraform: NO_ENGINE,
    },
    stackCare: createStackCare(open, ownPace),
    guard: passing,
    callerOf: ({ credentials }, region) => sts.callerIdentity(credentials, region),
    environments: () => ({}),
    session,
    endSessions: () => undefined,
    profile: id => (id === agent.id ? agent : undefined),
    sessionsOf: id => ledger.byDeployment(id),
    log: silentLog,
    newId: () => {
      serial += 1;
      return `${name}-${serial}`;
    },
    owner: name,
  });
  return {
    deployments,
    said,
    say: progress => void said.push(progress),
    close: () => {
      deployments.dispose();
      database.close();
    },
  };
}

export const never = new AbortController().signal;

export async function planned(
  window: Window,
  stackName: string,
  text: string,
  parameters = {},
): Promise<Deployment> {
  return await window.deployments.plan(
    stackRequest({ profileId: 'copilot', stackName, text, parameters }),
    never,
  );
}

export function approvalOf(deployment: Deployment): Approval {
  const planHash = isIn(deployment, 'awaitingApproval') ? deployment.state.plan.hash : '';
  return { planHash, approvedBy: 'alice', at: Date.now(), acknowledged: [] };
}

export async function deployed(
  window: Window,
  stackName: string,
  text: string,
  parameters = {},
): Promise<Deployment> {
  const plan = await planned(window, stackName, text, parameters);
  if (!isIn(plan, 'awaitingApproval')) return plan;
  return await window.deployments.apply(plan.id, approvalOf(plan), window.say);
}
