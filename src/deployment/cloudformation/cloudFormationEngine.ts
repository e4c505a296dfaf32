/** CloudFormation as an engine: change sets, executed and followed with the session of whoever runs it. */
import { UserError } from '../../base/userError.ts';
import type { Checked, DeleteFailedStack, DeployRequest, Engine, Leftover, Run } from '../engine.ts';
import type { CloudFormationPlan, Plan } from '../plan.ts';
import type { CloudFormationSource, Source } from '../source.ts';
import { explain } from './awsFault.ts';
import type { CloudFormationApi, OpenCloudFormation } from './cloudFormation.ts';
import { deleteFailedStack } from './deleteStack.ts';
import { draft, type Pace } from './draft.ts';
import { follow } from './follow.ts';
import { order } from './order.ts';
import { keptParameters } from './parameterChoice.ts';
import { stop } from './stop.ts';
import { type CloudFormationLeftover, discard } from './takeBack.ts';
import { parseTemplate } from './template.ts';

export function createCloudFormationEngine(open: OpenCloudFormation, pace: Pace): Engine {
  const api = apiOf(open);
  return {
    check: request => Promise.resolve().then(() => check(request)),
    plan: (request, run, creating) =>
      told(run, `plan stack ${request.stackName}`, async () =>
        draft(await api(run), { ...request, source: ownSource(request.source) }, run, pace, creating),
      ),
    apply: async (plan, run, mayOrder) => order(await api(run), ownPlan(plan), run, pace, mayOrder),
    follow: async (plan, run, watch) => follow(await api(run), ownPlan(plan), run, watch, pace),
    stop: (plan, effect, run) =>
      told(run, `cancel the deployment of stack ${plan.stackName}`, async () =>
        stop(await api(run), ownPlan(plan), effect, run, pace),
      ),
    discard: (leftover, run) =>
      told(run, `take back the plan of stack ${leftover.stackName}`, async () =>
        discard(await api(run), ownLeftover(leftover), run, pace),
      ),
  };
}

export function failedStackDeleter(open: OpenCloudFormation, pace: Pace): DeleteFailedStack {
  const api = apiOf(open);
  return (stackId, run) =>
    told(run, 'delete the failed stack', async () => deleteFailedStack(await api(run), stackId, run, pace));
}

function apiOf(open: OpenCloudFormation): (run: Run) => Promise<CloudFormationApi> {
  return run => open(run.region, signal => run.session(signal));
}

const STACK_NAME = /^[a-zA-Z][a-zA-Z0-9-]{0,127}$/;

function check({ stackName, source }: DeployRequest): Checked {
  if (!STACK_NAME.test(stackName)) {
    throw new UserError(
      'deployment.stackName',
      `CloudFormation does not take the stack name "${stackName}".`,
      {
        hint: 'A name begins with a letter and has letters, digits and hyphens only, 128 at most.',
      },
    );
  }
  const { template, parameters } = ownSource(source);
  const kept = keptParameters(parseTemplate(template.text, template.name), parameters);
  return { source: { engine: 'cloudformation', template, parameters: kept }, sourceName: template.name };
}

/** The pipeline gives an engine what is its own only; anything else is a fault of ours. */
function ownSource(source: Source): CloudFormationSource {
  if (source.engine === 'cloudformation') return source;
  throw new Error('Not a source for CloudFormation');
}

function ownPlan(plan: Plan): CloudFormationPlan {
  if (plan.engine === 'cloudformation') return plan;
  throw new Error('Not a plan of CloudFormation');
}

function ownLeftover({ plan, ...leftover }: Leftover): CloudFormationLeftover {
  return plan === undefined ? leftover : { ...leftover, plan: ownPlan(plan) };
}

async function told<T>(run: Run, doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw explain(error, doing, run.who);
  }
}
