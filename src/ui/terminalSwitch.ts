/** After a switch, tells once of the terminals that go on as the identity before, and opens them anew on request. */
import * as vscode from 'vscode';
import type { ActiveIdentities, ActiveState } from '../identity/activeIdentities.ts';
import type { IdentityKind, Profile } from '../identity/profile.ts';
import type { ShowError } from './showError.ts';
import type { TerminalActivity } from './terminalActivity.ts';
import type { IdentityTerminal, IdentityTerminals } from './terminals.ts';

export interface TerminalSwitchInput {
  readonly active: Pick<ActiveIdentities, 'current' | 'onChange'>;
  readonly terminals: Pick<IdentityTerminals, 'list' | 'open'>;
  readonly activity: Pick<TerminalActivity, 'isIdle'>;
  readonly showError: ShowError;
}

const RELAUNCH = 'Relaunch';
const KEEP = 'Keep';

export function watchSwitches(input: TerminalSwitchInput): vscode.Disposable {
  let before = profilesOf(input.active.current());
  return input.active.onChange(state => {
    const now = profilesOf(state);
    const was = before;
    before = now;
    for (const kind of ['agent', 'user'] as const) {
      const [left, chosen] = [was[kind], now[kind]];
      if (left && chosen && left.id !== chosen.id) tell(input, left, chosen).catch(input.showError);
    }
  });
}

type Chosen = Partial<Record<IdentityKind, Profile>>;

function profilesOf({ user, agent }: ActiveState): Chosen {
  return {
    ...(user.state === 'none' ? {} : { user: user.profile }),
    ...(agent.state === 'none' ? {} : { agent: agent.profile }),
  };
}

async function tell(input: TerminalSwitchInput, left: Profile, chosen: Profile): Promise<void> {
  const old = input.terminals.list().filter(({ client }) => client.profileId === left.id);
  if (old.length === 0) return;
  const answer = await vscode.window.showInformationMessage(keepingText(old.length, left), RELAUNCH, KEEP);
  if (answer !== RELAUNCH) return;
  for (const each of old) await relaunch(input, each, chosen);
}

function keepingText(count: number, left: Pick<Profile, 'name'>): string {
  return count === 1
    ? `1 terminal still acts as ${left.name}.`
    : `${count} terminals still act as ${left.name}.`;
}

/** The new one stands where the old one stood; the old one is closed when nothing runs in it, else on request. */
async function relaunch(
  { terminals, activity }: TerminalSwitchInput,
  { terminal }: IdentityTerminal,
  chosen: Profile,
): Promise<void> {
  await terminals.open(chosen, folderOf(terminal));
  if (activity.isIdle(terminal)) terminal.dispose();
  else void askToClose(terminal);
}

function folderOf({ shellIntegration, creationOptions }: vscode.Terminal): vscode.Uri | string | undefined {
  return shellIntegration?.cwd ?? ('cwd' in creationOptions ? creationOptions.cwd : undefined);
}

async function askToClose(terminal: vscode.Terminal): Promise<void> {
  const close = 'Close It';
  const text = `Something still runs in the terminal ${terminal.name}, as the identity before.`;
  if ((await vscode.window.showWarningMessage(text, close, KEEP)) === close) terminal.dispose();
}
