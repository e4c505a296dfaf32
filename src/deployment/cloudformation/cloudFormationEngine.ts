/** CloudFormation as an engine: change sets, executed and followed with the session of whoever runs it. */
import { UserError } from '../../base/userError.ts';
import type {
  Checked,
  DeployRequest,
  Draft,
  Engine,
  Leftover,
  Run,
  StackCare,
  StackCondition,
  WayOut,
} from '../engine.ts';
import type { CloudFormationPlan } from '../plan.ts';
import { ownOf } from '../source.ts';
import { explain } from './awsFault.ts';
import type { CloudFormationApi, OpenCloudFormation, Stack } from './cloudFormation.ts';
import { draft, type Pace, type StackRequest } from './draft.ts';
import { draftDeletion } from './draftDeletion.ts';
import { detectDrift } from './drift.ts';
import { follow } from './follow.ts';
import { order } from './order.ts';
import { type Packaging, packSource, refusedAssets, templatePublisher } from './packedStack.ts';
import { keptParameters } from './parameterChoice.ts';
import { recoverStack } from './recoverStack.ts';
import { isSettingsAlone, outcomeWithSettings, requireStackPolicy } from './stackSettings.ts';
import { requireTags } from './stackTags.ts';
import { stop } from './stop.ts';
import { type CloudFormationLeftover, discard } from './takeBack.ts';
import { parseTemplate } from './template.ts';

/** @param packaging absent: a template that names local files, or is too large for a request, cannot be planned. */
export function createCloudFormationEngine(
  open: OpenCloudFormation,
  pace: Pace,
  packaging?: Packaging,
): Engine {
  const api = apiOf(open);
  // Deployments that this process has the approval of: what comes after the order is made by it alone.
  const ordered = new Map<string, CloudFormationPlan>();
  return {
    check: request => Promise.resolve().then(() => check(request)),
    plan: (request, run, creating) =>
      told(run, `plan stack ${request.stackName}`, async () => {
        const asked = { ...request, source: ownOf('cloudformation', request.source) };
        return request.operation === 'destroy'
          ? draftDeletion(await api(run), asked, run, pace)
          : planPacked(await api(run), asked, packaging, run, pace, creating);
      }),
    apply: async (plan, run, mayOrder) => {
      const own = ownOf('cloudformation', plan);
      const refused = await refusedAssets(packaging, own, run);
      if (refused) return refused;
      ordered.set(plan.deploymentId, own);
      return order(await api(run), own, run, pace, mayOrder);
    },
    follow: async (plan, run, watch) => {
      const [calls, own] = [await api(run), ownOf('cloudformation', plan)];
      if (isSettingsAlone(own)) return { kind: 'succeeded', outputs: [] };
      const outcome = await follow(calls, own, run, watch, pace);
      const approved = ordered.get(plan.deploymentId);
      ordered.delete(plan.deploymentId);
      const mayMake = approved !== undefined;
      return await outcomeWithSettings(calls, approved ?? own, outcome, mayMake, run, pace);
    },
    stop: (plan, effect, run) =>
      told(run, `cancel the deployment of stack ${plan.stackName}`, async () =>
        stop(await api(run), ownOf('cloudformation', plan), effect, run, pace),
      ),
    discard: (leftover, run) =>
      told(run, `take back the plan of stack ${leftover.stackName}`, async () =>
        discard(await api(run), ownLeftover(leftover), run, pace),
      ),
  };
}

async function planPacked(
  api: CloudFormationApi,
  request: StackRequest & DeployRequest,
  packaging: Packaging | undefined,
  run: Run,
  pace: Pace,
  creating: () => void,
): Promise<Draft> {
  const { source, assets } = await packSource(packaging, request.source, request.folder, run);
  const asked = { ...request, source, ...templatePublisher(packaging, run) };
  const drafted = await draft(api, asked, run, pace, creating);
  if (drafted.kind === 'noChanges' || assets.length === 0) return drafted;
  const named = assets.map(({ name, bucket, key, sha256 }) => ({ name, bucket, key, sha256 }));
  return { ...drafted, plan: { ...drafted.plan, assets: named }, source: check(asked).source };
}

export function createStackCare(open: OpenCloudFormation, pace: Pace): StackCare {
  const api = apiOf(open);
  return {
    recover: (stackId, way, run) =>
      told(run, DOING[way], async () => recoverStack(await api(run), stackId, way, run, pace)),
    condition: (stackId, run) =>
      told(run, 'look at the stack', async () =>
        conditionOf(await (await api(run)).stack(stackId, run.signal)),
      ),
    drift: (stackId, run) =>
      told(run, 'look for drift of the stack', async () => detectDrift(await api(run), stackId, run, pace)),
  };
}

function conditionOf(stack: Stack | undefined): StackCondition | undefined {
  if (stack === undefined || stack.status === 'DELETE_COMPLETE') return undefined;
  const { status, statusReason } = stack;
  return { status, ...(statusReason === undefined ? {} : { reason: statusReason }) };
}

const DOING: Readonly<Record<WayOut, string>> = {
  delete: 'delete the failed stack',
  rollBack: 'roll the failed stack back',
  continueRollBack: 'continue the roll back of the stack',
};

function apiOf(open: OpenCloudFormation): (run: Run) => Promise<CloudFormationApi> {
  return run => open(run.region, signal => run.session(signal));
}

const STACK_NAME = /^[a-zA-Z][a-zA-Z0-9-]{0,127}$/;

function check({ stackName, operation, source }: DeployRequest): Checked {
  if (!STACK_NAME.test(stackName)) {
    throw new UserError(
      'deployment.stackName',
      `CloudFormation does not take the stack name "${stackName}".`,
      {
        hint: 'A name begins with a letter and has letters, digits and hyphens only, 128 at most.',
      },
    );
  }
  const own = ownOf('cloudformation', source);
  const { template, parameters } = own;
  // What is deleted is what AWS has, whatever the template says by now.
  if (operation === 'destroy') return { source: { ...own, parameters: {} }, sourceName: template.name };
  requireTags(own.tags ?? {});
  if (own.stackPolicy !== undefined) requireStackPolicy(own.stackPolicy);
  const kept = keptParameters(parseTemplate(template.text, template.name), parameters);
  return { source: { ...own, parameters: kept }, sourceName: template.name };
}

function ownLeftover({ plan, ...leftover }: Leftover): CloudFormationLeftover {
  return plan === undefined ? leftover : { ...leftover, plan: ownOf('cloudformation', plan) };
}

async function told<T>(run: Run, doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw explain(error, doing, run.who);
  }
}
