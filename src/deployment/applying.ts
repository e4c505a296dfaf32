/**
 * From an approval to the end. The order to AWS is given here and nowhere else, by the window that drafted the plan
 * and holds it in memory: neither a stored approval nor a stored plan can lead to it.
 */
import { isCancelled } from '../base/cancellation.ts';
import { describeError } from '../base/log.ts';
import { errorMessage, UserError } from '../base/userError.ts';
import { type Approval, requireApproval } from './approval.ts';
import { type Deployment, hasEnded, isIn, type State, type StateOf, whoAndWhere } from './deployment.ts';
import type { Outcome, Run, Watch } from './engine.ts';
import { type Drafted, requireUnchanged } from './gate.ts';
import { engineOf, leftoverOf, move, type Office, requireDeployment, runOf } from './office.ts';
import type { Plan } from './plan.ts';
import type { Progress } from './resourceEvents.ts';

export type Say = (progress: Progress) => void;

/** @throws UserError when AWS refused the order or nobody can follow it; a failed deployment is a result. */
export async function applyPlan(
  office: Office,
  drafted: Drafted,
  approval: Approval,
  say: Say,
): Promise<Deployment> {
  const { plan } = drafted;
  requireApproval(plan, approval, office.clock.now());
  const own: Own = { plan, run: runOf(office, asPlanned(begin(office, plan, approval), plan)) };
  await requireStillSo(office, drafted, approval, own);
  const ordered = await engineOf(office, plan).apply(plan, own.run, () => mayOrder(office, plan));
  switch (ordered.kind) {
    case 'ordered':
      return await followToEnd(office, plan.deploymentId, say, own);
    case 'stopped':
      return await endStopped(office, own);
    case 'refused':
      await endRefused(office, own, ordered.error);
      throw ordered.error;
    case 'uncertain':
      throw interrupt(office, plan.deploymentId, ordered.error);
  }
}

/**
 * What was approved, in the memory of the window that has the approval. From the yes to the end it goes by this: the row
 * could be rewritten at any moment in between.
 */
interface Own {
  readonly plan: Plan;
  readonly run: Run;
}

/** What is not as it was approved ends here: nothing was ordered, and the approval is spent. */
async function requireStillSo(office: Office, drafted: Drafted, approval: Approval, own: Own): Promise<void> {
  try {
    await requireUnchanged(office, drafted, own.run);
    requireApproval(own.plan, approval, office.clock.now());
  } catch (error) {
    if (!office.closing.aborted) await endRefused(office, own, error);
    throw error;
  }
}

/** @throws UserError `deployment.approvalMismatch` when somebody has rewritten what the plan is for. */
function requireUntouched(now: Deployment, plan: Plan): void {
  const { profileId, region, accountId, stackName } = plan;
  const same = now.profileId === profileId && now.region === region && now.accountId === accountId;
  if (same && now.stackName === stackName) return;
  throw new UserError(
    'deployment.approvalMismatch',
    `The record of the plan for stack ${stackName} was changed by another program. Nothing was deployed.`,
    { hint: 'Find out what changed it: something writes to the files of No Wing. Then plan again.' },
  );
}

function begin(office: Office, plan: Plan, approval: Approval): Deployment {
  const id = plan.deploymentId;
  requireUntouched(requireDeployment(office, id), plan);
  const claimed = office.store.claim(id, office.owner, office.clock.now());
  const after = claimed
    ? move(office, id, ['awaitingApproval'], () => ({ state: { status: 'executing', plan, approval } }))
    : undefined;
  if (after) return after;
  const now = requireDeployment(office, id);
  throw new UserError(
    'deployment.notAwaiting',
    `The plan of stack ${now.stackName} for ${whoAndWhere(now)} does not wait for an approval any more (${now.state.status}).`,
    { hint: 'Plan again if you still want it.' },
  );
}

/** The order goes out as the identity and to the place of the approved plan, whatever the row says by now. */
function asPlanned(executing: Deployment, { profileId, region, accountId }: Plan): Deployment {
  return { ...executing, profileId, region, accountId };
}

function mayOrder(office: Office, { deploymentId }: Plan): boolean {
  const now = requireDeployment(office, deploymentId);
  return (
    isIn(now, 'executing') && now.state.cancelling === undefined && office.store.holds(now.id, office.owner)
  );
}

/**
 * Follows what AWS is doing until it has ended; another window may be the one that sees it.
 * @param own absent: it was ordered by another window, and only what the row says is known of it.
 * @throws UserError when this window cannot go on; the deployment stays `executing` and can be taken up again.
 */
export async function followToEnd(office: Office, id: string, say: Say, own?: Own): Promise<Deployment> {
  const deployment = requireDeployment(office, id);
  if (!isIn(deployment, 'executing')) return deployment;
  try {
    const { plan, run } = own ?? { plan: deployment.state.plan, run: runOf(office, deployment) };
    const outcome = await engineOf(office, plan).follow(plan, run, watchOf(office, id, say));
    return finish(office, plan, outcome);
  } catch (error) {
    if (office.closing.aborted) throw error;
    if (isCancelled(error)) return await waitForEnd(office, id);
    throw interrupt(office, id, error);
  }
}

/** Waits while another window follows. @throws Cancelled when this window closes. */
export async function waitForEnd(office: Office, id: string): Promise<Deployment> {
  for (;;) {
    const now = requireDeployment(office, id);
    if (hasEnded(now) || (isIn(now, 'executing') && now.state.interrupted !== undefined)) return now;
    await office.clock.sleep(office.pollMs, office.closing);
  }
}

function watchOf(office: Office, id: string, say: Say): Watch {
  return {
    known: () => office.store.events(id),
    record: events => {
      if (!office.store.holds(id, office.owner)) throw new Superseded();
      const news = office.store.addEvents(id, office.owner, events);
      if (news.length > 0) office.changed(id);
      return news;
    },
    say,
  };
}

/** Another window has taken over: this one stops, and nothing is wrong. */
class Superseded extends Error {
  override readonly name = 'AbortError';
}

function finish(office: Office, plan: Plan, outcome: Outcome): Deployment {
  const id = plan.deploymentId;
  const after = move(office, id, ['executing'], before =>
    isIn(before, 'executing')
      ? {
          state: endState({ ...before.state, plan }, outcome),
          verification: {
            state: 'waiting',
            summary: 'CloudTrail shows calls some minutes after they were made.',
          },
        }
      : undefined,
  );
  return after ?? requireDeployment(office, id);
}

function endState({ plan, approval, cancelling }: StateOf<'executing'>, outcome: Outcome): State {
  switch (outcome.kind) {
    case 'succeeded':
      return { status: 'succeeded', plan, approval, outputs: [...outcome.outputs] };
    case 'rolledBack':
      if (cancelling !== undefined) return { status: 'cancelled', plan, approval, effect: cancelling };
      return { status: 'rolledBack', plan, approval, failure: outcome.failure };
    case 'failed':
      return { status: 'failed', plan, approval, failure: outcome.failure };
    case 'stopped':
      return { status: 'cancelled', plan, approval, effect: 'stopEngine', detail: outcome.detail };
    case 'deleted':
      if (plan.action === 'delete') return { status: 'succeeded', plan, approval, outputs: [] };
      if (cancelling !== undefined) return { status: 'cancelled', plan, approval, effect: cancelling };
      return {
        status: 'failed',
        plan,
        approval,
        failure: { reason: 'Somebody deleted the stack meanwhile.' },
      };
  }
}

/** By a cancel, or because another window has taken it over: then that one decides. */
async function endStopped(office: Office, own: Own): Promise<Deployment> {
  const { plan } = own;
  const id = plan.deploymentId;
  const now = requireDeployment(office, id);
  if (!isIn(now, 'executing') || now.state.cancelling === undefined) return await waitForEnd(office, id);
  await takeBackQuietly(office, own);
  const after = move(office, id, ['executing'], before =>
    isIn(before, 'executing') ? { state: { status: 'cancelled', plan, effect: 'discardPlan' } } : undefined,
  );
  return after ?? requireDeployment(office, id);
}

async function endRefused(office: Office, own: Own, error: unknown): Promise<void> {
  const { plan } = own;
  await takeBackQuietly(office, own);
  move(office, plan.deploymentId, ['executing'], before =>
    isIn(before, 'executing')
      ? {
          state: {
            status: 'failed',
            plan,
            approval: before.state.approval,
            failure: { reason: errorMessage(error) },
          },
        }
      : undefined,
  );
}

async function takeBackQuietly(office: Office, { plan, run }: Own): Promise<void> {
  const deployment = requireDeployment(office, plan.deploymentId);
  if (!isIn(deployment, 'executing')) return;
  const { stackName } = plan;
  try {
    await engineOf(office, plan).discard({ ...leftoverOf(deployment), stackName, plan }, run);
  } catch (error) {
    office.log.warn(
      `The plan of deployment ${plan.deploymentId} was not taken back: ${describeError(error)}`,
    );
  }
}

/** Records why nobody follows, and lets go of the lease so that it can be taken up again. */
export function interrupt(office: Office, id: string, error: unknown): Error {
  const reason = errorMessage(error);
  const after = move(office, id, ['executing'], before =>
    isIn(before, 'executing') ? { state: { ...before.state, interrupted: reason } } : undefined,
  );
  office.store.release(office.owner, id);
  const name = after === undefined ? 'The deployment' : `The deployment of stack ${after.stackName}`;
  return new UserError(
    'deployment.notFollowed',
    `${name} goes on in AWS, but No Wing cannot follow it: ${reason}`,
    {
      hint: 'Put right what it names, then follow the deployment again from the Deployments view.',
      cause: error,
    },
  );
}
