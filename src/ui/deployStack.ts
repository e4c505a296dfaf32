/** Deploy Stack as Agent: template → questions → plan → a human's yes → apply, with progress that can be stopped. */
import * as vscode from 'vscode';
import { UserError } from '../base/userError.ts';
import { questionsOf } from '../deployment/approval.ts';
import { type Deployment, isIn } from '../deployment/deployment.ts';
import type { Deployments } from '../deployment/deployments.ts';
import type { DeployRequest } from '../deployment/engine.ts';
import type { Plan } from '../deployment/plan.ts';
import type { Profile } from '../identity/profile.ts';
import { type ChosenTemplate, chooseTemplate } from './chooseTemplate.ts';
import { confirmPlan } from './confirmPlan.ts';
import { deploySteps } from './deployForm.ts';
import { followInProgress } from './followDeployment.ts';
import { fillForm } from './quickInput.ts';

export interface DeployStackInput {
  readonly deployments: Deployments;
  readonly activeAgent: () => Profile | undefined;
  /** Who says yes: the name of the human, as it stands in the record. */
  readonly human: () => string;
  readonly showPlan: (deployment: Deployment, plan: Plan) => Promise<void>;
  readonly now: () => number;
}

/** @returns the deployment at its end; undefined when the person left or said no. */
export async function deployStack(
  input: DeployStackInput,
  argument: unknown,
): Promise<Deployment | undefined> {
  const agent = input.activeAgent();
  if (!agent) throw noAgent();
  const chosen = await chooseTemplate(argument);
  if (!chosen) return undefined;
  const planned = await plan(input, agent, chosen);
  if (!isIn(planned, 'awaitingApproval')) return planned;
  const { plan: drafted } = planned.state;
  if (!(await confirmPlan(input, planned, drafted))) {
    await input.deployments.refuse(planned.id, `${input.human()} said no.`);
    return undefined;
  }
  const approval = {
    planHash: drafted.hash,
    approvedBy: input.human(),
    at: input.now(),
    acknowledged: questionsOf(drafted),
  };
  return followInProgress(input.deployments, planned.id, say =>
    input.deployments.apply(planned.id, approval, say),
  );
}

async function plan(
  input: DeployStackInput,
  agent: Profile,
  { template, folder }: ChosenTemplate,
): Promise<Deployment> {
  const title = 'Deploy Stack as Agent';
  const known = input.deployments.list().filter(deployment => deployment.sourceName === template.name);
  const steps = deploySteps(
    template,
    known.map(({ stackName }) => stackName),
  );
  const { stackName = '', parameters } = await fillForm(title, { parameters: {} }, () => steps);
  const { name, text } = template;
  const request: DeployRequest = {
    profileId: agent.id,
    stackName,
    operation: 'deploy',
    source: { engine: 'cloudformation', template: { name, text }, parameters },
    askedBy: { kind: 'user', name: input.human(), door: 'window' },
    ...(folder === undefined ? {} : { folder }),
  };
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: `Planning ${stackName}`,
    cancellable: true,
  };
  return vscode.window.withProgress(options, (_progress, token) => {
    const controller = new AbortController();
    token.onCancellationRequested(() => controller.abort());
    return input.deployments.plan(request, controller.signal);
  });
}

function noAgent(): UserError {
  return new UserError('deployment.noAgent', 'There is no active agent to deploy as.', {
    hint: 'A deployment never runs as you. Add an agent profile first.',
    action: { title: 'Add Agent Profile', command: 'noWing.identity.addAgent' },
  });
}
