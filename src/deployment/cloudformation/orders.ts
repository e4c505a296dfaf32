/** The orders that there are: to execute a change set, by its ARN (another one under the same name has another), and to delete a stack, by its id. */
import { UserError } from '../../base/userError.ts';
import type { Run } from '../engine.ts';
import type { DraftedStack } from '../plan.ts';
import type { CloudFormationApi } from './cloudFormation.ts';
import { deletionHash, ownedResources } from './ownedResources.ts';
import { hasSettings, makeSettings } from './stackSettings.ts';
import { hasBegun } from './takeBack.ts';
import { isOrdered, orderToken } from './tokens.ts';

export interface Order {
  /** For sentences: "execute the plan of stack web". */
  readonly doing: string;
  /** Before each attempt. @throws UserError when it is not what was approved any more. */
  prepare(): Promise<void>;
  send(): Promise<void>;
  /** Whether an attempt whose answer was lost has reached AWS. */
  hasArrived(): Promise<boolean>;
}

export function orderOf(api: CloudFormationApi, plan: DraftedStack, run: Run): Order {
  const { action, changeSetArn } = plan;
  if (action === 'delete') return deletion(api, plan, run);
  return changeSetArn === undefined ? settingsAlone(api, plan, run) : execution(api, plan, changeSetArn, run);
}

function settingsAlone(api: CloudFormationApi, plan: DraftedStack, run: Run): Order {
  return {
    doing: `change the settings of stack ${plan.stackName}`,
    prepare: () => Promise.resolve(),
    send: () => makeSettings(api, plan, run),
    hasArrived: () => hasSettings(api, plan, run),
  };
}

/** AWS refuses a change set itself when the stack has changed since. */
function execution(api: CloudFormationApi, plan: DraftedStack, changeSetArn: string, run: Run): Order {
  return {
    doing: `execute the plan of stack ${plan.stackName}`,
    prepare: () => Promise.resolve(),
    send: () => api.executeChangeSet(changeSetArn, orderToken(plan), run.signal),
    hasArrived: async () =>
      isOrdered((await api.changeSet(changeSetArn, plan.stackId, run.signal))?.executionStatus),
  };
}

function deletion(api: CloudFormationApi, plan: DraftedStack, run: Run): Order {
  const { stackId, retain = [] } = plan;
  return {
    doing: `delete stack ${plan.stackName}`,
    async prepare() {
      const stack = await api.stack(stackId, run.signal);
      const owned = stack && (await ownedResources(api, stack, retain, run.signal));
      const now = stack && owned && deletionHash(stack, owned);
      if (now !== plan.inputs['stack']) throw changedSince(plan, run);
    },
    send: () => api.deleteStack({ stackId, token: orderToken(plan), retain }, run.signal),
    hasArrived: () => hasBegun(api, stackId, run),
  };
}

function changedSince({ stackName }: DraftedStack, { who }: Run): UserError {
  return new UserError(
    'deployment.planOutdated',
    `Stack ${stackName} of ${who} is not what it was when its deletion was planned. It was not deleted.`,
    { hint: 'Plan its deletion again and review the new plan.' },
  );
}
