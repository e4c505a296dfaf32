/**
 * Review of what a command has asked for: this window plans it anew, and the human decides on that plan. A wish can be
 * written into the store by any program, so code of a project runs for it only where the project is open and trusted.
 */
import * as vscode from 'vscode';
import { UserError } from '../base/userError.ts';
import type { Deployment } from '../deployment/deployment.ts';
import type { Source } from '../deployment/source.ts';
import { type CarryOutInput, carryOut, planInProgress } from './carryOut.ts';
import { askSecretParameters } from './secretParameters.ts';
import { tellEnding } from './tellEnding.ts';

export function reviewAsked(input: CarryOutInput): (asked: Deployment) => Promise<void> {
  return async asked => {
    const complete = async (source: Source): Promise<Source> => {
      requireOpenHere(asked, source);
      return await askSecretParameters(source);
    };
    const planned = await planInProgress(asked.stackName, signal =>
      input.deployments.handOver(asked.id, complete, signal),
    );
    const ended = await carryOut(input, planned);
    if (ended) tellEnding(ended);
  };
}

/** A template is text that AWS reads; planning anything else may run what the project says. */
export function requireOpenHere({ stackName }: Pick<Deployment, 'stackName'>, source: Source): void {
  if (!('folder' in source && typeof source.folder === 'string')) return;
  const isOpen = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(source.folder)) !== undefined;
  if (isOpen && vscode.workspace.isTrusted) return;
  throw new UserError(
    'deployment.notOpenHere',
    `Planning ${stackName} runs the project in ${source.folder}, which is not a trusted folder of this window.`,
    { hint: 'Open that folder in VS Code, trust it if you do, and review the deployment there.' },
  );
}
