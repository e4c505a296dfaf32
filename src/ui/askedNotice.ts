/** Tells of a deployment that a command asks for, once in each window where its folder is open. */
import * as vscode from 'vscode';
import { formatAccount } from '../base/arn.ts';
import type { Deployment } from '../deployment/deployment.ts';
import type { Deployments } from '../deployment/deployments.ts';
import { canBeHandedOver } from '../deployment/handOver.ts';
import type { CommandId } from './contributions.ts';
import { setting } from './settings.ts';
import { oneLine } from './wording.ts';

export function watchAsked(deployments: Pick<Deployments, 'list' | 'onChange'>): vscode.Disposable {
  const told = new Set<string>();
  const look = (): void => {
    for (const asked of deployments.list().filter(canBeHandedOver)) {
      if (told.has(asked.id) || !isOfThisWindow(asked)) continue;
      told.add(asked.id);
      if (setting('notifications.deploymentAsked')) void tell(asked);
    }
  };
  look();
  return deployments.onChange(look);
}

/** Without a folder it belongs nowhere else; the view shows it in every window. */
function isOfThisWindow({ folder }: Deployment): boolean {
  if (folder === undefined || !vscode.workspace.workspaceFolders) return vscode.window.state.focused;
  return vscode.workspace.getWorkspaceFolder(vscode.Uri.file(folder)) !== undefined;
}

const REVIEW = 'Review';

async function tell({ id, askedBy, operation, stackName, ...place }: Deployment): Promise<void> {
  const who = askedBy.kind === 'agent' ? `Agent ${askedBy.name}` : `${askedBy.name}, in a terminal,`;
  const where = `${place.accountAlias ?? formatAccount(place.accountId)} (${place.environment})`;
  const text = oneLine(`${who} asks to ${operation} ${stackName} in ${where}.`);
  if ((await vscode.window.showInformationMessage(text, REVIEW)) !== REVIEW) return;
  await vscode.commands.executeCommand('noWing.deployment.review' satisfies CommandId, id);
}
