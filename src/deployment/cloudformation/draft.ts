/**
 * Drafts a plan as a change set, which alters nothing until it is executed. The stack's tags are set when it is made
 * and stay what they are afterwards: a tag that differs with every deployment would be a change of every resource each time,
 * and "nothing to change" could never be the answer.
 */
import { throwIfCancelled } from '../../base/cancellation.ts';
import { type Clock, MINUTE } from '../../base/clock.ts';
import { UserError } from '../../base/userError.ts';
import type { GuardedResource } from '../../guardrail/guardedResource.ts';
import type { DeployRequest, Run } from '../engine.ts';
import { canonicalJson, type DraftedStack, sha256 } from '../plan.ts';
import type { CloudFormationSource } from '../source.ts';
import type { ChangeSet, CloudFormationApi, Stack } from './cloudFormation.ts';
import { chooseParameters, shownParameters } from './parameterChoice.ts';
import { requireChangeable } from './stackReadiness.ts';
import { parseTemplate, type Template } from './template.ts';

/** A request for CloudFormation. */
export interface StackRequest extends Pick<DeployRequest, 'profileId' | 'stackName' | 'operation'> {
  readonly source: CloudFormationSource;
}

export type StackDraft =
  | { readonly kind: 'plan'; readonly plan: DraftedStack; readonly resources: readonly GuardedResource[] }
  | { readonly kind: 'noChanges' };

export interface Pace {
  readonly clock: Clock;
  readonly pollMs: number;
}

export async function draft(
  api: CloudFormationApi,
  request: StackRequest,
  run: Run,
  pace: Pace,
  creating: () => void,
): Promise<StackDraft> {
  const { source } = request;
  const template = parseTemplate(source.template.text, source.template.name);
  const stack = await api.stack(request.stackName, run.signal);
  const action = requireChangeable(request, stack, run);
  const parameters = chooseParameters(template, source.parameters, stack?.parameterNames ?? []);
  const { profile } = await run.session(run.signal);
  if (stack === undefined) creating();
  // Not broken off in the middle: whether AWS has received it must be known, for it to be taken back.
  const { arn } = await api.createChangeSet({
    name: changeSetName(run.deploymentId),
    stackName: request.stackName,
    action,
    template: template.text,
    parameters,
    capabilities: template.capabilities,
    description: `Deployment ${run.deploymentId} by ${profile.name}, drafted by No Wing`,
    tags:
      stack === undefined || action === 'create'
        ? { 'no-wing:agent': profile.name, 'no-wing:deployment': run.deploymentId }
        : stack.tags,
  });
  throwIfCancelled(run.signal);
  const changeSet = await settled(api, arn, run, pace);
  if (changeSet.status === 'CREATE_COMPLETE') {
    const plan = await planOf({ request, run, template, action, stack, changeSet, parameters, pace });
    return { kind: 'plan', plan, resources: [] };
  }
  if (NO_CHANGES.test(changeSet.statusReason)) return { kind: 'noChanges' };
  throw draftFailed(request, run, changeSet.statusReason);
}

export function changeSetName(deploymentId: string): string {
  return `no-wing-${deploymentId}`;
}

/** Both are in use, by the kind of "nothing". */
const NO_CHANGES = /didn't contain changes|no updates are to be performed/i;

const DRAFT_TIMEOUT_MS = 10 * MINUTE;

async function settled(
  api: CloudFormationApi,
  arn: string,
  run: Run,
  { clock, pollMs }: Pace,
): Promise<ChangeSet> {
  const until = clock.now() + DRAFT_TIMEOUT_MS;
  for (;;) {
    const changeSet = await api.changeSet(arn, undefined, run.signal);
    // Just made, it may not be found everywhere yet.
    if (changeSet && !/_(?:PENDING|IN_PROGRESS)$/.test(changeSet.status)) return changeSet;
    if (clock.now() > until) {
      throw new UserError(
        'deployment.planTimedOut',
        `AWS did not finish the plan for ${run.who} in 10 minutes.`,
        {
          hint: 'Plan again. Nothing was changed.',
        },
      );
    }
    await clock.sleep(pollMs, run.signal);
  }
}

interface Drafted {
  readonly request: StackRequest;
  readonly run: Run;
  readonly template: Template;
  readonly action: 'create' | 'update';
  readonly stack: Stack | undefined;
  readonly changeSet: ChangeSet;
  readonly parameters: Readonly<Record<string, string | undefined>>;
  readonly pace: Pace;
}

async function planOf(drafted: Drafted): Promise<DraftedStack> {
  const { request, run, template, changeSet, stack } = drafted;
  const session = await run.session(run.signal);
  return {
    engine: 'cloudformation',
    tool: 'CloudFormation',
    deploymentId: run.deploymentId,
    stackName: request.stackName,
    stackId: changeSet.stackId,
    action: drafted.action,
    accountId: session.accountId,
    region: run.region,
    identityArn: session.arn,
    ...(session.marks ? { sourceIdentity: session.marks.sourceIdentity } : {}),
    profileId: session.profile.id,
    changes: [...changeSet.changes],
    capabilities: [...template.capabilities],
    parameters: shownParameters(template, drafted.parameters),
    ...(stack?.serviceRoleArn === undefined ? {} : { serviceRoleArn: stack.serviceRoleArn }),
    outputs: template.outputs.map(name => ({ name })),
    inputs: { template: sha256(template.text), parameters: sha256(canonicalJson(request.source.parameters)) },
    changeSetArn: changeSet.arn,
    createdAt: drafted.pace.clock.now(),
  };
}

function draftFailed(request: StackRequest, run: Run, reason: string): UserError {
  return new UserError(
    'deployment.planRefused',
    `AWS could not plan stack ${request.stackName} for ${run.who}: ${reason || 'it gave no reason'}`,
    { hint: `Correct ${request.source.template.name} and plan again. Nothing was changed.` },
  );
}
