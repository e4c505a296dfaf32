/**
 * The identity of ordinary terminals: by default they are left as they are, but for the `no-wing` command in their PATH;
 * with `noWing.terminal.identity` set to `agent` they act as the active agent. Never as the user: an agent of the editor
 * runs its commands in ordinary terminals too. VS Code keeps it for the next start: a terminal that opens before this
 * extension does must not have the person's credentials. It holds paths and names, no secret.
 */
import { delimiter } from 'node:path';
import * as vscode from 'vscode';
import { describeError, type Log } from '../base/log.ts';
import type { Broker } from '../broker/broker.ts';
import { shimFolder } from '../broker/commandShim.ts';
import { emptied, identityEnvironment, WINS_OVER_BROKER } from '../broker/environment.ts';
import { identityFiles } from '../broker/identityFiles.ts';
import type { ActiveIdentities } from '../identity/activeIdentities.ts';
import { type Profile, who } from '../identity/profile.ts';
import { setting } from './settings.ts';
import { endStanding, type Standing, type StandingInput, standingClient } from './terminalStanding.ts';

export interface OrdinaryTerminalsInput extends StandingInput {
  readonly collection: vscode.EnvironmentVariableCollection;
  readonly active: Pick<ActiveIdentities, 'current' | 'onChange'>;
  readonly broker: Pick<Broker, 'credentialsUri' | 'onChange'>;
  readonly directory: string;
  readonly workspace: () => string;
  readonly log: Log;
}

export function watchOrdinaryTerminals(input: OrdinaryTerminalsInput): vscode.Disposable {
  input.collection.persistent = true;
  let shown: string | undefined;
  let working = Promise.resolve();
  const refresh = (): void => {
    working = working
      .then(async () => {
        const wanted = await wantedEnvironment(input);
        const next = JSON.stringify(wanted);
        if (next === shown) return;
        shown = next;
        fill(input, wanted);
      })
      .catch((error: unknown) => {
        input.log.error(`The environment of ordinary terminals is as it was: ${describeError(error)}`);
      });
  };
  refresh();
  return vscode.Disposable.from(
    input.active.onChange(refresh),
    input.broker.onChange(refresh),
    vscode.workspace.onDidGrantWorkspaceTrust(refresh),
    vscode.workspace.onDidChangeConfiguration(
      event => event.affectsConfiguration('noWing.terminal.identity') && refresh(),
    ),
  );
}

interface Wanted {
  readonly description: string;
  readonly variables: Readonly<Record<string, string>>;
}

async function wantedEnvironment(input: OrdinaryTerminalsInput): Promise<Wanted> {
  const standing: Standing = { name: 'Ordinary terminals', workspace: input.workspace() };
  const { agent } = input.active.current();
  if (setting('terminal.identity') !== 'agent' || !vscode.workspace.isTrusted) {
    endStanding(input, standing, 'ordinary terminals no longer act as the agent');
    return { description: 'Adds the `no-wing` command.', variables: {} };
  }
  if (agent.state === 'none')
    return { description: 'Acts as nobody: no agent is active.', variables: nobody(input) };
  if (agent.profile.environment === 'prod')
    return {
      description: `Acts as nobody: ${who(agent.profile)} is for production, which only a terminal opened for it acts in.`,
      variables: nobody(input),
    };
  return {
    description: `Acts as ${who(agent.profile)}.`,
    variables: await ofAgent(input, standing, agent.profile),
  };
}

async function ofAgent(
  input: OrdinaryTerminalsInput,
  standing: Standing,
  profile: Profile,
): Promise<Wanted['variables']> {
  const credentialsUri = input.broker.credentialsUri();
  if (credentialsUri === undefined) return nobody(input);
  const { id, tokenFile } = await standingClient(input, standing, profile);
  const files = identityFiles(input.directory);
  return emptied(identityEnvironment({ profile, clientId: id, credentialsUri, tokenFile, ...files }));
}

/** Until there is a broker or an agent: no credentials at all rather than the person's. */
function nobody({ directory }: OrdinaryTerminalsInput): Wanted['variables'] {
  const { configFile, emptyFile } = identityFiles(directory);
  return emptied({
    ...Object.fromEntries(WINS_OVER_BROKER.map(name => [name, null])),
    AWS_CONTAINER_CREDENTIALS_FULL_URI: null,
    AWS_CONFIG_FILE: configFile,
    AWS_SHARED_CREDENTIALS_FILE: emptyFile,
    BOTO_CONFIG: emptyFile,
    AWS_EC2_METADATA_DISABLED: 'true',
  });
}

/** At the start of the process, and again after the start-up files of the shell, whose exports would win otherwise. */
const WHEN = { applyAtProcessCreation: true, applyAtShellIntegration: true };

/** Only what differs is touched: each change marks the terminals that are open as out of date. */
function fill({ collection, directory }: OrdinaryTerminalsInput, { description, variables }: Wanted): void {
  collection.description = new vscode.MarkdownString(description);
  const path = `${shimFolder(directory)}${delimiter}`;
  if (collection.get('PATH')?.value !== path) collection.prepend('PATH', path, WHEN);
  const gone = [...collection].map(([name]) => name).filter(name => name !== 'PATH' && !(name in variables));
  for (const name of gone) collection.delete(name);
  for (const [name, text] of Object.entries(variables))
    if (collection.get(name)?.value !== text) collection.replace(name, text, WHEN);
}
