/** The broker of this window in the workbench: runs where the workspace is trusted, and tells when something is wrong. */
import * as vscode from 'vscode';
import { MINUTE, SECOND } from '../base/clock.ts';
import { UserError } from '../base/userError.ts';
import type { Broker } from '../broker/broker.ts';
import { type Profile, who } from '../identity/profile.ts';
import { setting } from './settings.ts';
import { errorText } from './showError.ts';

export interface BrokerWatchInput {
  readonly broker: Pick<Broker, 'start' | 'current' | 'onChange' | 'onTrouble' | 'credentialsUri'>;
  readonly profile: (id: string) => Profile | undefined;
  readonly now: () => number;
}

/** A workspace that is not trusted gets no client, so it needs no broker; another window's may serve meanwhile. */
export function startBroker({ broker }: Pick<BrokerWatchInput, 'broker'>): vscode.Disposable {
  if (vscode.workspace.isTrusted) broker.start();
  return vscode.workspace.onDidGrantWorkspaceTrust(() => broker.start());
}

/** Beyond what a take-over from another window needs. */
const PATIENCE_MS = 10 * SECOND;

/** @throws UserError why there is none, or `broker.slow` */
export function whenServing(broker: BrokerWatchInput['broker'], patienceMs = PATIENCE_MS): Promise<string> {
  broker.start();
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const look = (): void => {
    const state = broker.current();
    const uri = broker.credentialsUri();
    if (uri !== undefined) resolve(uri);
    else if (state.state === 'failed') reject(state.error);
  };
  const listening = broker.onChange(look);
  const late = setTimeout(() => reject(slow()), patienceMs);
  look();
  return promise.finally(() => {
    clearTimeout(late);
    listening.dispose();
  });
}

/** One cause is told once, and again when it is still there after a while. */
const AGAIN_MS = 15 * MINUTE;

export function watchTrouble({ broker, profile, now }: BrokerWatchInput): vscode.Disposable {
  const told = new Map<string, number>();
  return broker.onTrouble(({ client, error }) => {
    const cause = `${client.profileId} ${error.code}`;
    const before = told.get(cause);
    if (before !== undefined && before + AGAIN_MS > now()) return;
    told.set(cause, now());
    const whose = profile(client.profileId);
    if (setting('notifications.signInNeeded')) void tell(whose ? who(whose) : client.name, error);
  });
}

async function tell(whose: string, error: UserError): Promise<void> {
  const { action } = error;
  const text = `Running processes of ${whose} cannot be given credentials: ${errorText(error)}`;
  const buttons = ['Show Clients', ...(action ? [action.title] : [])];
  const chosen = await vscode.window.showWarningMessage(text, ...buttons);
  if (chosen === 'Show Clients') await vscode.commands.executeCommand('noWing.clients.list');
  else if (action && chosen === action.title)
    await vscode.commands.executeCommand(action.command, ...(action.args ?? []));
}

function slow(): UserError {
  return new UserError(
    'broker.slow',
    'No Wing does not hand out sessions yet: its broker is still starting.',
    {
      hint: 'Try again in a moment. The log of No Wing says more.',
      action: { title: 'Show Log', command: 'noWing.showLog' },
    },
  );
}
