/** `no-wing plan`: what a deployment would change. The plan is taken back: it cannot be approved here. */
import { type Deployment, isIn } from '../../deployment/deployment.ts';
import type { CommandLine } from '../commandLine.ts';
import { answerFor, deploymentData } from '../deploy/endings.ts';
import { orderFrom } from '../deploy/order.ts';
import { planLines } from '../deploy/planLines.ts';
import type { Desk } from '../desk.ts';
import { stoppable } from '../stoppable.ts';
import type { Answer } from '../surroundings.ts';

/** @throws UserError `cli.usage`, `cli.refused.*`, `deployment.*` */
export async function run(desk: Desk, line: CommandLine): Promise<Answer> {
  const stopping = stoppable();
  try {
    const order = await orderFrom(desk, line, stopping.signal);
    try {
      const { deployments } = await desk.features();
      const planned = await deployments.plan(order.request, stopping.signal);
      if (isIn(planned, 'awaitingApproval')) await deployments.refuse(planned.id, 'It was a plan only.');
      return answer(desk, planned);
    } finally {
      order.dispose();
    }
  } finally {
    stopping.dispose();
  }
}

function answer({ here }: Desk, planned: Deployment): Answer {
  const { state } = planned;
  if (!('plan' in state) || state.plan === undefined) return answerFor(planned);
  return {
    ...(isIn(planned, 'refused') ? answerFor(planned) : {}),
    text: planLines(planned, state.plan, here.paint).join('\n'),
    json: deploymentData(planned),
  };
}
