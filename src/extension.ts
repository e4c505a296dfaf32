/**
 * The composition root of the extension: constructs, wires, subscribes; nothing else. Activation registers the commands
 * and returns; the rest is loaded right after it, so that the start of a window never waits for us.
 */
import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import { lazy } from './base/memo.ts';
import { type CommandHandlers, registerCommands } from './ui/commands.ts';
import { createOutputLog, type OutputLog } from './ui/outputLog.ts';
import { setting } from './ui/settings.ts';
import { createShowError, type ShowError } from './ui/showError.ts';

export function activate(context: vscode.ExtensionContext): void {
  const log = createOutputLog();
  const showError = createShowError(log);
  const workbench = lazy(() => startWorkbench(context, log, showError));
  const soon = setImmediate(() => workbench().catch(showError));
  const commands = registerCommands(workbench, showError);
  context.subscriptions.push(log, commands, { dispose: () => clearImmediate(soon) });
}

/** @throws UserError `store.*` when the store cannot be used; the next command tries again. */
async function startWorkbench(
  context: vscode.ExtensionContext,
  log: OutputLog,
  showError: ShowError,
): Promise<CommandHandlers> {
  const { createFeatures } = await import('./features.ts');
  const { createWorkbench } = await import('./ui/workbench.ts');
  const { terraformSettings } = await import('./ui/terraformSettings.ts');
  const { dataDirectory } = await import('./store/dataDirectory.ts');
  const directory = dataDirectory();
  const features = createFeatures({
    directory,
    keychainWorker: join(context.extensionPath, 'dist', 'keychainWorker.cjs'),
    trailWorker: join(context.extensionPath, 'dist', 'trailWorker.cjs'),
    log,
    endpointUrl: () => setting('aws.endpointUrl'),
    keychainBackend: () => setting('keychain.backend'),
    guardrailsFile: () => setting('guardrails.file'),
    terraform: terraformSettings,
    environments: () => setting('environments'),
    secretStorage: context.secrets,
    workspace: workspaceName,
  });
  const media = vscode.Uri.joinPath(context.extensionUri, 'media');
  const workbench = createWorkbench({
    features,
    log,
    showError,
    media,
    directory,
    cli: join(context.extensionPath, 'dist', 'cli.js'),
    environment: context.environmentVariableCollection,
    workspace: workspaceName,
  });
  context.subscriptions.push(features, workbench);
  return workbench.handlers;
}

function workspaceName(): string {
  const folder = vscode.workspace.workspaceFolders?.[0];
  return vscode.workspace.name ?? (folder ? basename(folder.uri.path) : 'no workspace');
}
