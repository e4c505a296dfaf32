/** CloudFormation as an engine: change sets, executed and followed with the session of whoever runs it. */
import type { DeployRequest, Engine, Run } from '../engine.ts';
import { explain } from './awsFault.ts';
import type { CloudFormationApi, OpenCloudFormation } from './cloudFormation.ts';
import { deleteFailedStack } from './deleteStack.ts';
import { draft, type Pace } from './draft.ts';
import { follow } from './follow.ts';
import { order } from './order.ts';
import { keptParameters } from './parameterChoice.ts';
import { stop } from './stop.ts';
import { discard } from './takeBack.ts';
import { parseTemplate } from './template.ts';

export function createCloudFormationEngine(open: OpenCloudFormation, pace: Pace): Engine {
  const api = (run: Run): Promise<CloudFormationApi> => open(run.region, signal => run.session(signal));
  return {
    check: async ({ template, parameters }: DeployRequest) =>
      keptParameters(parseTemplate(template.text, template.name), parameters),
    plan: (request, run, creating) =>
      told(run, `plan stack ${request.stackName}`, async () =>
        draft(await api(run), request, run, pace, creating),
      ),
    apply: async (plan, run, mayOrder) => order(await api(run), plan, run, pace, mayOrder),
    follow: async (plan, run, watch) => follow(await api(run), plan, run, watch, pace),
    stop: (plan, effect, run) =>
      told(run, `cancel the deployment of stack ${plan.stackName}`, async () =>
        stop(await api(run), plan, effect, run, pace),
      ),
    discard: (leftover, run) =>
      told(run, `take back the plan of stack ${leftover.stackName}`, async () =>
        discard(await api(run), leftover, run, pace),
      ),
    deleteFailedStack: (stackId, run) =>
      told(run, 'delete the failed stack', async () => deleteFailedStack(await api(run), stackId, run, pace)),
  };
}

async function told<T>(run: Run, doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw explain(error, doing, run.who);
  }
}
