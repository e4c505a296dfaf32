/**
 * How a terminal that acts as an identity is started. Its environment is made here, whole, from the environment of the
 * window's own process, and VS Code is told to add nothing (`strictEnv`): not what a workspace's settings say
 * (`terminal.integrated.env`), not what other extensions say (EnvironmentVariableCollection). On a remote machine VS Code
 * adds both all the same; there our own variables win over the settings, names that only a workspace sets are unset, and
 * the start-up file has the last word over extensions.
 */
import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import * as vscode from 'vscode';
import type { Client } from '../broker/client.ts';
import { shimFolder } from '../broker/commandShim.ts';
import { applied, identityEnvironment, terminalBase } from '../broker/environment.ts';
import { identityFiles } from '../broker/identityFiles.ts';
import { shellFiles } from '../broker/shellFiles.ts';
import { type ShellStartup, shellOf, shellStartup } from '../broker/shellStartup.ts';
import { type Profile, who } from '../identity/profile.ts';
import { accountName, environmentName, oneLine } from './wording.ts';

export interface LaunchInput {
  readonly profile: Profile;
  readonly client: Client & { readonly tokenFile: string };
  readonly credentialsUri: string;
  /** No Wing's data directory. */
  readonly directory: string;
}

/** @throws the file system's error when the start-up files cannot be written. */
export function terminalOptions(input: LaunchInput, cwd?: vscode.Uri | string): vscode.TerminalOptions {
  const { profile } = input;
  const shellPath = ownShell();
  const nonce = randomUUID();
  const startup = startupOf(input, shellPath);
  const base = { ...baseEnvironment(shimFolder(input.directory)), VSCODE_NONCE: nonce };
  return {
    ...terminalLook(profile),
    shellPath,
    shellArgs: [...(startup?.args ?? [])],
    env: { ...notOfWorkspace(), ...applied(base, {}), ...environmentOf(input), ...startup?.env },
    strictEnv: true,
    shellIntegrationNonce: nonce,
    message: greeting(profile, startup !== undefined),
    ...(cwd === undefined ? {} : { cwd }),
  };
}

/** Icon and word say whose it is; colour only repeats it. */
function terminalLook({
  kind,
  name,
}: Pick<Profile, 'kind' | 'name'>): Pick<vscode.TerminalOptions, 'name' | 'iconPath' | 'color'> {
  const [word, icon, colour] =
    kind === 'user' ? ['You', 'person', 'terminal.ansiBlue'] : ['Agent', 'hubot', 'terminal.ansiMagenta'];
  return {
    name: `${word} (${name})`,
    iconPath: new vscode.ThemeIcon(icon),
    color: new vscode.ThemeColor(colour),
  };
}

/** On a remote machine null unsets what the settings of a workspace set; elsewhere they are not looked at. */
function notOfWorkspace(): Record<string, null> {
  const key = `integrated.env.${osName()}`;
  const places = [undefined, ...(vscode.workspace.workspaceFolders ?? [])];
  const found = places.map(place => vscode.workspace.getConfiguration('terminal', place).inspect(key));
  const names = found.flatMap(each =>
    [each?.workspaceValue, each?.workspaceFolderValue].flatMap(value =>
      typeof value === 'object' && value !== null ? Object.keys(value) : [],
    ),
  );
  return Object.fromEntries(names.map(name => [name, null]));
}

function environmentOf({ profile, client, credentialsUri, directory }: LaunchInput) {
  return identityEnvironment({
    profile,
    clientId: client.id,
    credentialsUri,
    tokenFile: client.tokenFile,
    ...identityFiles(directory),
  });
}

function startupOf(input: LaunchInput, shellPath: string): ShellStartup | undefined {
  const shell = shellOf(shellPath);
  if (!shell) return undefined;
  const files = shellFiles(input.directory);
  const startup = shellStartup(shell, {
    environment: environmentOf(input),
    folder: files.folder(input.client.id),
    who: who(input.profile),
    binFolder: shimFolder(input.directory),
    integration: integrationScript(shell),
    login: process.platform === 'darwin',
  });
  files.write(input.client.id, startup);
  return startup;
}

const SCRIPTS = {
  bash: 'shellIntegration-bash.sh',
  zsh: 'shellIntegration-rc.zsh',
  fish: 'shellIntegration.fish',
  pwsh: 'shellIntegration.ps1',
} as const;

/** Where VS Code keeps its shell integration; a script that is not there is left out by the start-up file. */
export function integrationScript(shell: keyof typeof SCRIPTS): string {
  const folder = ['out', 'vs', 'workbench', 'contrib', 'terminal', 'common', 'scripts'];
  return join(vscode.env.appRoot, ...folder, SCRIPTS[shell]);
}

/** The person's shell. What a workspace names as its default profile is a program of the workspace. */
export function ownShell(): string {
  const settings = vscode.workspace.getConfiguration('terminal.integrated');
  const ofWorkspace = ['defaultProfile', 'profiles'].some(key => {
    const found = settings.inspect(`${key}.${osName()}`);
    return (found?.workspaceValue ?? found?.workspaceFolderValue) !== undefined;
  });
  return ofWorkspace || vscode.env.shell === '' ? loginShell() : vscode.env.shell;
}

/** As settings of terminals name an operating system. */
export function osName(platform = process.platform): 'linux' | 'osx' | 'windows' {
  if (platform === 'win32') return 'windows';
  return platform === 'darwin' ? 'osx' : 'linux';
}

function loginShell(): string {
  if (process.platform === 'win32') return 'powershell.exe';
  return process.env['SHELL'] ?? userInfo().shell ?? '/bin/sh';
}

/** VS Code sets the same in terminals whose environment is not strict. */
function baseEnvironment(bin: string): NodeJS.ProcessEnv {
  const base = terminalBase(process.env);
  const path = Object.keys(base).find(name => name.toUpperCase() === 'PATH') ?? 'PATH';
  return {
    LANG: 'en_US.UTF-8',
    ...base,
    [path]: [bin, base[path]].filter(Boolean).join(delimiter),
    TERM_PROGRAM: 'vscode',
    TERM_PROGRAM_VERSION: vscode.version,
    COLORTERM: 'truecolor',
  };
}

function greeting(profile: Profile, held: boolean): string {
  const place = `${accountName(profile.verified)}, ${profile.region}, ${environmentName(profile.environment)}`;
  const warning = held ? '' : ' The start-up files of this shell are not checked for other credentials.';
  return oneLine(`No Wing: this terminal acts as ${who(profile)} in ${place}.${warning}`);
}
