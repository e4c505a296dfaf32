/** Leads a stack out of a failed state, as a person confirmed, and waits until it is at rest. */
import { UserError } from '../../base/userError.ts';
import type { Run, WayOut } from '../engine.ts';
import { firstFailure } from '../resourceEvents.ts';
import { isPassing } from './awsFault.ts';
import type { CloudFormationApi, Stack } from './cloudFormation.ts';
import { deleteFailedStack } from './deleteStack.ts';
import type { Pace } from './draft.ts';
import { nextPause } from './pause.ts';
import { newEvents } from './stackEvents.ts';
import { orderToken } from './tokens.ts';
import { troubleOf } from './waysOut.ts';

/** @throws UserError `deployment.stackNotFailed`, `deployment.stackNotRecovered`, `deployment.stackNotDeleted` */
export async function recoverStack(
  api: CloudFormationApi,
  stackId: string,
  way: WayOut,
  run: Run,
  pace: Pace,
): Promise<void> {
  if (way === 'delete') return await deleteFailedStack(api, stackId, run, pace);
  const stack = await api.stack(stackId, run.signal);
  if (stack === undefined || !troubleOf(stack.status)?.ways.includes(way)) throw notFailed(stack, run);
  const token = orderToken(run);
  if (way === 'rollBack') await api.rollBackStack(stackId, token, run.signal);
  else await api.continueRollBack(stackId, token, [], run.signal);
  const status = await atRest(api, stackId, stack.status, run, pace);
  if (status.endsWith('_FAILED')) throw await notRecovered(api, stackId, status, run);
}

/** How many looks it may take until AWS shows that it has begun. */
const LOOKS_AT_THE_OLD = 10;

/** Sits out what passes: AWS goes on. */
async function atRest(
  api: CloudFormationApi,
  stackId: string,
  before: string,
  run: Run,
  pace: Pace,
): Promise<string> {
  for (let look = 0; ; look++) {
    await pace.clock.sleep(nextPause(look, pace), run.signal);
    const status = await statusOf(api, stackId, run);
    const isOld = status === before && look < LOOKS_AT_THE_OLD;
    if (status !== undefined && !status.endsWith('_IN_PROGRESS') && !isOld) return status;
  }
}

/** @returns undefined when AWS cannot be asked now. */
async function statusOf(api: CloudFormationApi, stackId: string, run: Run): Promise<string | undefined> {
  try {
    return (await api.stack(stackId, run.signal))?.status ?? 'DELETE_COMPLETE';
  } catch (error) {
    if (isPassing(error)) return undefined;
    throw error;
  }
}

function notFailed(stack: Stack | undefined, { who }: Run): UserError {
  const state = stack === undefined ? 'does not exist any more' : `is in state ${stack.status}`;
  return new UserError(
    'deployment.stackNotFailed',
    `The stack of ${who} ${state}: there is nothing to lead it out of. Nothing was changed.`,
    { hint: 'Plan again: the stack may take changes now.' },
  );
}

async function notRecovered(
  api: CloudFormationApi,
  stackId: string,
  status: string,
  run: Run,
): Promise<UserError> {
  const operation = { stackId, tokens: [orderToken(run)] };
  const failure = firstFailure((await newEvents(api, operation, [], run.signal)) ?? []);
  const what = failure === undefined ? '' : `: ${failure.address ?? 'the stack'}: ${failure.reason}`;
  return new UserError(
    'deployment.stackNotRecovered',
    `AWS could not bring the stack of ${run.who} back to a good state (${status})${what}`,
    { hint: `Put right what it names, then try again. ${stackId}` },
  );
}
