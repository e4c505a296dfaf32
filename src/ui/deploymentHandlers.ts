/** The commands of the Deployments view: each gathers input, calls one feature, shows the result. */
import * as vscode from 'vscode';
import { UserError } from '../base/userError.ts';
import { type Deployment, hasEnded } from '../deployment/deployment.ts';
import type { Features } from '../features.ts';
import { humanOf } from '../identity/marks.ts';
import type { Profile } from '../identity/profile.ts';
import type { CarryOutInput } from './carryOut.ts';
import type { CommandHandlers } from './commands.ts';
import { stackConsoleUrl } from './consoleLink.ts';
import { deployCdk } from './deployCdk.ts';
import { deploymentRecord } from './deploymentRecord.ts';
import { deploymentIdOf } from './deploymentsTree.ts';
import { deployStack } from './deployStack.ts';
import { deployTerraform } from './deployTerraform.ts';
import { cancelDeployment, followInProgress, type Say } from './followDeployment.ts';
import { historyHandlers } from './historyHandlers.ts';
import type { PlanPanels } from './planView/planPanels.ts';
import { askChoice, BACK } from './quickInput.ts';
import { reviewHandlers } from './reviewPlan.ts';
import { stackCareHandlers } from './stackCare.ts';
import { tellEnding } from './tellEnding.ts';
import type { TextDocuments } from './textDocuments.ts';

export interface DeploymentHandlersInput {
  readonly features: Features;
  readonly documents: TextDocuments;
  readonly planPanels: PlanPanels;
}

export type DeploymentHandlers = {
  readonly [K in keyof CommandHandlers as K extends `noWing.deployment.${string}`
    ? K
    : never]: CommandHandlers[K];
};

export function deploymentHandlers(input: DeploymentHandlersInput): DeploymentHandlers {
  const { deployments } = input.features;
  const known = (argument: unknown): Deployment | undefined => {
    const id = deploymentIdOf(argument);
    return id === undefined ? undefined : deployments.get(id);
  };
  return {
    ...reviewHandlers(input, carryingOut(input)),
    ...historyHandlers(input, carryingOut(input)),
    ...stackCareHandlers(input, carryingOut(input)),
    'noWing.deployment.deployStack': async argument => {
      const activeAgent = (): Profile | undefined => input.features.selection.active().agent;
      const ended = await deployStack({ ...carryingOut(input), activeAgent }, argument);
      if (ended) tellEnding(ended);
    },
    'noWing.deployment.deployCdk': async argument => {
      const { selection, synthesizeCdk: synthesize } = input.features;
      const activeAgent = (): Profile | undefined => selection.active().agent;
      const ended = await deployCdk({ ...carryingOut(input), activeAgent, synthesize }, argument);
      if (ended) tellEnding(ended);
    },
    'noWing.deployment.deployTerraform': async argument => {
      const activeAgent = (): Profile | undefined => input.features.selection.active().agent;
      const ended = await deployTerraform({ ...carryingOut(input), activeAgent }, argument);
      if (ended) tellEnding(ended);
    },
    'noWing.deployment.cancel': async argument => {
      const deployment = known(argument) ?? (await pickRunning(deployments.list()));
      if (deployment) await cancelDeployment(deployments, deployment.id);
    },
    'noWing.deployment.follow': async argument => {
      const deployment = known(argument);
      if (!deployment) return;
      const work = (say: Say): Promise<Deployment> => deployments.follow(deployment.id, say);
      tellEnding(await followInProgress(deployments, deployment.id, work));
    },
    'noWing.deployment.openConsole': async argument => {
      const deployment = known(argument);
      if (deployment) await vscode.env.openExternal(vscode.Uri.parse(stackConsoleUrl(deployment)));
    },
    'noWing.deployment.openReport': argument => openReport(input, known(argument)),
    'noWing.deployment.verify': async argument => {
      const deployment = known(argument);
      if (deployment) await input.features.verifications.watch(deployment.id);
    },
  };
}

/** What carrying out a plan needs, the same for every engine's command. */
export function carryingOut({ features, planPanels }: DeploymentHandlersInput): CarryOutInput {
  const { deployments, clock } = features;
  return { deployments, planPanels, human: () => humanName(features), now: clock.now };
}

async function openReport(
  { features: { deployments }, documents }: DeploymentHandlersInput,
  deployment: Deployment | undefined,
): Promise<void> {
  if (!deployment) return;
  const text = deploymentRecord(deployment, deployments.events(deployment.id), deployments.list());
  await documents.show(`Deployment ${deployment.id} of ${deployment.stackName}.md`, text);
}

async function pickRunning(deployments: readonly Deployment[]): Promise<Deployment | undefined> {
  const choices = deployments
    .filter(deployment => !hasEnded(deployment))
    .map(value => ({ value, label: value.stackName, description: `${value.agent} · ${value.environment}` }));
  const answer = await askChoice(
    { title: 'Cancel Deployment' },
    { placeholder: 'Which deployment?', choices },
  );
  return answer === BACK ? undefined : answer;
}

function humanName({ selection }: Features): string {
  const { user } = selection.active();
  if (!user)
    throw new UserError('identity.noUser', 'No Wing does not know who you are.', {
      hint: 'Add a user profile, so that the record can say who approved.',
      action: { title: 'Add User Profile', command: 'noWing.identity.addUser' },
    });
  return humanOf(user);
}
