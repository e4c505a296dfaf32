/** What this window has on its desk: the plans it drafted, which no other may apply, and what it has taken up. */
import { isCancelled } from '../base/cancellation.ts';
import { describeError } from '../base/log.ts';
import { UserError } from '../base/userError.ts';
import { applyPlan, type Say } from './applying.ts';
import { type Approval, requireApproval } from './approval.ts';
import { cancelDeployment } from './cancelling.ts';
import { type CancelEffect, type Deployment, isIn, type StateOf, whoAndWhere } from './deployment.ts';
import type { DeployRequest } from './engine.ts';
import type { Drafted } from './gate.ts';
import { type Complete, takeOver } from './handOver.ts';
import { type Office, requireDeployment } from './office.ts';
import { planDeployment } from './planning.ts';
import { refusePlan } from './refusing.ts';
import type { Source } from './source.ts';
import { takeUp } from './takingUp.ts';

/** A plan that waits for a human's yes, as the window that drafted it remembers it: nothing of it is from the store. */
export interface Waiting {
  readonly deployment: Deployment & { readonly state: StateOf<'awaitingApproval'> };
  /** Without secret values. */
  readonly source: Source;
  readonly drafted: Drafted;
}

export interface Desk {
  plan(request: DeployRequest, signal: AbortSignal): Promise<Deployment>;
  waiting(id: string): Waiting | undefined;
  handOver(id: string, complete: Complete, signal: AbortSignal): Promise<Deployment>;
  apply(id: string, approval: Approval, say: Say): Promise<Deployment>;
  refuse(id: string, reason: string): Promise<Deployment>;
  cancel(id: string, confirmed: CancelEffect, say: Say, shown?: Deployment): Promise<Deployment>;
  follow(id: string, say: Say): Promise<Deployment>;
  /** Begins with each that no window works on; one that could not be taken up waits until it is asked for. */
  takeUpOrphans(say: Say): void;
}

export function createDesk(office: Office, newId: () => string): Desk {
  const drafted = new Map<string, Waiting>();
  const planning = new Map<string, AbortController>();
  const taken = new Map<string, Promise<Deployment | undefined>>();

  const planAs = async (id: string, request: DeployRequest, signal: AbortSignal): Promise<Deployment> => {
    const cancelled = new AbortController();
    planning.set(id, cancelled);
    try {
      const any = AbortSignal.any([signal, cancelled.signal, office.closing]);
      const planned = await planDeployment(office, id, request, any);
      const { deployment, source, drafted: mine } = planned;
      if (mine && isIn(deployment, 'awaitingApproval'))
        drafted.set(id, { deployment, source, drafted: mine });
      return deployment;
    } finally {
      planning.delete(id);
    }
  };

  const handOver: Desk['handOver'] = async (id, complete, signal) => {
    const to = newId();
    return await planAs(to, await takeOver(office, id, to, complete, signal), signal);
  };

  const apply: Desk['apply'] = async (id, approval, say) => {
    const mine = drafted.get(id)?.drafted;
    if (mine === undefined) throw notPlannedHere(requireDeployment(office, id));
    requireApproval(mine.plan, approval, office.clock.now());
    drafted.delete(id);
    return await applyPlan(office, mine, approval, say);
  };

  const refuse: Desk['refuse'] = (id, reason) => {
    drafted.delete(id);
    return refusePlan(office, id, reason);
  };

  const cancel: Desk['cancel'] = async (id, confirmed, say, shown) => {
    const work = cancelDeployment(office, id, confirmed, say, shown);
    // Its state says so before its work is broken off, so that nothing of it counts any more.
    if (confirmed === 'discardPlan') {
      drafted.delete(id);
      planning.get(id)?.abort();
    }
    return await work;
  };

  const takeUpOnce = (deployment: Deployment, say: Say): Promise<Deployment | undefined> => {
    const running = taken.get(deployment.id) ?? takeUp(office, deployment, say);
    taken.set(deployment.id, running);
    return running;
  };

  const follow: Desk['follow'] = async (id, say) => {
    const deployment = requireDeployment(office, id);
    if (isIn(deployment, 'executing') && deployment.state.interrupted !== undefined) taken.delete(id);
    return (await takeUpOnce(deployment, say)) ?? requireDeployment(office, id);
  };

  const takeUpOrphans: Desk['takeUpOrphans'] = say => {
    for (const orphan of office.store.orphans(office.clock.now())) {
      if (!taken.has(orphan.id)) takeUpOnce(orphan, say).catch((error: unknown) => tell(office, error));
    }
  };

  return {
    plan: (request, signal) => planAs(newId(), request, signal),
    handOver,
    waiting: id => drafted.get(id),
    apply,
    refuse,
    cancel,
    follow,
    takeUpOrphans,
  };
}

/** What was taken up in the background has its state in the store; this is for the log. */
function tell(office: Office, error: unknown): void {
  if (!isCancelled(error)) office.log.warn(describeError(error));
}

function notPlannedHere(deployment: Deployment): UserError {
  return new UserError(
    'deployment.notPlannedHere',
    `The plan of stack ${deployment.stackName} for ${whoAndWhere(deployment)} cannot be approved in this window (${deployment.state.status}).`,
    { hint: 'Approve it in the window that planned it, or plan again here.' },
  );
}
