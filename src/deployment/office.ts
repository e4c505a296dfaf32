/** What every step of a deployment works with, and the few moves that all of them make. */
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { UserError } from '../base/userError.ts';
import type { Profile } from '../identity/profile.ts';
import { agentSession, type OpenSession } from './agentSession.ts';
import { type Deployment, hasEnded, type State, type Status, whoAndWhere } from './deployment.ts';
import type { DeploymentStore, Facts } from './deploymentStore.ts';
import type { Engine, Engines, Leftover, Run, StackCare } from './engine.ts';
import type { EnvironmentMap } from './environments.ts';
import type { CallerOf, Guard } from './gate.ts';

export interface Office {
  readonly store: DeploymentStore;
  readonly engines: Engines;
  readonly stackCare: StackCare;
  readonly guard: Guard;
  readonly callerOf: CallerOf;
  /** As the settings are at the moment. @throws UserError `environments.broken` */
  readonly environments: () => EnvironmentMap;
  readonly session: OpenSession;
  /** Forgets the sessions of a profile, so that the next ask starts a new one. */
  readonly endSessions: (profileId: string) => void;
  readonly profile: (id: string) => Profile | undefined;
  readonly clock: Clock;
  /** Between two looks at the store while another window follows. */
  readonly pollMs: number;
  readonly log: Log;
  /** This window or process, the holder of its leases; unique. */
  readonly owner: string;
  /** Aborted when the window closes. */
  readonly closing: AbortSignal;
  readonly changed: (id: string) => void;
}

/** Compares and sets the state; an ended deployment keeps no lease. */
export function move(
  office: Office,
  id: string,
  from: readonly Status[],
  next: (before: Deployment) => ({ state: State } & Facts) | undefined,
): Deployment | undefined {
  const after = office.store.transition(id, from, before => {
    const change = next(before);
    const ends = change !== undefined && hasEnded({ ...before, ...change });
    return ends ? { ...change, endedAt: office.clock.now() } : change;
  });
  if (after && hasEnded(after)) office.store.release(office.owner, id);
  if (after) office.changed(id);
  return after;
}

export function runOf(office: Office, deployment: Deployment, signal: AbortSignal = office.closing): Run {
  const profile = office.profile(deployment.profileId);
  if (profile === undefined) throw profileGone(deployment);
  return {
    deploymentId: deployment.id,
    region: deployment.region,
    who: whoAndWhere(deployment),
    session: agentSession(office.session, profile, deployment.id),
    renewSession: () => office.endSessions(profile.id),
    signal,
  };
}

export function engineOf(
  { engines }: Pick<Office, 'engines'>,
  { engine }: Pick<Deployment, 'engine'>,
): Engine {
  return engines[engine];
}

/** @throws UserError `deployment.unknown` */
export function requireDeployment(office: Pick<Office, 'store'>, id: string): Deployment {
  const deployment = office.store.get(id);
  if (deployment) return deployment;
  throw new UserError('deployment.unknown', 'This deployment is not in the list any more.', {
    hint: 'Refresh the Deployments view.',
  });
}

export function leftoverOf(deployment: Deployment): Leftover {
  const plan = 'plan' in deployment.state ? deployment.state.plan : undefined;
  return {
    stackName: deployment.stackName,
    createsStack: deployment.createsStack,
    ...(plan ? { plan } : {}),
  };
}

function profileGone(deployment: Deployment): UserError {
  return new UserError('deployment.profileGone', `The profile of agent ${deployment.agent} was removed.`, {
    hint: `Add it again to go on with stack ${deployment.stackName}.`,
  });
}
