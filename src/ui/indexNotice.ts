/** Tells that the audit trail's index was damaged and is made anew: once, however often until the person has seen it. */
import * as vscode from 'vscode';
import type { Features } from '../features.ts';
import type { CommandId } from './contributions.ts';

export function watchIndex({ isRebuilt, onRebuilt }: Features['trailIndex']): vscode.Disposable {
  let isToldOf = false;
  const tellOnce = (): void => {
    if (isToldOf) return;
    isToldOf = true;
    void tell().finally(() => {
      isToldOf = false;
    });
  };
  if (isRebuilt) tellOnce();
  return onRebuilt(tellOnce);
}

const REFRESH = 'Refresh';
const TEXT =
  'The index of the audit trail was damaged and is made anew. Refresh the audit trail, and import your CloudTrail files again. The ledger and your profiles are untouched.';

async function tell(): Promise<void> {
  if ((await vscode.window.showInformationMessage(TEXT, REFRESH)) !== REFRESH) return;
  await vscode.commands.executeCommand('noWing.trail.refresh' satisfies CommandId);
}
