/** One handler per command: gathers input, calls one feature, shows the result. */
import * as vscode from 'vscode';
import { UserError } from '../base/userError.ts';
import { type Deployment, hasEnded } from '../deployment/deployment.ts';
import { humanOf } from '../identity/marks.ts';
import type { Profile } from '../identity/profile.ts';
import { type AddProfileInput, addProfile } from './addProfile.ts';
import type { BrokerHandlers } from './brokerDoor.ts';
import type { CommandHandlers } from './commands.ts';
import { stackConsoleUrl } from './consoleLink.ts';
import { createAgentRole } from './createRole.ts';
import { deploymentRecord } from './deploymentRecord.ts';
import { deploymentIdOf } from './deploymentsTree.ts';
import { deployStack } from './deployStack.ts';
import { doctorHandlers } from './doctorHandlers.ts';
import { cancelDeployment, ending, followInProgress, type Say } from './followDeployment.ts';
import { leakHandlers } from './leakHandlers.ts';
import { planDocument } from './planText.ts';
import { copyArn, profileFor, removeProfile, showTrustStatement, signIn } from './profileActions.ts';
import { askChoice, BACK } from './quickInput.ts';
import { openRecord, recordUri } from './recordDocument.ts';
import { setUpAgentHandlers } from './setUpAgentHandlers.ts';
import { switchIdentity, useProfile } from './switchIdentity.ts';
import type { TextDocuments } from './textDocuments.ts';
import type { TrailActions } from './trailActions.ts';
import { eventOf } from './trailTree.ts';
import type { WorkbenchInput } from './workbench.ts';

export interface HandlersInput extends WorkbenchInput {
  readonly trailActions: TrailActions;
  readonly documents: TextDocuments;
  readonly brokerHandlers: BrokerHandlers;
}

export function commandHandlers(input: HandlersInput): CommandHandlers {
  return {
    ...identityHandlers(input),
    ...deploymentHandlers(input),
    ...trailHandlers(input),
    ...otherHandlers(input),
    ...doctorHandlers({ ...input, adding: addingProfiles(input), runningAs: runningAs(input) }),
    ...setUpAgentHandlers(input),
    ...input.brokerHandlers,
  };
}

type Handlers<Prefix extends string> = {
  readonly [K in keyof CommandHandlers as K extends `noWing.${Prefix}.${string}`
    ? K
    : never]: CommandHandlers[K];
};

function identityHandlers(input: HandlersInput): Omit<Handlers<'identity'>, keyof BrokerHandlers> {
  const { features } = input;
  const { profiles, active } = features;
  const adding = addingProfiles(input);
  const withProfile =
    (question: string, act: (profile: Profile) => Promise<unknown>) => async (argument: unknown) => {
      const profile = await profileFor(features, argument, question);
      if (profile) await act(profile);
    };
  const switching = {
    profiles: profiles.list,
    active,
    copyArn,
    runningAs: runningAs(input),
    now: features.clock.now,
  };
  return {
    'noWing.identity.addUser': () => addProfile(adding, { kind: 'user' }),
    'noWing.identity.addAgent': () => addProfile(adding, { kind: 'agent' }),
    'noWing.identity.importProfile': () => addProfile(adding, { kind: 'user', sourceType: 'sharedConfig' }),
    'noWing.identity.switch': () => switchIdentity(switching),
    'noWing.identity.use': withProfile('Use Profile', profile => useProfile(switching, profile)),
    'noWing.identity.signIn': withProfile('Sign In', profile => signIn(features, profile)),
    'noWing.identity.copyArn': withProfile('Copy ARN', copyArn),
    'noWing.identity.remove': withProfile('Remove Profile', profile => removeProfile(features, profile)),
    'noWing.identity.showTrustStatement': argument =>
      showTrustStatement(features.selection.active().user, argument),
  };
}

function addingProfiles({ features: { profiles, active }, showError }: HandlersInput): AddProfileInput {
  return { profiles, active, showError, suggestedAgent };
}

function deploymentHandlers(input: HandlersInput): Handlers<'deployment'> {
  const { features, documents } = input;
  const { deployments, clock } = features;
  const withDeployment = (argument: unknown): Deployment | undefined => {
    const id = deploymentIdOf(argument);
    return id === undefined ? undefined : deployments.get(id);
  };
  return {
    'noWing.deployment.deployStack': async argument => {
      const human = (): string => humanName(input);
      const activeAgent = (): Profile | undefined => features.selection.active().agent;
      const showPlan = (deployment: Deployment, plan: Parameters<typeof planDocument>[1]): Promise<void> =>
        documents.show(`Plan of ${plan.stackName}.md`, planDocument(deployment, plan));
      const ended = await deployStack(
        { deployments, activeAgent, human, showPlan, now: clock.now },
        argument,
      );
      if (ended) tellEnding(ended);
    },
    'noWing.deployment.cancel': async argument => {
      const deployment = withDeployment(argument) ?? (await pickRunning(deployments.list()));
      if (deployment) await cancelDeployment(deployments, deployment.id);
    },
    'noWing.deployment.follow': async argument => {
      const deployment = withDeployment(argument);
      if (!deployment) return;
      const work = (say: Say): Promise<Deployment> => deployments.follow(deployment.id, say);
      tellEnding(await followInProgress(deployments, deployment.id, work));
    },
    'noWing.deployment.deleteFailedStack': argument => deleteFailedStack(input, argument),
    'noWing.deployment.openConsole': async argument => {
      const deployment = withDeployment(argument);
      if (deployment) await vscode.env.openExternal(vscode.Uri.parse(stackConsoleUrl(deployment)));
    },
    'noWing.deployment.openReport': async argument => {
      const deployment = withDeployment(argument);
      if (!deployment) return;
      const text = deploymentRecord(deployment, deployments.events(deployment.id));
      await documents.show(`Deployment ${deployment.id} of ${deployment.stackName}.md`, text);
    },
    'noWing.deployment.verify': async argument => {
      const deployment = withDeployment(argument);
      if (deployment) await features.verifications.watch(deployment.id);
    },
  };
}

function trailHandlers({ trailActions, features, documents }: HandlersInput): Handlers<'trail'> {
  return {
    ...leakHandlers({ leaks: features.leaks, documents }),
    'noWing.trail.refresh': trailActions.refresh,
    'noWing.trail.loadMore': trailActions.loadMore,
    'noWing.trail.filter': trailActions.filter,
    'noWing.trail.clearFilter': trailActions.clearFilter,
    'noWing.trail.groupBy': trailActions.groupBy,
    'noWing.trail.openEvent': async argument => {
      const event = eventOf(argument);
      const uri = argument instanceof vscode.Uri ? argument : event && recordUri(event);
      if (uri) await openRecord(uri);
    },
  };
}

function otherHandlers(
  input: HandlersInput,
): Pick<CommandHandlers, 'noWing.agent.createRole' | 'noWing.openWalkthrough' | 'noWing.showLog'> {
  return {
    'noWing.agent.createRole': () =>
      createAgentRole({
        features: input.features,
        media: input.media,
        suggestedAgent,
        addAgent: form => addProfile(addingProfiles(input), form, true),
      }),
    'noWing.openWalkthrough': () =>
      vscode.commands.executeCommand(
        'workbench.action.openWalkthrough',
        'no-wing.no-wing#noWing.setUp',
        false,
      ),
    'noWing.showLog': () => input.log.show(),
  };
}

function tellEnding(deployment: Deployment): void {
  const told = ending(deployment);
  if (!told) return;
  const show = told.good ? vscode.window.showInformationMessage : vscode.window.showErrorMessage;
  void show(told.text, 'Show Record').then(chosen =>
    chosen === undefined
      ? undefined
      : vscode.commands.executeCommand('noWing.deployment.openReport', deployment.id),
  );
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

async function deleteFailedStack({ features }: HandlersInput, argument: unknown): Promise<void> {
  const stack = typeof argument === 'object' && argument !== null ? argument : {};
  if (!('profileId' in stack && 'region' in stack && 'stackId' in stack)) return;
  const { profileId, region, stackId } = stack;
  if (typeof profileId !== 'string' || typeof region !== 'string' || typeof stackId !== 'string') return;
  const name = stackId.split('/')[1] ?? stackId;
  const detail = `${stackId}\n\nIts creation failed, so it holds nothing that works. It is deleted as agent ${features.profiles.get(profileId)?.name ?? ''}.`;
  const answer = await vscode.window.showWarningMessage(
    `Delete the failed stack ${name}?`,
    { modal: true, detail },
    'Delete Failed Stack',
  );
  if (answer !== 'Delete Failed Stack') return;
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: `Deleting ${name}`,
    cancellable: false,
  };
  await vscode.window.withProgress(options, () =>
    features.deployments.deleteFailedStack({ profileId, region, stackId }, new AbortController().signal),
  );
  void vscode.window.showInformationMessage(`Deleted the failed stack ${name}. Deploy it again now.`);
}

function humanName({ features }: HandlersInput): string {
  const { user } = features.selection.active();
  if (!user)
    throw new UserError('identity.noUser', 'No Wing does not know who you are.', {
      hint: 'Add a user profile, so that the record can say who approved.',
      action: { title: 'Add User Profile', command: 'noWing.identity.addUser' },
    });
  return humanOf(user);
}

function runningAs({ features }: HandlersInput): (profile: Profile) => string | undefined {
  return profile => {
    const running = features.deployments
      .list()
      .find(deployment => deployment.profileId === profile.id && !hasEnded(deployment));
    return running && `deployment of ${running.stackName}`;
  };
}

/** The editor's own agent, where the editor says which one it has. */
function suggestedAgent(): string {
  const known = [
    ['Cursor', 'cursor'],
    ['Kiro', 'kiro'],
    ['Windsurf', 'windsurf'],
  ] as const;
  return known.find(([name]) => vscode.env.appName.includes(name))?.[1] ?? 'copilot';
}
