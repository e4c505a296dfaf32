/** What can be done with a stack besides deploying to it: destroy it, lead it out of a failed state, look for drift. */
import * as v from 'valibot';
import * as vscode from 'vscode';
import { UserError } from '../base/userError.ts';
import { WAY_TITLES } from '../deployment/cloudformation/stackReadiness.ts';
import { troubleOf } from '../deployment/cloudformation/waysOut.ts';
import type { Deployment } from '../deployment/deployment.ts';
import type { DeployRequest, FailedStack, KnownStack, WayOut } from '../deployment/engine.ts';
import type { ResourceEvent } from '../deployment/resourceEvents.ts';
import type { Source } from '../deployment/source.ts';
import type { Features } from '../features.ts';
import { type CarryOutInput, planAndCarryOut } from './carryOut.ts';
import type { DeploymentHandlers, DeploymentHandlersInput } from './deploymentHandlers.ts';
import { deploymentIdOf } from './deploymentsTree.ts';
import { driftText } from './driftText.ts';
import { askChoice, BACK } from './quickInput.ts';
import { tellEnding } from './tellEnding.ts';

type StackCommands = Pick<
  DeploymentHandlers,
  'noWing.deployment.recoverStack' | 'noWing.deployment.destroyStack' | 'noWing.deployment.detectDrift'
>;

export function stackCareHandlers(
  { features, documents }: DeploymentHandlersInput,
  carrying: CarryOutInput,
): StackCommands {
  const known = (argument: unknown): Deployment | undefined => {
    const id = deploymentIdOf(argument);
    return id === undefined ? undefined : features.deployments.get(id);
  };
  return {
    'noWing.deployment.recoverStack': async argument => {
      const failed = v.safeParse(FailedStackArgument, argument);
      const stack = failed.success ? failed.output : await chooseWay(features, known(argument));
      if (stack) await recover(features, stack);
    },
    'noWing.deployment.destroyStack': async argument => {
      const deployment = known(argument);
      if (!deployment) return;
      const request = await destroyRequest(features, carrying.human(), deployment);
      const ended = request && (await planAndCarryOut(carrying, request));
      if (ended) tellEnding(ended);
    },
    'noWing.deployment.detectDrift': async argument => {
      const deployment = known(argument);
      if (!deployment) return;
      const stack = stackOf(deployment);
      const drift = await inProgress(`Looking for drift of ${deployment.stackName}`, signal =>
        features.deployments.detectDrift(stack, signal),
      );
      await documents.show(`Drift of ${deployment.stackName}.md`, driftText(deployment, drift));
    },
  };
}

const FailedStackArgument = v.object({
  profileId: v.string(),
  region: v.string(),
  stackId: v.string(),
  way: v.picklist(['delete', 'rollBack', 'continueRollBack']),
});

function stackOf(deployment: Deployment): KnownStack {
  const { state, profileId, region } = deployment;
  const plan = 'plan' in state ? state.plan : undefined;
  if (plan && 'stackId' in plan) return { profileId, region, stackId: plan.stackId };
  throw new UserError('deployment.noStack', `${deployment.stackName} is not known as a stack of AWS yet.`, {
    hint: 'Its last deployment did not come to a plan of CloudFormation. Deploy it first.',
  });
}

async function chooseWay(
  { deployments }: Features,
  deployment: Deployment | undefined,
): Promise<FailedStack | undefined> {
  if (!deployment) return undefined;
  const { stackName } = deployment;
  const stack = stackOf(deployment);
  const condition = await inProgress(`Looking at ${stackName}`, signal =>
    deployments.stackCondition(stack, signal),
  );
  const trouble = condition && troubleOf(condition.status);
  if (!trouble) {
    const state = condition ? `is in order (${condition.status})` : 'does not exist any more';
    void vscode.window.showInformationMessage(`Stack ${stackName} ${state}: nothing to repair.`);
    return undefined;
  }
  if (trouble.ways.length === 0) {
    void vscode.window.showWarningMessage(`Stack ${stackName}: ${trouble.meaning}. ${trouble.advice}`);
    return undefined;
  }
  const way = await askChoice(
    { title: `Repair ${stackName} (${condition.status})` },
    {
      placeholder: `${trouble.meaning}: what now?`,
      choices: trouble.ways.map(value => ({ value, label: WAY_TITLES[value], detail: EFFECTS[value] })),
    },
  );
  return way === BACK || way === undefined ? undefined : { ...stack, way };
}

const EFFECTS: Readonly<Record<WayOut, string>> = {
  delete: 'Its creation failed, so it holds nothing that works. All that is left of it is deleted.',
  rollBack: 'AWS takes it back to its last good state; what never had one is deleted.',
  continueRollBack:
    'AWS goes on taking the failed update back. What was in the way has to be put right first.',
};

const QUESTIONS: Readonly<Record<WayOut, (name: string) => string>> = {
  delete: name => `Delete the failed stack ${name}?`,
  rollBack: name => `Roll the failed stack ${name} back?`,
  continueRollBack: name => `Continue the roll back of stack ${name}?`,
};

async function recover({ deployments, profiles }: Features, stack: FailedStack): Promise<void> {
  const name = stack.stackId.split('/')[1] ?? stack.stackId;
  const title = WAY_TITLES[stack.way];
  const agent = profiles.get(stack.profileId)?.name ?? '';
  const answer = await vscode.window.showWarningMessage(
    QUESTIONS[stack.way](name),
    { modal: true, detail: `${stack.stackId}\n\n${EFFECTS[stack.way]} It is done as agent ${agent}.` },
    title,
  );
  if (answer !== title) return;
  await inProgress(`${title}: ${name}`, signal => deployments.recoverStack(stack, signal));
  const done = stack.way === 'delete' ? 'was deleted' : 'is in order again';
  void vscode.window.showInformationMessage(`Stack ${name} ${done}. Deploy it again now.`);
}

async function destroyRequest(
  { deployments }: Features,
  human: string,
  deployment: Deployment,
): Promise<DeployRequest | undefined> {
  const { id, profileId, region, stackName, folder } = deployment;
  const source = deployments.source(id);
  if (source === undefined) {
    throw new UserError(
      'deployment.sourceGone',
      `What ${stackName} was deployed from is not kept any more.`,
      {
        hint: 'Deploy it once more, then destroy it.',
      },
    );
  }
  const stuck = inTheWay(deployment, deployments.events(id));
  const retain = stuck.length === 0 ? [] : await askRetained(stackName, stuck);
  if (retain === undefined) return undefined;
  return {
    ...{ profileId, region, stackName, operation: 'destroy', source: leavingOut(source, retain) },
    askedBy: { kind: 'user', name: human, door: 'window' },
    ...(folder === undefined ? {} : { folder }),
  };
}

function leavingOut(source: Source, retain: readonly string[]): Source {
  if (source.engine !== 'cloudformation') return source;
  const { retain: _before, ...rest } = source;
  return retain.length === 0 ? rest : { ...rest, retain: [...retain] };
}

/** What the last deletion could not delete. */
function inTheWay({ operation }: Deployment, events: readonly ResourceEvent[]): string[] {
  if (operation !== 'destroy') return [];
  const failed = events.filter(({ status, isStack }) => status === 'DELETE_FAILED' && !isStack);
  return [...new Set(failed.map(({ address }) => address))];
}

async function askRetained(stackName: string, stuck: readonly string[]): Promise<string[] | undefined> {
  const picked = await vscode.window.showQuickPick([...stuck], {
    canPickMany: true,
    title: `Destroy ${stackName}`,
    placeHolder: 'AWS could not delete these. Which ones stay in the account? None: try all again.',
  });
  return picked;
}

function inProgress<T>(title: string, work: (signal: AbortSignal) => Promise<T>): Thenable<T> {
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, (_progress, token) => {
    const controller = new AbortController();
    token.onCancellationRequested(() => controller.abort());
    return work(controller.signal);
  });
}
