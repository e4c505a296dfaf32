/** The switch: one quick pick with agents, you and actions; typing filters on everything in a row. */
import * as vscode from 'vscode';
import type { ActiveIdentities } from '../identity/activeIdentities.ts';
import type { Profile } from '../identity/profile.ts';
import type { CommandId } from './contributions.ts';
import { accountName, environmentName, timeLeft } from './wording.ts';

export interface SwitchInput {
  readonly profiles: () => readonly Profile[];
  readonly active: Pick<ActiveIdentities, 'current' | 'select'>;
  readonly copyArn: (profile: Profile) => Promise<void>;
  /** What runs as the identity that would be left, for a person: `deployment of orders-api`. */
  readonly runningAs: (profile: Profile) => string | undefined;
  readonly now: () => number;
}

interface Item extends vscode.QuickPickItem {
  readonly profile?: Profile;
  readonly command?: CommandId;
}

const TERMINAL: vscode.QuickInputButton = {
  iconPath: new vscode.ThemeIcon('terminal'),
  tooltip: 'Open Terminal as',
};
const COPY: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon('copy'), tooltip: 'Copy ARN' };

export function switchIdentity(input: SwitchInput): Promise<void> {
  const pick = vscode.window.createQuickPick<Item>();
  pick.title = 'Switch Identity';
  pick.placeholder = 'Who acts from now on?';
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  pick.items = items(input);
  return new Promise(resolve => {
    pick.onDidTriggerItemButton(({ item, button }) => {
      if (!item.profile) return;
      if (button !== TERMINAL) void input.copyArn(item.profile);
      else {
        pick.hide();
        void vscode.commands.executeCommand('noWing.terminal.openAs' satisfies CommandId, item);
      }
    });
    pick.onDidHide(() => {
      pick.dispose();
      resolve();
    });
    pick.onDidAccept(() => {
      const chosen = pick.selectedItems[0];
      pick.hide();
      if (chosen) void act(input, chosen);
    });
    pick.show();
  });
}

/** Makes a profile the active one; says first what still runs as the one before. */
export async function useProfile(
  input: Pick<SwitchInput, 'active' | 'runningAs'>,
  profile: Profile,
): Promise<void> {
  const before = input.active.current()[profile.kind];
  const running =
    before.state === 'none' || before.profile.id === profile.id ? undefined : input.runningAs(before.profile);
  if (running === undefined || (await confirmed(running, profile))) await input.active.select(profile);
}

async function act(input: SwitchInput, item: Item): Promise<void> {
  if (item.profile) await useProfile(input, item.profile);
  else if (item.command) await vscode.commands.executeCommand(item.command);
}

async function confirmed(running: string, profile: Profile): Promise<boolean> {
  const verb = `Switch to ${profile.name}`;
  const text = `The ${running} still runs as the old identity and goes on as it.`;
  return (await vscode.window.showWarningMessage(text, verb)) === verb;
}

function items(input: SwitchInput): Item[] {
  const profiles = input.profiles();
  const ofKind = (kind: Profile['kind']): Item[] =>
    profiles.filter(profile => profile.kind === kind).map(profile => profileItem(profile, input));
  return [
    ...section('Agents', ofKind('agent')),
    ...section('You', ofKind('user')),
    ...section('Actions', [
      { label: '$(account) Add User Profile', command: 'noWing.identity.addUser' },
      { label: '$(hubot) Add Agent Profile', command: 'noWing.identity.addAgent' },
      { label: '$(shield) Create Agent Role', command: 'noWing.agent.createRole' },
      { label: '$(circle-slash) Revoke the Agent Now', command: 'noWing.agent.revoke' },
      { label: '$(pulse) Doctor: What Could an Agent Reach', command: 'noWing.doctor' },
      { label: '$(output) Show Log', command: 'noWing.showLog' },
    ]),
  ];
}

function section(label: string, rows: Item[]): Item[] {
  return rows.length === 0 ? [] : [{ label, kind: vscode.QuickPickItemKind.Separator }, ...rows];
}

function profileItem(profile: Profile, input: SwitchInput): Item {
  const state = input.active.current()[profile.kind];
  const active = state.state !== 'none' && state.profile.id === profile.id;
  const left =
    active && state.state === 'ready' && state.expiresAt !== undefined
      ? timeLeft(state.expiresAt - input.now())
      : '';
  return {
    profile,
    label: `$(${profile.kind === 'user' ? 'account' : 'hubot'}) ${profile.name}`,
    description: [environmentName(profile.environment), profile.region, left, active ? 'active' : '']
      .filter(Boolean)
      .join(' · '),
    detail: accountName(profile.verified),
    buttons: [TERMINAL, COPY],
  };
}
