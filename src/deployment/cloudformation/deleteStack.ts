/** Deletes a stack whose creation had failed, and waits until a deleted stack is gone. */
import { UserError } from '../../base/userError.ts';
import type { Run } from '../engine.ts';
import { faultOf, isPassing } from './awsFault.ts';
import type { CloudFormationApi, Stack } from './cloudFormation.ts';
import type { Pace } from './draft.ts';
import { troubleOf } from './waysOut.ts';

export async function deleteFailedStack(
  api: CloudFormationApi,
  stackId: string,
  run: Run,
  { clock, pollMs }: Pace,
): Promise<void> {
  const stack = await api.stack(stackId, run.signal);
  if (stack === undefined || stack.status === 'DELETE_COMPLETE') return;
  if (!troubleOf(stack.status)?.ways.includes('delete')) throw notFailed(stackId, stack, run);
  await api.deleteStack({ stackId, token: `no-wing-${run.deploymentId}` }, run.signal);
  if ((await untilDeleted(api, stackId, run, { clock, pollMs })) === 'failed') throw notDeleted(stackId, run);
}

/** Sits out what passes: AWS goes on deleting. */
export async function untilDeleted(
  api: CloudFormationApi,
  stackId: string,
  run: Run,
  { clock, pollMs }: Pace,
): Promise<'deleted' | 'failed'> {
  for (;;) {
    const status = await api.stack(stackId, run.signal).then(now => now?.status, statusUnknown);
    if (status === undefined || status === 'DELETE_COMPLETE') return 'deleted';
    if (status === 'DELETE_FAILED') return 'failed';
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
