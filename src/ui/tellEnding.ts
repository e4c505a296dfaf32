/** Tells how a deployment ended to the person who waited for it. */
import * as vscode from 'vscode';
import type { Deployment } from '../deployment/deployment.ts';
import type { CommandId } from './contributions.ts';
import { ending } from './followDeployment.ts';

export function tellEnding(deployment: Deployment): void {
  const told = ending(deployment);
  if (!told) return;
  const show = told.good ? vscode.window.showInformationMessage : vscode.window.showErrorMessage;
  void show(told.text, 'Show Record').then(chosen =>
    chosen === undefined
      ? undefined
      : vscode.commands.executeCommand('noWing.deployment.openReport' satisfies CommandId, deployment.id),
  );
}
