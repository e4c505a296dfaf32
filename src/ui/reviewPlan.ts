/** The plan of a row: reviewed where this window has drafted it, else looked at. */
import { UserError } from '../base/userError.ts';
import { type Deployment, isIn, whoAndWhere } from '../deployment/deployment.ts';
import { canBeHandedOver } from '../deployment/handOver.ts';
import { previousOf } from '../deployment/rollBack.ts';
import { type CarryOutInput, carryOut } from './carryOut.ts';
import type { DeploymentHandlers, DeploymentHandlersInput } from './deploymentHandlers.ts';
import { deploymentIdOf } from './deploymentsTree.ts';
import { reviewAsked } from './handOver.ts';
import { showSourceDiff } from './sourceDiff.ts';
import { tellEnding } from './tellEnding.ts';

type ReviewCommands = Pick<
  DeploymentHandlers,
  | 'noWing.deployment.review'
  | 'noWing.deployment.openPlan'
  | 'noWing.deployment.approve'
  | 'noWing.deployment.refuse'
  | 'noWing.deployment.showDiff'
>;

export function reviewHandlers(input: DeploymentHandlersInput, carrying: CarryOutInput): ReviewCommands {
  const { features, planPanels } = input;
  const press =
    (decision: 'approve' | 'refuse') =>
    (argument: unknown): void => {
      const id = deploymentIdOf(argument);
      if (id !== undefined) planPanels.press(id, decision);
    };
  return {
    'noWing.deployment.review': argument => review(input, carrying, deploymentIdOf(argument)),
    'noWing.deployment.openPlan': argument => openPlan(input, carrying, deploymentIdOf(argument)),
    // They only say which button was pressed on the page: the yes itself is asked in a dialog.
    'noWing.deployment.approve': press('approve'),
    'noWing.deployment.refuse': press('refuse'),
    'noWing.deployment.showDiff': argument => {
      const id = deploymentIdOf(argument);
      return id === undefined ? undefined : showDiff(features.deployments, id, input.documents);
    },
  };
}

/** What the person sees is what this window drafted; the row could have been written by another program. */
async function review(
  { features: { deployments } }: DeploymentHandlersInput,
  carrying: CarryOutInput,
  id: string | undefined,
): Promise<void> {
  if (id === undefined) return;
  const waiting = deployments.waiting(id);
  if (waiting === undefined) {
    const row = deployments.get(id);
    if (row && canBeHandedOver(row)) return await reviewAsked(carrying)(row);
    if (row) throw notHere(row);
    return;
  }
  const ended = await carryOut(carrying, waiting.deployment);
  if (ended) tellEnding(ended);
}

async function openPlan(
  input: DeploymentHandlersInput,
  carrying: CarryOutInput,
  id: string | undefined,
): Promise<void> {
  const { features, planPanels } = input;
  if (id !== undefined && features.deployments.waiting(id)) return await review(input, carrying, id);
  const deployment = id === undefined ? undefined : features.deployments.get(id);
  const plan = deployment && 'plan' in deployment.state ? deployment.state.plan : undefined;
  if (deployment && plan) planPanels.show(deployment, plan);
}

async function showDiff(
  deployments: DeploymentHandlersInput['features']['deployments'],
  id: string,
  documents: DeploymentHandlersInput['documents'],
): Promise<void> {
  const waiting = deployments.waiting(id);
  const deployment = waiting?.deployment ?? deployments.get(id);
  const source = waiting?.source ?? deployments.source(id);
  if (!deployment || !source) return;
  const previous = previousOf(deployment, deployments.list());
  const before = previous && deployments.source(previous.id);
  await showSourceDiff(documents, {
    deployment,
    source,
    ...(before === undefined ? {} : { before }),
    ...(waiting?.drafted.deployed === undefined ? {} : { deployed: waiting.drafted.deployed }),
  });
}

function notHere(deployment: Deployment): UserError {
  const waits = isIn(deployment, 'awaitingApproval');
  return new UserError(
    'deployment.notPlannedHere',
    `The plan of ${deployment.stackName} for ${whoAndWhere(deployment)} ${waits ? 'was drafted in another window' : `does not wait any more (${deployment.state.status})`}.`,
    {
      hint: waits
        ? 'Review it in the window that planned it, or plan again here.'
        : 'Open its record to see what became of it.',
    },
  );
}
