/** Stops an operation that is running: an update is rolled back, a new stack deleted. Whoever follows sees the end. */
import { parseArn } from '../../base/arn.ts';
import { throwIfCancelled } from '../../base/cancellation.ts';
import { errorName } from '../../base/userError.ts';
import { recordChanged } from '../cancelTarget.ts';
import type { CancelEffect } from '../deployment.ts';
import type { Run } from '../engine.ts';
import type { DraftedStack } from '../plan.ts';
import { isPassing } from './awsFault.ts';
import type { CloudFormationApi, Stack } from './cloudFormation.ts';
import type { Pace } from './draft.ts';
import { stopToken } from './tokens.ts';

/** How often the state is read again while the order is only just arriving. */
const ATTEMPTS = 30;

/** @throws UserError `deployment.recordChanged` when the stack is not the one that the plan and the session are for. */
export async function stop(
  api: CloudFormationApi,
  plan: DraftedStack,
  effect: CancelEffect,
  run: Run,
  { clock, pollMs }: Pace,
): Promise<'stopping' | 'tooLate'> {
  await requireOwnStack(plan, run);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    throwIfCancelled(run.signal);
    const step = stopStep(await api.stack(plan.stackId, run.signal), effect);
    if (step !== 'wait' && step !== 'act') return step;
    if (step === 'act' && (await accepted(api, plan, effect, run))) return 'stopping';
    await clock.sleep(pollMs, run.signal);
  }
  return 'tooLate';
}

/** A plan is read from the store: its stack's id could name any stack that the agent may change. */
async function requireOwnStack(plan: DraftedStack, run: Run): Promise<void> {
  const { stackId, stackName, accountId, region } = plan;
  const session = await run.session(run.signal);
  const arn = parseArn(stackId);
  const isItsName = arn?.service === 'cloudformation' && arn.resource.split('/')[1] === stackName;
  const isItsPlace = arn?.accountId === accountId && arn.region === region;
  if (isItsName && isItsPlace && session.accountId === accountId && run.region === region) return;
  throw recordChanged({ stackName, agent: session.profile.name, accountId: session.accountId, region });
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
  plan: DraftedStack,
  effect: CancelEffect,
  run: Run,
): Promise<boolean> {
  try {
    if (effect === 'rollBackUpdate') await api.cancelUpdate(plan.stackId, stopToken(plan), run.signal);
    else await api.deleteStack({ stackId: plan.stackId, token: stopToken(plan) }, run.signal);
    return true;
  } catch (error) {
    if (errorName(error).startsWith('TokenAlreadyExists')) return true;
    if (errorName(error) === 'ValidationError' || isPassing(error)) return false;
    throw error;
  }
}
