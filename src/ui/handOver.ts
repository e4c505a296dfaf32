/**
 * Review of what a command has asked for: this window plans it anew, and the human decides on that plan. A wish can be
 * written into the store by any program, so code of a project runs for it only where the project is open and trusted,
 * with the settings of this window, and after the human was asked here.
 */
import * as vscode from 'vscode';
import type { Deployment } from '../deployment/deployment.ts';
import type { Here, Wish } from '../deployment/plannedHere.ts';
import { type CarryOutInput, carryOut, planInProgress } from './carryOut.ts';
import { allowPrograms } from './deployTerraform.ts';
import { askSecretParameters } from './secretParameters.ts';
import { tellEnding } from './tellEnding.ts';
import { terraformSettings } from './terraformSettings.ts';

export function reviewAsked(input: CarryOutInput): (asked: Deployment) => Promise<void> {
  return async asked => {
    const complete = async (wish: Wish): Promise<Wish> => {
      const own = await wishedHere(wish);
      return { ...own, source: await askSecretParameters(own.source) };
    };
    const planned = await planInProgress(asked.stackName, signal =>
      input.deployments.handOver(asked.id, complete, signal),
    );
    const ended = await carryOut(input, planned);
    if (ended) tellEnding(ended);
  };
}

/** What lay in the store, as this window plans it. @throws UserError as `plannedHere`; Cancelled */
export async function wishedHere(wish: Wish): Promise<Wish> {
  const { plannedHere } = await import('../deployment/plannedHere.ts');
  const own = plannedHere(wish, HERE);
  const { source } = own;
  if (source.engine !== 'terraform') return own;
  return { ...own, source: { ...source, runsPrograms: await allowPrograms(source) } };
}

const HERE: Here = {
  groundOf: path => {
    const uri = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(path))?.uri;
    return vscode.workspace.isTrusted && uri?.scheme === 'file' ? uri.fsPath : undefined;
  },
  terraform: terraformSettings,
};
