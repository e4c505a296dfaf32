/** Takes back a plan that nobody approved: its change set, and the stack that was made for it when it is still empty. */
import { errorName } from '../../base/userError.ts';
import type { Leftover, Run } from '../engine.ts';
import type { CloudFormationPlan } from '../plan.ts';
import type { ChangeSet, CloudFormationApi } from './cloudFormation.ts';
import { untilDeleted } from './deleteStack.ts';
import { changeSetName, type Pace } from './draft.ts';
import { hasSettings } from './stackSettings.ts';
import { isOrdered, orderToken } from './tokens.ts';

/** As a leftover whose plan is known to be ours. */
export interface CloudFormationLeftover extends Leftover {
  readonly plan?: CloudFormationPlan;
}

/** How often a state that passes is read again. */
const ATTEMPTS = 30;

/** Deletes the change set, and the stack that was made for it when it is still empty. */
export async function discard(
  api: CloudFormationApi,
  leftover: CloudFormationLeftover,
  run: Run,
  pace: Pace,
): Promise<'discarded' | 'ordered'> {
  // The plan of a deletion, and one of settings alone, leave nothing at AWS.
  if (leftover.plan && leftover.plan.changeSetArn === undefined)
    return (await wasOrdered(api, leftover.plan, run)) ? 'ordered' : 'discarded';
  const changeSet = await settledChangeSet(api, leftover, run, pace);
  if (isOrdered(changeSet?.executionStatus)) return 'ordered';
  // A change set that is gone with its token in the events was executed: AWS forgets it together with its stack.
  const stack = leftover.plan?.stackId ?? leftover.stackName;
  if (changeSet === undefined && (await hasBegun(api, stack, run))) return 'ordered';
  if (changeSet && !(await deleted(api, changeSet, run))) return 'ordered';
  const stackId = changeSet?.stackId ?? leftover.plan?.stackId;
  if (leftover.createsStack && stackId !== undefined) await deleteEmptyStack(api, stackId, run, pace);
  return 'discarded';
}

function wasOrdered(api: CloudFormationApi, plan: CloudFormationPlan, run: Run): Promise<boolean> {
  return plan.action === 'delete' ? hasBegun(api, plan.stackId, run) : hasSettings(api, plan, run);
}

/** AWS does not delete one that it is still drafting. */
async function settledChangeSet(
  api: CloudFormationApi,
  leftover: CloudFormationLeftover,
  run: Run,
  { clock, pollMs }: Pace,
): Promise<ChangeSet | undefined> {
  const name = ownChangeSet(leftover, run);
  for (let attempt = 0; ; attempt++) {
    const changeSet = await api.changeSet(name, leftover.stackName, run.signal);
    if (!changeSet?.status.startsWith('CREATE_') || changeSet.status === 'CREATE_COMPLETE') return changeSet;
    if (attempt >= ATTEMPTS) return changeSet;
    await clock.sleep(pollMs, run.signal);
  }
}

/** The plan may come from a row that somebody wrote: no other change set than the deployment's own is touched. */
function ownChangeSet({ plan }: CloudFormationLeftover, { deploymentId }: Run): string {
  const name = changeSetName(deploymentId);
  const arn = plan?.changeSetArn;
  return arn?.includes(`:changeSet/${name}/`) === true ? arn : name;
}

/** @returns false when it cannot be deleted because AWS is executing it. */
async function deleted(api: CloudFormationApi, changeSet: ChangeSet, run: Run): Promise<boolean> {
  try {
    await api.deleteChangeSet(changeSet.arn, run.signal);
    return true;
  } catch (error) {
    if (errorName(error).startsWith('ChangeSetNotFound')) return true;
    if (!errorName(error).startsWith('InvalidChangeSetStatus')) throw error;
    const now = await api.changeSet(changeSet.arn, changeSet.stackId, run.signal);
    if (isOrdered(now?.executionStatus)) return false;
    throw error;
  }
}

/** Whether the deployment's own token is in the stack's events. */
export async function hasBegun(
  api: CloudFormationApi,
  stackNameOrId: string,
  run: Pick<Run, 'deploymentId' | 'signal'>,
): Promise<boolean> {
  const token = orderToken(run);
  let nextToken: string | undefined;
  do {
    const page = await api.events(stackNameOrId, nextToken, run.signal);
    if (page?.events.some(event => event.token === token)) return true;
    nextToken = page?.nextToken;
  } while (nextToken !== undefined);
  return false;
}

async function deleteEmptyStack(
  api: CloudFormationApi,
  stackId: string,
  run: Run,
  pace: Pace,
): Promise<void> {
  const stack = await api.stack(stackId, run.signal);
  if (stack?.status !== 'REVIEW_IN_PROGRESS') return;
  const name = changeSetName(run.deploymentId);
  // Ours may be listed for a moment after it was deleted; one of somebody else keeps the stack.
  const others = (await api.changeSetNames(stackId, run.signal)).filter(other => other !== name);
  if (others.length > 0) return;
  await api.deleteStack({ stackId, token: `${name}-discard` }, run.signal);
  // Until it is gone, the next plan would find the stack busy.
  await untilDeleted(api, stackId, run, pace);
}
