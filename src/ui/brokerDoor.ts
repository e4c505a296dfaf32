/** The broker's part of the workbench: its life in this window, the terminals and tasks that it serves, its clients. */
import { join } from 'node:path';
import * as vscode from 'vscode';
import { describeError } from '../base/log.ts';
import { shimFolder, writeShim } from '../broker/commandShim.ts';
import type { Features } from '../features.ts';
import { type BrokerClientsInput, createClient, revokeClient, showClients } from './brokerClients.ts';
import { lockAll, signOut } from './brokerLock.ts';
import { startBroker, watchTrouble, whenServing } from './brokerStart.ts';
import type { CommandHandlers } from './commands.ts';
import type { OutputLog } from './outputLog.ts';
import { profileFor } from './profileActions.ts';
import type { ShowError } from './showError.ts';
import { registerTasks } from './taskProvider.ts';
import { watchActivity } from './terminalActivity.ts';
import {
  stopForAgents,
  type TerminalForAgentsInput,
  useForAgents,
  watchForAgents,
} from './terminalForAgents.ts';
import { watchOrdinaryTerminals } from './terminalOrdinary.ts';
import { registerTerminalProfiles } from './terminalProfiles.ts';
import { watchSwitches } from './terminalSwitch.ts';
import { createIdentityTerminals, type IdentityTerminals } from './terminals.ts';
import type { TextDocuments } from './textDocuments.ts';

export interface BrokerDoorInput {
  readonly features: Features;
  readonly log: OutputLog;
  readonly showError: ShowError;
  readonly documents: TextDocuments;
  /** Where No Wing keeps its files. */
  readonly directory: string;
  /** What the `no-wing` command starts: `dist/cli.js`. */
  readonly cli: string;
  readonly environment: vscode.EnvironmentVariableCollection;
  readonly workspace: () => string;
}

export type BrokerHandlers = {
  readonly [K in keyof CommandHandlers as K extends
    | `noWing.terminal.${string}`
    | `noWing.clients.${string}`
    | 'noWing.identity.signOut'
    | 'noWing.lock'
    ? K
    : never]: CommandHandlers[K];
};

export interface BrokerDoor extends vscode.Disposable {
  readonly handlers: BrokerHandlers;
}

export function createBrokerDoor(input: BrokerDoorInput): BrokerDoor {
  const { features, log, showError, directory, workspace } = input;
  const { active, broker, clients, clock, profiles } = features;
  const uri = (): Promise<string> => whenServing(broker);
  const terminals = createIdentityTerminals({ clients, credentialsUri: uri, directory, workspace, log });
  const activity = watchActivity();
  const forAgents = forAgentsInput(input, uri);
  const ordinary = { collection: input.environment, active, broker, clients, directory, workspace, log };
  const parts = vscode.Disposable.from(
    terminals,
    activity,
    registerTerminalProfiles({
      terminals,
      profiles: profiles.list,
      active: kind => features.selection.active()[kind],
      showError,
    }),
    watchSwitches({ active, terminals, activity, showError }),
    watchOrdinaryTerminals({ ...ordinary, now: clock.now }),
    watchForAgents(forAgents),
    registerTasks(shim(input)),
    watchTrouble({ broker, profile: profiles.get, now: clock.now }),
    startBroker({ broker }),
  );
  return { handlers: handlers(input, terminals, forAgents), dispose: () => parts.dispose() };
}

function handlers(
  { features, workspace }: BrokerDoorInput,
  terminals: IdentityTerminals,
  forAgents: TerminalForAgentsInput,
): BrokerHandlers {
  const { broker, clients, clock, profiles } = features;
  const listing: BrokerClientsInput = {
    clients,
    profile: profiles.get,
    agents: () => profiles.list('agent'),
    credentialsUri: broker.credentialsUri,
    workspace,
    now: clock.now,
  };
  return {
    'noWing.terminal.openAs': async argument => {
      const profile = await profileFor(features, argument, 'Open Terminal as');
      if (profile) await terminals.open(profile);
    },
    'noWing.terminal.useForAgents': () => useForAgents(forAgents),
    'noWing.terminal.stopForAgents': () => stopForAgents(forAgents),
    'noWing.clients.list': () => showClients(listing),
    'noWing.clients.create': () => createClient(listing),
    'noWing.clients.revoke': argument => revokeClient(listing, argument),
    'noWing.identity.signOut': async argument => {
      const profile = await profileFor(features, argument, 'Sign Out');
      if (profile) signOut(features, profile);
    },
    'noWing.lock': () => lockAll(features),
  };
}

/** The `no-wing` command, which terminals find in their PATH. */
function shim({ directory, cli, log }: BrokerDoorInput): string {
  try {
    return writeShim({ directory, execPath: process.execPath, cli });
  } catch (error) {
    log.error(`The no-wing command could not be put in place: ${describeError(error)}`);
    return join(shimFolder(directory), 'no-wing');
  }
}

function forAgentsInput(
  { features, directory, documents, log }: BrokerDoorInput,
  uri: () => Promise<string>,
): TerminalForAgentsInput {
  const { broker, clients, clock, profiles, selection } = features;
  return {
    clients,
    broker,
    whenServing: uri,
    profile: profiles.get,
    activeAgent: () => selection.active().agent,
    directory,
    documents,
    log,
    now: clock.now,
  };
}
