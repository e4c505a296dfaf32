/** One handler per command: gathers input, calls one feature, shows the result. */
import * as vscode from 'vscode';
import { hasEnded } from '../deployment/deployment.ts';
import type { Profile } from '../identity/profile.ts';
import { type AddProfileInput, addProfile } from './addProfile.ts';
import type { BrokerHandlers } from './brokerDoor.ts';
import type { CommandHandlers } from './commands.ts';
import { createAgentRole } from './createRole.ts';
import { deploymentHandlers } from './deploymentHandlers.ts';
import { doctorHandlers } from './doctorHandlers.ts';
import { guardrailFileOf, openGuardrailFile } from './guardrailFile.ts';
import type { PlanPanels } from './planView/planPanels.ts';
import { copyArn, profileFor, removeProfile, showTrustStatement, signIn } from './profileActions.ts';
import { setUpAgentHandlers } from './setUpAgentHandlers.ts';
import { switchIdentity, useProfile } from './switchIdentity.ts';
import type { TextDocuments } from './textDocuments.ts';
import { type TrailHandlersInput, trailHandlers } from './trailHandlers.ts';
import type { WorkbenchInput } from './workbench.ts';

export interface HandlersInput extends WorkbenchInput, Omit<TrailHandlersInput, 'features'> {
  readonly documents: TextDocuments;
  readonly brokerHandlers: BrokerHandlers;
  readonly planPanels: PlanPanels;
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

function otherHandlers(
  input: HandlersInput,
): Pick<
  CommandHandlers,
  'noWing.agent.createRole' | 'noWing.guardrails.open' | 'noWing.openWalkthrough' | 'noWing.showLog'
> {
  return {
    'noWing.agent.createRole': () =>
      createAgentRole({
        features: input.features,
        media: input.media,
        suggestedAgent,
        addAgent: form => addProfile(addingProfiles(input), form, true),
      }),
    'noWing.guardrails.open': () => openGuardrailFile(guardrailFileOf(input)),
    'noWing.openWalkthrough': () =>
      vscode.commands.executeCommand(
        'workbench.action.openWalkthrough',
        'no-wing.no-wing#noWing.setUp',
        false,
      ),
    'noWing.showLog': () => input.log.show(),
  };
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
