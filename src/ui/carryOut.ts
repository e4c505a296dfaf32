/** From a request to its end, the same for every engine and every door: plan, its page, a human's yes, and following it. */
import * as vscode from 'vscode';
import { type Deployment, isIn } from '../deployment/deployment.ts';
import type { Deployments } from '../deployment/deployments.ts';
import type { DeployRequest } from '../deployment/engine.ts';
import { type ConfirmInput, confirmPlan } from './confirmPlan.ts';
import { followInProgress } from './followDeployment.ts';
import type { PlanPanels } from './planView/planPanels.ts';

export interface CarryOutInput extends Omit<ConfirmInput, 'refuse'> {
  readonly deployments: Deployments;
  readonly planPanels: Pick<PlanPanels, 'decision' | 'show'>;
}

/** @returns the deployment at its end; undefined after a no, or when it goes on waiting. @throws UserError, Cancelled */
export async function planAndCarryOut(
  input: CarryOutInput,
  request: DeployRequest,
): Promise<Deployment | undefined> {
  const { stackName } = request;
  return await carryOut(
    input,
    await planInProgress(stackName, signal => input.deployments.plan(request, signal)),
  );
}

/** With a notification that can be cancelled. */
export function planInProgress(
  stackName: string,
  plan: (signal: AbortSignal) => Promise<Deployment>,
): Thenable<Deployment> {
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: `Planning ${stackName}`,
    cancellable: true,
  };
  return vscode.window.withProgress(options, (_progress, token) => {
    const controller = new AbortController();
    token.onCancellationRequested(() => controller.abort());
    return plan(controller.signal);
  });
}

/** @returns the deployment at its end; undefined after a no, or when it goes on waiting. @throws UserError */
export async function carryOut(input: CarryOutInput, planned: Deployment): Promise<Deployment | undefined> {
  const { deployments, planPanels } = input;
  if (isIn(planned, 'refused')) planPanels.show(planned, planned.state.plan);
  if (!isIn(planned, 'awaitingApproval')) return planned;
  const confirming = { ...input, refuse: deployments.refuse };
  const approval = await confirmPlan(confirming, planned, planned.state.plan);
  if (!approval) return undefined;
  return await followInProgress(deployments, planned.id, say => deployments.apply(planned.id, approval, say));
}
