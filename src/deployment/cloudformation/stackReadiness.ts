/** Whether a stack can be planned now, and what a person can do when it cannot. Pure. */
import { UserError } from '../../base/userError.ts';
import type { DeployRequest, FailedStack, Run } from '../engine.ts';
import type { Stack } from './cloudFormation.ts';

type Asked = Pick<DeployRequest, 'profileId' | 'stackName'>;

/** A stack that failed at its creation takes no change; it holds nothing that works, and has to be deleted first. */
export const FAILED_AT_CREATION = ['ROLLBACK_COMPLETE', 'ROLLBACK_FAILED', 'CREATE_FAILED'];

/** The command of the button on that error; its argument is a `FailedStack`. */
export const DELETE_FAILED_STACK_COMMAND = 'noWing.deployment.deleteFailedStack';

/** @throws UserError `deployment.stackFailed`, `deployment.stackBusy`, `deployment.stackStuck` */
export function requireChangeable(
  request: Asked,
  stack: Stack | undefined,
  run: Pick<Run, 'who' | 'region'>,
): 'create' | 'update' {
  // A stack in review is an empty shell with somebody's change set: ours may stand beside it.
  if (stack === undefined || stack.status === 'REVIEW_IN_PROGRESS') return 'create';
  if (FAILED_AT_CREATION.includes(stack.status)) throw failedAtCreation(request, stack, run);
  if (stack.status.endsWith('_IN_PROGRESS')) throw busy(request, stack, run.who);
  if (stack.status.endsWith('_FAILED')) throw stuck(request, stack, run.who);
  return 'update';
}

function failedAtCreation(
  { stackName, profileId }: Asked,
  stack: Stack,
  { who, region }: Pick<Run, 'who' | 'region'>,
): UserError {
  return new UserError(
    'deployment.stackFailed',
    `Stack ${stackName} of ${who} failed when it was created (${stack.status}) and takes no change.`,
    {
      hint: 'Delete the failed stack first; nothing in it was finished. Then plan again.',
      action: {
        title: 'Delete Failed Stack',
        command: DELETE_FAILED_STACK_COMMAND,
        args: [{ profileId, region, stackId: stack.stackId } satisfies FailedStack],
      },
    },
  );
}

function busy({ stackName }: Asked, stack: Stack, who: string): UserError {
  const by = stack.tags['no-wing:agent'];
  const since = new Date(stack.changedAt).toISOString();
  return new UserError(
    'deployment.stackBusy',
    `Stack ${stackName} of ${who} is being changed by somebody else since ${since} (${stack.status}).`,
    {
      hint: `Wait until that has ended, then plan again.${by === undefined ? '' : ` The stack was made by agent ${by}.`}`,
    },
  );
}

function stuck({ stackName }: Asked, stack: Stack, who: string): UserError {
  return new UserError(
    'deployment.stackStuck',
    `Stack ${stackName} of ${who} is stuck (${stack.status}) and takes no change: ${stack.statusReason ?? 'AWS gave no reason'}`,
    { hint: 'Continue its roll back, or delete it, in the CloudFormation console. Then plan again.' },
  );
}
