/** When a deployment ends: its verification begins, and whoever looks elsewhere is told. */
import * as vscode from 'vscode';
import { type Deployment, hasEnded } from '../deployment/deployment.ts';
import type { Deployments } from '../deployment/deployments.ts';
import { ending } from './followDeployment.ts';
import { setting } from './settings.ts';

export interface EndingsInput {
  readonly deployments: Pick<Deployments, 'get' | 'list' | 'onChange'>;
  readonly verify: (deploymentId: string) => void;
}

export function watchEndings({ deployments, verify }: EndingsInput): vscode.Disposable {
  const running = new Set(
    deployments
      .list()
      .filter(deployment => !hasEnded(deployment))
      .map(({ id }) => id),
  );
  return deployments.onChange(id => {
    const deployment = id === undefined ? undefined : deployments.get(id);
    if (!deployment) return;
    if (!hasEnded(deployment)) running.add(deployment.id);
    else if (running.delete(deployment.id)) ended(deployment, verify);
  });
}

function ended(deployment: Deployment, verify: (deploymentId: string) => void): void {
  verify(deployment.id);
  if (vscode.window.state.focused || !setting('notifications.deploymentEnded')) return;
  const told = ending(deployment);
  if (told) void vscode.window.showInformationMessage(told.text);
}
