/** Takes back what is not wanted: a plan nobody approved, an operation that is running, a stack that never came to be. */
import { throwIfCancelled } from '../../base/cancellation.ts';
import { errorName, UserError } from '../../base/userError.ts';
import type { CancelEffect } from '../deployment.ts';
import type { Leftover, Run } from '../engine.ts';
import type { Plan } from '../plan.ts';
import { faultOf, isPassing } from './awsFault.ts';
import type { ChangeSet, CloudFormationApi, Stack } from './cloudFormation.ts';
import { changeSetName, type Pace } from './draft.ts';
import { isOrdered, stopToken } from './order.ts';
import { FAILED_AT_CREATION } from './stackReadiness.ts';

/** How often a state that passes is read again. */
const ATTEMPTS = 30;

/** Deletes the change set, and the stack that was made for it when it is still empty. */
export async function discard(
  api: CloudFormationApi,
  leftover: Leftover,
  run: Run,
  pace: Pace,
): Promise<'discarded' | 'ordered'> {
  const changeSet = await settledChangeSet(api, leftover, run, pace);
  if (isOrdered(changeSet?.executionStatus)) return 'ordered';
  // A change set that is gone with its token in the events was executed: AWS forgets it together with its stack.
  if (changeSet === undefined && (await hasBegun(api, leftover, run))) return 'ordered';
  if (changeSet && !(await deleted(api, changeSet, run))) return 'ordered';
  const stackId = changeSet?.stackId ?? leftover.stackId;
  if (leftover.createsStack && stackId !== undefined) await deleteEmptyStack(api, stackId, run);
  return 'discarded';
}

/** AWS does not delete one that it is still drafting. */
async function settledChangeSet(
  api: CloudFormationApi,
  leftover: Leftover,
  run: Run,
  { clock, pollMs }: Pace,
): Promise<ChangeSet | undefined> {
  const name = leftover.changeSetArn ?? changeSetName(run.deploymentId);
  for (let attempt = 0; ; attempt++) {
    const changeSet = await api.changeSet(name, leftover.stackName, run.signal);
    if (!changeSet?.status.startsWith('CREATE_') || changeSet.status === 'CREATE_COMPLETE') return changeSet;
    if (attempt >= ATTEMPTS) return changeSet;
    await clock.sleep(pollMs, run.signal);
  }
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

async function hasBegun(api: CloudFormationApi, leftover: Leftover, run: Run): Promise<boolean> {
  const token = `no-wing-${run.deploymentId}`;
  let nextToken: string | undefined;
  do {
    const page = await api.events(leftover.stackId ?? leftover.stackName, nextToken, run.signal);
    if (page?.events.some(event => event.token === token)) return true;
    nextToken = page?.nextToken;
  } while (nextToken !== undefined);
  return false;
}

async function deleteEmptyStack(api: CloudFormationApi, stackId: string, run: Run): Promise<void> {
  const stack = await api.stack(stackId, run.signal);
  if (stack?.status !== 'REVIEW_IN_PROGRESS') return;
  // Deleting the change set takes AWS a moment; a change set of somebody else keeps the stack.
  const others = (await api.changeSetNames(stackId, run.signal)).filter(
    name => name !== changeSetName(run.deploymentId),
  );
  if (others.length === 0) await api.deleteStack(stackId, `no-wing-${run.deploymentId}-discard`, run.signal);
}

export async function stop(
  api: CloudFormationApi,
  plan: Plan,
  effect: CancelEffect,
  run: Run,
  { clock, pollMs }: Pace,
): Promise<'stopping' | 'tooLate'> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    throwIfCancelled(run.signal);
    const step = stopStep(await api.stack(plan.stackId, run.signal), effect);
    if (step !== 'wait' && step !== 'act') return step;
    if (step === 'act' && (await accepted(api, plan, effect, run))) return 'stopping';
    await clock.sleep(pollMs, run.signal);
  }
  return 'tooLate';
}

type Step = 'act' | 'wait' | 'stopping' | 'tooLate';

/** `wait`: the order may only be arriving. An update that has ended looks the same; whoever follows it ends the wait. */
const STEPS: Readonly<Record<'rollBackUpdate' | 'deleteNewStack', Readonly<Record<string, Step>>>> = {
  rollBackUpdate: {
    UPDATE_IN_PROGRESS: 'act',
    UPDATE_ROLLBACK_IN_PROGRESS: 'stopping',
    UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS: 'stopping',
    UPDATE_COMPLETE_CLEANUP_IN_PROGRESS: 'tooLate',
  },
  deleteNewStack: {
    REVIEW_IN_PROGRESS: 'wait',
    CREATE_IN_PROGRESS: 'act',
    ROLLBACK_IN_PROGRESS: 'act',
    DELETE_IN_PROGRESS: 'stopping',
    DELETE_COMPLETE: 'stopping',
  },
};

function stopStep(stack: Stack | undefined, effect: CancelEffect): Step {
  const status = stack?.status ?? 'DELETE_COMPLETE';
  if (effect === 'rollBackUpdate') return STEPS.rollBackUpdate[status] ?? 'wait';
  if (effect === 'deleteNewStack') return STEPS.deleteNewStack[status] ?? 'tooLate';
  return 'tooLate';
}

/** @returns false when AWS is not in a state to take it; the next reading tells more. */
async function accepted(
  api: CloudFormationApi,
  plan: Plan,
  effect: CancelEffect,
  run: Run,
): Promise<boolean> {
  try {
    if (effect === 'rollBackUpdate') await api.cancelUpdate(plan.stackId, stopToken(plan), run.signal);
    else await api.deleteStack(plan.stackId, stopToken(plan), run.signal);
    return true;
  } catch (error) {
    if (errorName(error).startsWith('TokenAlreadyExists')) return true;
    if (errorName(error) === 'ValidationError' || isPassing(error)) return false;
    throw error;
  }
}

export async function deleteFailedStack(
  api: CloudFormationApi,
  stackId: string,
  run: Run,
  { clock, pollMs }: Pace,
): Promise<void> {
  const stack = await api.stack(stackId, run.signal);
  if (stack === undefined || stack.status === 'DELETE_COMPLETE') return;
  if (!FAILED_AT_CREATION.includes(stack.status)) throw notFailed(stackId, stack, run);
  await api.deleteStack(stackId, `no-wing-${run.deploymentId}`, run.signal);
  for (;;) {
    const status = await api.stack(stackId, run.signal).then(now => now?.status, statusUnknown);
    if (status === undefined || status === 'DELETE_COMPLETE') return;
    if (status === 'DELETE_FAILED') throw notDeleted(stackId, run);
    await clock.sleep(pollMs, run.signal);
  }
}

function statusUnknown(error: unknown): string {
  if (isPassing(error)) return faultOf(error);
  throw error;
}

function notFailed(stackId: string, stack: Stack, run: Run): UserError {
  return new UserError(
    'deployment.stackNotFailed',
    `The stack of ${run.who} is in state ${stack.status}, not failed at its creation: it was not deleted.`,
    { hint: `Plan again: the stack may take changes now. ${stackId}` },
  );
}

function notDeleted(stackId: string, run: Run): UserError {
  return new UserError('deployment.stackNotDeleted', `AWS could not delete the failed stack of ${run.who}.`, {
    hint: `Its events in the CloudFormation console say which resource is in the way. ${stackId}`,
  });
}
