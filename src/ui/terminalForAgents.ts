/**
 * "Make VS Code's Agent Use the Agent Identity": the terminals in which VS Code's own agent runs its commands get a
 * shell whose start-up file, kept by us, sets the identity. The setting names that file and nothing that changes: port
 * and key are in the file. Without the file such a shell has no credentials, not the person's.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import * as vscode from 'vscode';
import { describeError, type Log } from '../base/log.ts';
import { UserError } from '../base/userError.ts';
import type { Broker } from '../broker/broker.ts';
import { refuseProduction } from '../broker/clients.ts';
import { shimFolder } from '../broker/commandShim.ts';
import { type Environment, identityEnvironment, WINS_OVER_BROKER } from '../broker/environment.ts';
import { identityFiles, keepFile, privateFolder } from '../broker/identityFiles.ts';
import { shellFiles } from '../broker/shellFiles.ts';
import { type Shell, type ShellStartup, shellOf, shellStartup } from '../broker/shellStartup.ts';
import { type Profile, who } from '../identity/profile.ts';
import { integrationScript, osName, ownShell } from './terminalLaunch.ts';
import {
  endStanding,
  type Standing,
  type StandingClient,
  type StandingInput,
  standingClient,
  standingClients,
} from './terminalStanding.ts';
import type { TextDocuments } from './textDocuments.ts';

export interface TerminalForAgentsInput extends StandingInput {
  readonly broker: Pick<Broker, 'credentialsUri' | 'onChange'>;
  readonly whenServing: () => Promise<string>;
  readonly profile: (id: string) => Profile | undefined;
  readonly activeAgent: () => Profile | undefined;
  readonly directory: string;
  readonly documents: Pick<TextDocuments, 'show'>;
  readonly log: Log;
}

const STANDING: Standing = { name: "VS Code's agent" };
/** The folder of its start-up files, which stays when its client is made anew. */
const FOLDER = 'vscode-agent';

/** Schema of `chat.tools.terminal.terminalProfile.<os>`; null in `env` unsets. */
interface ChatTerminalProfile {
  readonly path: string;
  readonly args: readonly string[];
  readonly env: Environment;
  readonly icon: string;
}

/** Shows the exact change, and makes it when the person says so. @throws UserError */
export async function useForAgents(input: TerminalForAgentsInput): Promise<void> {
  const profile = input.activeAgent();
  if (!profile) throw noAgent();
  refuseProduction(profile);
  const shell = supportedShell();
  const uri = await input.whenServing();
  const startup = startupOf(input, shell, profile, undefined, uri);
  const next = chatProfile(input, shell, startup, profile);
  await input.documents.show('Change of Your Settings.md', changeText(next, profile));
  const verb = 'Change Settings';
  const question = `VS Code's agent will run its commands as ${who(profile)}, in every workspace of this machine.`;
  if ((await vscode.window.showInformationMessage(question, verb, 'Leave as It Is')) !== verb) return;
  keepBefore(input, settings().inspect(key())?.globalValue);
  const client = await standingClient(input, STANDING, profile);
  endOthers(input, client, profile);
  await refreshFiles(input, client, uri);
  await settings().update(key(), next, vscode.ConfigurationTarget.Global);
  await tellDone(profile);
}

/** Takes the setting back to what it was, and ends the client. */
export async function stopForAgents(input: TerminalForAgentsInput): Promise<void> {
  endStanding(input, STANDING, "VS Code's agent no longer uses it");
  await settings().update(key(), before(input), vscode.ConfigurationTarget.Global);
  shellFiles(input.directory).remove(FOLDER);
  void vscode.window.showInformationMessage(
    "VS Code's agent uses terminals as before. Commands that it runs now have the credentials of your own shell.",
  );
}

/** Keeps the start-up file right while the port, or the client, changes. */
export function watchForAgents(input: TerminalForAgentsInput): vscode.Disposable {
  const refresh = async (): Promise<void> => {
    const [client] = standingClients(input, STANDING);
    const profile = client && input.profile(client.profileId);
    const uri = input.broker.credentialsUri();
    if (!profile || uri === undefined || !vscode.workspace.isTrusted) return;
    await refreshFiles(input, await standingClient(input, STANDING, profile), uri);
  };
  return input.broker.onChange(
    () =>
      void refresh().catch((error: unknown) =>
        input.log.error(`The start-up file of VS Code's agent is as it was: ${describeError(error)}`),
      ),
  );
}

/** One at a time: the file says one identity, and what has the other one's key is to get nothing more. */
function endOthers(input: TerminalForAgentsInput, { id }: StandingClient, profile: Profile): void {
  for (const other of standingClients(input, STANDING).filter(each => each.id !== id))
    input.clients.revoke(other.id, `VS Code's agent now acts as ${who(profile)}`);
}

async function refreshFiles(
  input: TerminalForAgentsInput,
  client: StandingClient,
  credentialsUri: string,
): Promise<void> {
  const profile = input.profile(client.profileId);
  const shell = shellOf(ownShell());
  if (!profile || !shell) return;
  const startup = startupOf(input, shell, profile, client, credentialsUri);
  shellFiles(input.directory).write(FOLDER, startup);
}

function startupOf(
  { directory }: TerminalForAgentsInput,
  shell: Shell,
  profile: Profile,
  client: StandingClient | undefined,
  credentialsUri: string,
): ShellStartup {
  const { id, tokenFile } = client ?? { id: '', tokenFile: '' };
  const files = identityFiles(directory);
  return shellStartup(shell, {
    environment: identityEnvironment({ profile, clientId: id, credentialsUri, tokenFile, ...files }),
    folder: shellFiles(directory).folder(FOLDER),
    who: who(profile),
    binFolder: shimFolder(directory),
    integration: integrationScript(shell),
    login: process.platform === 'darwin',
  });
}

function chatProfile(
  { directory }: TerminalForAgentsInput,
  shell: Shell,
  { args, env }: ShellStartup,
  profile: Profile,
): ChatTerminalProfile {
  const { configFile, emptyFile } = identityFiles(directory);
  const unset = Object.fromEntries(WINS_OVER_BROKER.map(name => [name, null]));
  const nothing = {
    AWS_CONFIG_FILE: configFile,
    AWS_SHARED_CREDENTIALS_FILE: emptyFile,
    AWS_EC2_METADATA_DISABLED: 'true',
    NO_WING_AGENT: profile.name,
  };
  return { path: ownShell() || shell, args, env: { ...unset, ...nothing, ...env }, icon: 'hubot' };
}

function settings(): vscode.WorkspaceConfiguration {
  return vscode.workspace.getConfiguration('chat.tools.terminal.terminalProfile');
}

function key(): string {
  return osName();
}

function changeText(next: ChatTerminalProfile, profile: Profile): string {
  const change = { [`chat.tools.terminal.terminalProfile.${key()}`]: next };
  return [
    "# Make VS Code's agent use the agent identity",
    '',
    `This goes into your user settings. The terminals in which VS Code's own agent runs its commands then act as ${who(profile)}; your own start-up files are read first.`,
    '',
    '```json',
    JSON.stringify(change, null, 2),
    '```',
    '',
    "To take it back: run **No Wing: Let VS Code's Agent Use Its Own Terminals**.",
    '',
  ].join('\n');
}

async function tellDone(profile: Profile): Promise<void> {
  const undo = 'Undo';
  const text = `The next terminal of VS Code's agent acts as ${who(profile)}. Those that are open stay as they are.`;
  if ((await vscode.window.showInformationMessage(text, undo)) === undo)
    await vscode.commands.executeCommand('noWing.terminal.stopForAgents');
}

const Before = v.nullable(v.looseObject({ path: v.string() }));

function beforeFile(directory: string): string {
  return join(shellFiles(directory).folder(FOLDER), 'settingBefore.json');
}

/** Ours is not what it was before. */
function keepBefore({ directory }: TerminalForAgentsInput, value: unknown): void {
  const file = beforeFile(directory);
  if (existsSync(file)) return;
  privateFolder(shellFiles(directory).folder(FOLDER));
  keepFile(file, JSON.stringify(v.is(Before, value) ? value : null));
}

function before({ directory }: TerminalForAgentsInput): unknown {
  const file = beforeFile(directory);
  if (!existsSync(file)) return undefined;
  const found = v.safeParse(v.pipe(v.string(), v.parseJson(), Before), readFileSync(file, 'utf8'));
  return found.success ? (found.output ?? undefined) : undefined;
}

function supportedShell(): Shell {
  const path = ownShell();
  const shell = shellOf(path);
  if (shell) return shell;
  throw new UserError('terminal.shell', `No Wing cannot keep an identity in this shell: ${path}`, {
    hint: 'Make bash, zsh, fish or PowerShell your default terminal profile first.',
  });
}

function noAgent(): UserError {
  return new UserError(
    'identity.none',
    "There is no active agent whose identity VS Code's agent could use.",
    {
      hint: 'Add an agent profile first.',
      action: { title: 'Add Agent Profile', command: 'noWing.identity.addAgent' },
    },
  );
}
