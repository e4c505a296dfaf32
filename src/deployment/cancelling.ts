/** Stopping a deployment. What stopping means depends on how far it is, so it is said first and done as confirmed. */
import { isCancelled } from '../base/cancellation.ts';
import { describeError } from '../base/log.ts';
import { followToEnd, type Say, waitForEnd } from './applying.ts';
import { requireAsShown, requireOwnTarget } from './cancelTarget.ts';
import { type CancelEffect, type Deployment, hasEnded, isIn, type StateOf } from './deployment.ts';
import { movedOn } from './movedOn.ts';
import { engineOf, leftoverOf, move, type Office, requireDeployment, runOf } from './office.ts';
import type { Plan } from './plan.ts';
import type { ResourceEvent } from './resourceEvents.ts';

/** What cancelling it now would do; `nothing` when it has ended or is being stopped already. */
export function cancelEffect(deployment: Deployment, events: readonly ResourceEvent[]): CancelEffect {
  if (isIn(deployment, 'planning', 'awaitingApproval')) return 'discardPlan';
  if (!isIn(deployment, 'executing') || deployment.state.cancelling !== undefined) return 'nothing';
  if (deployment.engine === 'terraform') return 'stopEngine';
  const stack = events.findLast(event => event.isStack)?.status ?? '';
  if (/ROLLBACK|DELETE|COMPLETE/.test(stack)) return 'nothing';
  return EFFECTS[deployment.state.plan.action];
}

/** A deletion goes on once AWS has begun with it. */
const EFFECTS: Readonly<Record<Plan['action'], CancelEffect>> = {
  create: 'deleteNewStack',
  update: 'rollBackUpdate',
  delete: 'nothing',
};

/**
 * Resolves when it has ended, whichever way it did.
 * @param shown what the person was asked about; absent: it is as the store has it now.
 * @throws UserError `deployment.cancelChanged` when cancelling would now do something else than was confirmed,
 *   `deployment.recordChanged` when it would do it to something else.
 */
export async function cancelDeployment(
  office: Office,
  id: string,
  confirmed: CancelEffect,
  say: Say,
  shown?: Deployment,
): Promise<Deployment> {
  const deployment = requireDeployment(office, id);
  if (shown) requireAsShown(shown, deployment);
  if (cancelEffect(deployment, office.store.events(id)) !== confirmed) throw movedOn(deployment);
  if (confirmed === 'nothing') return await waitForEnd(office, id);
  return confirmed === 'discardPlan'
    ? await discardPlan(office, deployment)
    : await stopOperation(office, deployment, confirmed, say);
}

/** @throws UserError when AWS could not take the plan back; it is cancelled nevertheless and cannot be approved. */
async function discardPlan(office: Office, deployment: Deployment): Promise<Deployment> {
  const after = move(office, deployment.id, ['planning', 'awaitingApproval'], before => ({
    state: { status: 'cancelled', ...planOf(before), effect: 'discardPlan' },
  }));
  if (after === undefined) throw movedOn(requireDeployment(office, deployment.id));
  await engineOf(office, deployment).discard(leftoverOf(deployment), runOf(office, deployment));
  return after;
}

function planOf({ state }: Deployment): Pick<StateOf<'cancelled'>, 'plan'> {
  return state.status === 'awaitingApproval' ? { plan: state.plan } : {};
}

async function stopOperation(
  office: Office,
  deployment: Deployment,
  effect: CancelEffect,
  say: Say,
): Promise<Deployment> {
  const { id } = deployment;
  if (!isIn(deployment, 'executing')) throw movedOn(deployment);
  requireOwnTarget(deployment, office.profile(deployment.profileId));
  if (setCancelling(office, id, effect) === undefined) throw movedOn(requireDeployment(office, id));
  const ended = new AbortController();
  const end = endOf(office, id, say).finally(() => ended.abort());
  try {
    const run = runOf(office, deployment, AbortSignal.any([office.closing, ended.signal]));
    // The plan that was looked at, whatever the record says by now.
    const stopped = await engineOf(office, deployment).stop(deployment.state.plan, effect, run);
    if (stopped === 'tooLate') setCancelling(office, id, undefined);
  } catch (error) {
    const now = requireDeployment(office, id);
    if (!(isCancelled(error) && hasEnded(now))) {
      setCancelling(office, id, undefined);
      end.catch((reason: unknown) => office.log.warn(describeError(reason)));
      throw error;
    }
  }
  return await end;
}

function setCancelling(office: Office, id: string, effect: CancelEffect | undefined): Deployment | undefined {
  return move(office, id, ['executing'], before => {
    if (!isIn(before, 'executing')) return undefined;
    const { cancelling: _before, ...state } = before.state;
    return { state: effect === undefined ? state : { ...state, cancelling: effect } };
  });
}

/** Whoever follows it sees the end; when nobody does, this window takes it up. */
async function endOf(office: Office, id: string, say: Say): Promise<Deployment> {
  const isFree = !office.store.holds(id, office.owner);
  if (isFree && office.store.claim(id, office.owner, office.clock.now()))
    return await followToEnd(office, id, say);
  return await waitForEnd(office, id);
}
