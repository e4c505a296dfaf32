/** Whether a stack can be planned now, and what a person can do when it cannot. Pure. */
import { UserError } from '../../base/userError.ts';
import type { DeployRequest, FailedStack, Run, WayOut } from '../engine.ts';
import type { Stack } from './cloudFormation.ts';
import { type Trouble, troubleOf } from './waysOut.ts';

type Asked = Pick<DeployRequest, 'profileId' | 'stackName'>;

/** The command of the buttons on these errors; its argument is a `FailedStack`. */
export const RECOVER_STACK_COMMAND = 'noWing.deployment.recoverStack';

export const WAY_TITLES: Readonly<Record<WayOut, string>> = {
  delete: 'Delete Failed Stack',
  rollBack: 'Roll Back Stack',
  continueRollBack: 'Continue Roll Back',
};

/** @throws UserError `deployment.stackFailed`, `deployment.stackBusy`, `deployment.nestedStack` */
export function requireChangeable(
  request: Asked,
  stack: Stack | undefined,
  run: Pick<Run, 'who' | 'region'>,
): 'create' | 'update' {
  // A stack in review is an empty shell with somebody's change set: ours may stand beside it.
  if (stack === undefined || stack.status === 'REVIEW_IN_PROGRESS') return 'create';
  if (stack.rootId !== undefined) throw nestedStack(request, stack.rootId, run.who);
  const trouble = troubleOf(stack.status);
  if (trouble && !trouble.takesChanges) throw inTrouble(request, stack, trouble, run);
  if (stack.status.endsWith('_IN_PROGRESS')) throw busy(request, stack, run.who);
  return 'update';
}

function inTrouble(
  { stackName, profileId }: Asked,
  { stackId, status, statusReason }: Stack,
  { meaning, ways, advice }: Trouble,
  { who, region }: Pick<Run, 'who' | 'region'>,
): UserError {
  const [way] = ways;
  const why = statusReason === undefined ? '' : ` ${statusReason}`;
  return new UserError(
    'deployment.stackFailed',
    `Stack ${stackName} of ${who} takes no change (${status}): ${meaning}.${why}`,
    {
      hint: advice,
      ...(way === undefined
        ? {}
        : {
            action: {
              title: WAY_TITLES[way],
              command: RECOVER_STACK_COMMAND,
              args: [{ profileId, region, stackId, way } satisfies FailedStack],
            },
          }),
    },
  );
}

export function busy({ stackName }: Asked, stack: Stack, who: string): UserError {
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

/** What is changed or deleted alone does not fit any more to what the stack above it says. */
export function nestedStack({ stackName }: Asked, rootId: string, who: string): UserError {
  const root = rootId.split('/').at(1) ?? rootId;
  return new UserError(
    'deployment.nestedStack',
    `Stack ${stackName} of ${who} is nested in stack ${root} and changes only together with it.`,
    { hint: `Plan stack ${root} instead.` },
  );
}
