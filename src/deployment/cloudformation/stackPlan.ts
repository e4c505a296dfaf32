/** The plan that a finished change set stands for, and what guardrails look at in it. */
import type { GuardedResource } from '../../guardrail/guardedResource.ts';
import type { Run } from '../engine.ts';
import { canonicalJson, type DraftedPlan, type DraftedStack, sha256 } from '../plan.ts';
import { faultOf } from './awsFault.ts';
import type {
  ChangeSet,
  CloudFormationApi,
  FoundChange,
  TemplateOf,
  TemplateStage,
} from './cloudFormation.ts';
import type { Pace, StackDraft, StackInput } from './draft.ts';
import { guardedStack } from './guardedStack.ts';
import { secretsAmong, shownParameters } from './parameterChoice.ts';
import { foundChanges, plannedChange } from './plannedChanges.ts';

export async function draftedStack(
  api: CloudFormationApi,
  input: StackInput,
  changeSet: ChangeSet,
  run: Run,
  { clock }: Pace,
): Promise<Extract<StackDraft, { kind: 'plan' }>> {
  const secrets = secretsAmong(input.template, input.request.source.parameters);
  const found = await foundChanges(api, changeSet.arn, secrets, run.signal);
  const plan = await planOf(input, changeSet, found, run, clock.now());
  const resources = await guardedIn(api, input, plan, found, run);
  const deployed =
    input.action === 'update' ? await textOf(api, { stackId: plan.stackId }, 'Original', run) : undefined;
  return { kind: 'plan', plan, resources, ...(deployed === undefined ? {} : { deployed }) };
}

/** When nothing changes but what a stack has beside its template, the plan is about that alone. */
export async function unchangedStack(
  api: CloudFormationApi,
  input: StackInput,
  changeSet: ChangeSet,
  run: Run,
  { clock }: Pace,
): Promise<StackDraft> {
  if (input.settings === undefined) return { kind: 'noChanges' };
  const { changeSetArn: _empty, ...plan } = await planOf(input, changeSet, [], run, clock.now());
  await api.deleteChangeSet(changeSet.arn, run.signal);
  const resources = await guardedIn(api, input, plan, [], run);
  return { kind: 'plan', plan, resources };
}

async function planOf(
  { request, template, action, stack, parameters, capabilities, tags, settings }: StackInput,
  changeSet: ChangeSet,
  found: readonly FoundChange[],
  run: Run,
  createdAt: number,
): Promise<DraftedStack> {
  const { source } = request;
  const serviceRoleArn = source.serviceRoleArn ?? stack?.serviceRoleArn;
  return {
    ...(await identityOf(run)),
    engine: 'cloudformation',
    tool: 'CloudFormation',
    stackName: request.stackName,
    stackId: changeSet.stackId,
    action,
    changes: found.map(plannedChange),
    capabilities: [...capabilities],
    parameters: shownParameters(template, parameters),
    tags: { ...tags },
    ...(settings === undefined ? {} : { settings }),
    ...(serviceRoleArn === undefined ? {} : { serviceRoleArn }),
    outputs: template.outputs.map(name => ({ name })),
    inputs: { template: sha256(template.text), parameters: sha256(canonicalJson(source.parameters)) },
    changeSetArn: changeSet.arn,
    createdAt,
  };
}

type WhoAndWhere = Pick<
  DraftedPlan,
  'deploymentId' | 'accountId' | 'region' | 'identityArn' | 'sourceIdentity' | 'profileId'
>;

/** Whose plan it is. */
export async function identityOf(run: Run): Promise<WhoAndWhere> {
  const { accountId, arn, marks, profile } = await run.session(run.signal);
  return {
    deploymentId: run.deploymentId,
    accountId,
    region: run.region,
    identityArn: arn,
    ...(marks ? { sourceIdentity: marks.sourceIdentity } : {}),
    profileId: profile.id,
  };
}

/** What transforms make of a template is judged, not what was written: that is what is deployed. */
async function guardedIn(
  api: CloudFormationApi,
  { template, parameters, tags }: StackInput,
  { stackId, changeSetArn, stackName, region, accountId }: DraftedStack,
  found: readonly FoundChange[],
  run: Run,
): Promise<GuardedResource[]> {
  const of = { stackId, ...(changeSetArn === undefined ? {} : { changeSetArn }) };
  const processed = template.isTransformed ? await textOf(api, of, 'Processed', run) : undefined;
  const { name, text } = template;
  const judged = processed === undefined ? { name, text } : { name, text: processed, isProcessed: true };
  const stackTags = Object.keys(tags);
  return guardedStack({ template: judged, parameters, stackTags, stackName, region, accountId }, found);
}

/** @returns undefined when the agent may not read it: then rules are unsure, and nothing is compared. */
async function textOf(
  api: CloudFormationApi,
  of: TemplateOf,
  stage: TemplateStage,
  run: Run,
): Promise<string | undefined> {
  try {
    return await api.template(of, stage, run.signal);
  } catch (error) {
    if (faultOf(error) === 'denied') return undefined;
    throw error;
  }
}
