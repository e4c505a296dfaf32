/** Tells once when the session of the active agent cannot be had or renewed. */
import * as vscode from 'vscode';
import type { UserError } from '../base/userError.ts';
import type { ActiveIdentities } from '../identity/activeIdentities.ts';
import { setting } from './settings.ts';
import { errorText } from './showError.ts';

const SIGN_IN = 'Sign In Again';

export function watchSignIn(
  active: Pick<ActiveIdentities, 'current' | 'onChange' | 'signInAgain'>,
): vscode.Disposable {
  let told: unknown;
  return active.onChange(({ agent }) => {
    if (agent.state !== 'broken' || agent.error === told) return;
    told = agent.error;
    // A person did that, and signing in again would not help.
    if (agent.error.code === 'identity.revoked') return;
    if (setting('notifications.signInNeeded')) void tell(active, agent.error);
  });
}

async function tell(active: Pick<ActiveIdentities, 'signInAgain'>, error: UserError): Promise<void> {
  const { action } = error;
  const buttons = action ? [action.title, SIGN_IN] : [SIGN_IN];
  const chosen = await vscode.window.showWarningMessage(errorText(error), ...buttons);
  if (chosen === SIGN_IN) await active.signInAgain('agent');
  else if (action && chosen === action.title) {
    await vscode.commands.executeCommand(action.command, ...(action.args ?? []));
  }
}
