/** The composition root of the extension: constructs, wires, subscribes; nothing else. */
import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import { createFeatures } from './features.ts';
import { dataDirectory } from './store/dataDirectory.ts';
import { createOutputLog } from './ui/outputLog.ts';
import { setting } from './ui/settings.ts';
import { createShowError } from './ui/showError.ts';
import { createWorkbench } from './ui/workbench.ts';

export function activate(context: vscode.ExtensionContext): void {
  const log = createOutputLog();
  const showError = createShowError(log);
  context.subscriptions.push(log);
  try {
    const features = createFeatures({
      directory: dataDirectory(),
      keychainWorker: join(context.extensionPath, 'dist', 'keychainWorker.cjs'),
      log,
      endpointUrl: () => setting('aws.endpointUrl'),
      keychainBackend: () => setting('keychain.backend'),
      secretStorage: context.secrets,
      workspace: workspaceName,
    });
    const media = vscode.Uri.joinPath(context.extensionUri, 'media');
    context.subscriptions.push(features, createWorkbench({ features, log, showError, media }));
  } catch (error) {
    void showError(error);
  }
}

function workspaceName(): string {
  const folder = vscode.workspace.workspaceFolders?.[0];
  return vscode.workspace.name ?? (folder ? basename(folder.uri.path) : 'no workspace');
}
