/** Drafts the deletion of a stack: AWS has no change set for that, so the plan lists what the stack holds. */
import { UserError } from '../../base/userError.ts';
import type { Run } from '../engine.ts';
import type { CloudFormationApi, Stack } from './cloudFormation.ts';
import type { Pace, StackDraft, StackRequest } from './draft.ts';
import { guardedStack } from './guardedStack.ts';
import { deletionHash, ownedResources, removals } from './ownedResources.ts';
import { plannedChange } from './plannedChanges.ts';
import { identityOf } from './stackPlan.ts';
import { busy, nestedStack } from './stackReadiness.ts';

/** @throws UserError `deployment.noStack`, `deployment.terminationProtected`, `deployment.stackBusy` */
export async function draftDeletion(
  api: CloudFormationApi,
  request: StackRequest,
  run: Run,
  { clock }: Pace,
): Promise<StackDraft> {
  const stack = await api.stack(request.stackName, run.signal);
  requireDeletable(request, stack, run);
  const retain = request.source.retain ?? [];
  const owned = await ownedResources(api, stack, retain, run.signal);
  requireRetainable(request, stack, retain, run);
  const found = removals(owned);
  const { stackName } = request;
  const plan = {
    ...(await identityOf(run)),
    engine: 'cloudformation' as const,
    tool: 'CloudFormation',
    stackName,
    stackId: stack.stackId,
    action: 'delete' as const,
    changes: found.map(plannedChange),
    capabilities: [],
    parameters: {},
    ...(stack.serviceRoleArn === undefined ? {} : { serviceRoleArn: stack.serviceRoleArn }),
    outputs: [],
    inputs: { stack: deletionHash(stack, owned) },
    ...(retain.length === 0 ? {} : { retain: [...retain] }),
    createdAt: clock.now(),
  };
  const { region, accountId } = plan;
  const resources = guardedStack({ parameters: {}, stackTags: [], stackName, region, accountId }, found);
  return { kind: 'plan', plan, resources };
}

function requireDeletable(request: StackRequest, stack: Stack | undefined, run: Run): asserts stack is Stack {
  if (stack === undefined) throw noStack(request, run);
  if (stack.rootId !== undefined) throw nestedStack(request, stack.rootId, run.who);
  if (stack.terminationProtected) throw terminationProtected(request, run);
  if (stack.status.endsWith('_IN_PROGRESS') && stack.status !== 'REVIEW_IN_PROGRESS')
    throw busy(request, stack, run.who);
}

/** AWS takes the wish only after a deletion that has failed. */
function requireRetainable(
  { stackName }: StackRequest,
  { status }: Stack,
  retain: readonly string[],
  { who }: Run,
): void {
  if (retain.length === 0 || status === 'DELETE_FAILED') return;
  throw new UserError(
    'deployment.notRetainable',
    `Stack ${stackName} of ${who} is in state ${status}: AWS leaves resources out of a deletion only after one that has failed.`,
    { hint: 'To keep a resource, deploy the template with DeletionPolicy: Retain on it first.' },
  );
}

function noStack({ stackName }: StackRequest, { who }: Run): UserError {
  return new UserError('deployment.noStack', `There is no stack ${stackName} of ${who}.`, {
    hint: 'Check its name, the account and the Region. Nothing was changed.',
  });
}

function terminationProtected({ stackName }: StackRequest, { who }: Run): UserError {
  return new UserError(
    'deployment.terminationProtected',
    `Stack ${stackName} of ${who} has termination protection: AWS does not delete it.`,
    { hint: 'Deploy it once more with termination protection turned off, then plan its deletion again.' },
  );
}
