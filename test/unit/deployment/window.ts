/** A window of the editor with deployments in it, on a database file that others share; it can be killed. */

import { silentLog } from '../../../src/base/log.ts';
import { Secret } from '../../../src/base/secret.ts';
import type { OpenSession } from '../../../src/deployment/agentSession.ts';
import type { Approval } from '../../../src/deployment/approval.ts';
import type {
  CloudFormationApi,
  OpenCloudFormation,
} from '../../../src/deployment/cloudformation/cloudFormation.ts';
import {
  createCloudFormationEngine,
  createStackCare,
} from '../../../src/deployment/cloudformation/cloudFormationEngine.ts';
import { type Deployment, isIn } from '../../../src/deployment/deployment.ts';
import { createDeploymentStore } from '../../../src/deployment/deploymentStore.ts';
import { createDeployments, type Deployments } from '../../../src/deployment/deployments.ts';
import type { DeployRequest } from '../../../src/deployment/engine.ts';
import type { EnvironmentMap } from '../../../src/deployment/environments.ts';
import type { CallerOf, Guard } from '../../../src/deployment/gate.ts';
import type { Progress } from '../../../src/deployment/resourceEvents.ts';
import type { Profile } from '../../../src/identity/profile.ts';
import type { Session } from '../../../src/identity/session.ts';
import { openDatabase } from '../../../src/store/database.ts';
import type { FakeCloudFormation } from './fakeCloudFormation.ts';
import { NO_ENGINE, passing, stackRequest } from './requests.ts';
import type { VirtualClock } from './virtualClock.ts';

export const ACCOUNT = '111122223333';

export const agentProfile: Profile = {
  kind: 'agent',
  id: 'p-agent',
  name: 'copilot',
  region: 'eu-west-1',
  environment: 'dev',
  source: {
    type: 'assumeRole',
    roleArn: `arn:aws:iam::${ACCOUNT}:role/agent`,
    from: 'p-user',
    durationSeconds: 3600,
  },
  verified: { accountId: ACCOUNT, arn: `arn:aws:sts::${ACCOUNT}:assumed-role/agent/check`, at: 0 },
};

export const userProfile: Profile = {
  kind: 'user',
  id: 'p-user',
  name: 'alice',
  region: 'eu-west-1',
  environment: 'dev',
  source: { type: 'keys', accessKeyId: 'AKIAIOSFODNN7EXAMPLE' },
  verified: { accountId: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:user/alice`, at: 0 },
};

export function sessionOf(profile: Profile, accountId = ACCOUNT): Session {
  return {
    profile,
    accountId,
    arn: `arn:aws:sts::${accountId}:assumed-role/agent/no-wing-copilot-1`,
    credentials: { accessKeyId: 'ASIAEXAMPLE', secretAccessKey: new Secret('unused') },
    marks: { roleSessionName: 'no-wing-copilot-1', sourceIdentity: 'alice', tags: {} },
  };
}

export const TEMPLATE = `
Parameters:
  Depth: { Type: Number, Default: 1, MinValue: 1 }
  Password: { Type: String, NoEcho: true, Default: none }
Resources:
  Queue: { Type: AWS::SQS::Queue }
  Topic: { Type: AWS::SNS::Topic }
`;

const webRequest = stackRequest({
  profileId: 'p-agent',
  stackName: 'web',
  text: TEMPLATE,
  parameters: { Depth: '2', Password: 'hunter2' },
});
export const request: DeployRequest = webRequest;
/** Of that request. */
export const { source } = webRequest;

export interface WindowOptions {
  readonly file: string;
  readonly aws: FakeCloudFormation;
  readonly clock: VirtualClock;
  readonly name: string;
  readonly session?: OpenSession;
  readonly profiles?: readonly Profile[];
  readonly guard?: Guard;
  readonly callerOf?: CallerOf;
  readonly environments?: () => EnvironmentMap;
  /** Called around every call to AWS and every write to the store; throws or hangs to kill the window. */
  readonly cut?: (at: string) => void;
}

export interface Window {
  readonly deployments: Deployments;
  readonly said: Progress[];
  readonly logged: string[];
  /** Profiles whose sessions were given up. */
  readonly ended: readonly string[];
  say(progress: Progress): void;
  /** As when the process ends: nothing is released or tidied up. */
  kill(): void;
  close(): void;
}

export function openWindow(options: WindowOptions): Window {
  const { aws, clock, cut = () => undefined } = options;
  const database = openDatabase(options.file);
  const said: Progress[] = [];
  const logged: string[] = [];
  const ended: string[] = [];
  let dead = false;
  let serial = 0;
  const alive = (at: string): void => {
    if (!dead) cut(at);
    if (dead) throw new Error(`killed at ${at}`);
  };
  const profiles = options.profiles ?? [agentProfile, userProfile];
  const session = options.session ?? (() => Promise.resolve(sessionOf(agentProfile)));
  const store = guarded(createDeploymentStore(database), alive, [
    'insert',
    'transition',
    'addEvents',
    'note',
  ]);
  const mortalClock = {
    now: () => clock.now(),
    sleep: async (ms: number, signal?: AbortSignal) => {
      await clock.sleep(ms, signal);
      if (dead) await new Promise(() => undefined);
    },
  };
  const pace = { clock: mortalClock, pollMs: 1000 };
  const open: OpenCloudFormation = (_region, current) => Promise.resolve(asked(aws.api(), current, alive));
  const deployments = createDeployments({
    ...pace,
    store,
    engines: { cloudformation: createCloudFormationEngine(open, pace), cdk: NO_ENGINE, terraform: NO_ENGINE },
    stackCare: createStackCare(open, pace),
    guard: options.guard ?? passing,
    callerOf: options.callerOf ?? (({ accountId, arn }) => Promise.resolve({ accountId, arn })),
    environments: options.environments ?? (() => ({})),
    session,
    endSessions: id => ended.push(id),
    profile: id => profiles.find(profile => profile.id === id),
    sessionsOf: () => [],
    log: { ...silentLog, warn: text => logged.push(text), error: text => logged.push(text) },
    newId: () => {
      serial += 1;
      return `${options.name}-${serial}`;
    },
    owner: options.name,
  });
  return {
    deployments,
    said,
    logged,
    ended,
    say: progress => void said.push(progress),
    kill: () => {
      dead = true;
    },
    close: () => {
      dead = false;
      deployments.dispose();
      database.close();
    },
  };
}

/** As the real adapter does, it asks for the session at every call. */
function asked(
  api: CloudFormationApi,
  session: () => Promise<Session>,
  alive: (at: string) => void,
): CloudFormationApi {
  return new Proxy(api, {
    get: (target, name) => {
      const call: unknown = Reflect.get(target, name);
      if (typeof call !== 'function') return call;
      return async (...args: unknown[]): Promise<unknown> => {
        alive(`before ${String(name)}`);
        await session();
        const answer: unknown = await Reflect.apply(call, target, args);
        alive(`after ${String(name)}`);
        return answer;
      };
    },
  });
}

function guarded<T extends object>(store: T, alive: (at: string) => void, writes: readonly (keyof T)[]): T {
  return new Proxy(store, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (!(typeof value === 'function' && writes.some(write => write === name))) return value;
      return (...args: unknown[]) => {
        alive(`before ${String(name)}`);
        const answer: unknown = Reflect.apply(value, target, args);
        alive(`after ${String(name)}`);
        return answer;
      };
    },
  });
}

export function approve(deployment: Deployment, at: number): Approval {
  return {
    planHash: isIn(deployment, 'awaitingApproval') ? deployment.state.plan.hash : '',
    approvedBy: 'alice',
    at,
    acknowledged: [],
  };
}
