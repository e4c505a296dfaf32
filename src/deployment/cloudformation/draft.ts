/**
 * Drafts a plan as a change set, which alters nothing until it is executed. The marks of No Wing among a stack's tags are
 * set when it is made and stay what they are: a tag that differs with every deployment would be a change of every
 * resource each time, and "nothing to change" could never be the answer.
 */
import { throwIfCancelled } from '../../base/cancellation.ts';
import { type Clock, MINUTE } from '../../base/clock.ts';
import { UserError } from '../../base/userError.ts';
import type { DeployRequest, DraftOf, Run } from '../engine.ts';
import type { DraftedStack, StackSettings } from '../plan.ts';
import type { CloudFormationSource } from '../source.ts';
import type { ChangeSet, CloudFormationApi, Stack } from './cloudFormation.ts';
import { chooseParameters } from './parameterChoice.ts';
import { nextPause } from './pause.ts';
import { draftedStack, unchangedStack } from './stackPlan.ts';
import { requireChangeable } from './stackReadiness.ts';
import { wantedSettings } from './stackSettings.ts';
import { tagsFor } from './stackTags.ts';
import { parseTemplate, type Template } from './template.ts';
import { bodyOrUrl, type PublishTemplate } from './templateBody.ts';

/** A request for CloudFormation. */
export interface StackRequest extends Pick<DeployRequest, 'profileId' | 'stackName' | 'operation'> {
  readonly source: CloudFormationSource;
  /** For a template that is too large for a request. */
  readonly publishTemplate?: PublishTemplate;
}

export type StackDraft = DraftOf<DraftedStack>;

export interface Pace {
  readonly clock: Clock;
  /** The longest pause between two looks at what changes. */
  readonly pollMs: number;
  /** The pause after something has changed; it grows from there. `pollMs` when absent. */
  readonly firstMs?: number;
}

/** All that a change set is drafted from. */
export interface StackInput {
  readonly request: StackRequest;
  readonly template: Template;
  readonly action: 'create' | 'update';
  /** As it is before. */
  readonly stack: Stack | undefined;
  /** undefined for a value that the stack keeps. */
  readonly parameters: Readonly<Record<string, string | undefined>>;
  readonly capabilities: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  readonly settings: StackSettings | undefined;
}

export async function draft(
  api: CloudFormationApi,
  request: StackRequest,
  run: Run,
  pace: Pace,
  creating: () => void,
): Promise<StackDraft> {
  const input = await inputFor(api, request, run);
  if (input.stack === undefined) creating();
  const arn = await createChangeSet(api, input, run);
  throwIfCancelled(run.signal);
  const changeSet = await settled(api, arn, run, pace);
  if (changeSet.status === 'CREATE_COMPLETE') return await draftedStack(api, input, changeSet, run, pace);
  if (NO_CHANGES.test(changeSet.statusReason)) return await unchangedStack(api, input, changeSet, run, pace);
  throw draftFailed(request, run, changeSet.statusReason);
}

async function inputFor(api: CloudFormationApi, request: StackRequest, run: Run): Promise<StackInput> {
  const { source } = request;
  const template = parseTemplate(source.template.text, source.template.name);
  const stack = await api.stack(request.stackName, run.signal);
  const action = requireChangeable(request, stack, run);
  const { profile } = await run.session(run.signal);
  const marks = { 'no-wing:agent': profile.name, 'no-wing:deployment': run.deploymentId };
  return {
    request,
    template,
    action,
    stack,
    parameters: chooseParameters(template, source.parameters, stack?.parameterNames ?? []),
    capabilities: source.capabilities ?? template.capabilities,
    tags: tagsFor(source.tags, action === 'create' ? marks : (stack?.tags ?? {})),
    settings: await wantedSettings(api, source, stack, run),
  };
}

async function createChangeSet(api: CloudFormationApi, input: StackInput, run: Run): Promise<string> {
  const { request, template, action, parameters, capabilities, tags } = input;
  const { profile } = await run.session(run.signal);
  const { serviceRoleArn } = request.source;
  const body = await bodyOrUrl(template, request.publishTemplate);
  throwIfCancelled(run.signal);
  // Not broken off in the middle: whether AWS has received it must be known, for it to be taken back.
  const { arn } = await api.createChangeSet({
    name: changeSetName(run.deploymentId),
    stackName: request.stackName,
    action,
    template: body,
    nested: mayNest(template),
    parameters,
    capabilities,
    ...(serviceRoleArn === undefined ? {} : { serviceRoleArn }),
    description: `Deployment ${run.deploymentId} by ${profile.name}, drafted by No Wing`,
    tags,
  });
  return arn;
}

/** Nested stacks are named in it, or made by a transform. */
function mayNest({ resources, isTransformed }: Template): boolean {
  return isTransformed || resources.some(({ type }) => type === 'AWS::CloudFormation::Stack');
}

export function changeSetName(deploymentId: string): string {
  return `no-wing-${deploymentId}`;
}

/** Both are in use, by the kind of "nothing". */
const NO_CHANGES = /didn't contain changes|no updates are to be performed/i;

const DRAFT_TIMEOUT_MS = 10 * MINUTE;

async function settled(api: CloudFormationApi, arn: string, run: Run, pace: Pace): Promise<ChangeSet> {
  const { clock } = pace;
  const until = clock.now() + DRAFT_TIMEOUT_MS;
  for (let look = 0; ; look++) {
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
    await clock.sleep(nextPause(look, pace), run.signal);
  }
}

function draftFailed(request: StackRequest, run: Run, reason: string): UserError {
  return new UserError(
    'deployment.planRefused',
    `AWS could not plan stack ${request.stackName} for ${run.who}: ${reason || 'it gave no reason'}`,
    { hint: `Correct ${request.source.template.name} and plan again. Nothing was changed.` },
  );
}
