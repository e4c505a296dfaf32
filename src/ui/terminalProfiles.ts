/** "No Wing: You" and "No Wing: Agent" among the terminal profiles. */
import * as vscode from 'vscode';
import { Cancelled, isCancelled } from '../base/cancellation.ts';
import { UserError } from '../base/userError.ts';
import type { IdentityKind, Profile } from '../identity/profile.ts';
import { TERMINAL_PROFILES } from './contributions.ts';
import { askChoice, BACK } from './quickInput.ts';
import type { ShowError } from './showError.ts';
import type { IdentityTerminals } from './terminals.ts';
import { profilePlace } from './wording.ts';

export interface TerminalProfilesInput {
  readonly terminals: Pick<IdentityTerminals, 'prepare'>;
  readonly profiles: (kind: IdentityKind) => readonly Profile[];
  /** Offered first. */
  readonly active: (kind: IdentityKind) => Profile | undefined;
  readonly showError: ShowError;
}

export function registerTerminalProfiles(input: TerminalProfilesInput): vscode.Disposable {
  const register = (kind: IdentityKind): vscode.Disposable =>
    vscode.window.registerTerminalProfileProvider(TERMINAL_PROFILES[kind], {
      provideTerminalProfile: () => provide(input, kind),
    });
  return vscode.Disposable.from(register('user'), register('agent'));
}

/** Nothing is opened when there is no answer: VS Code would open a terminal of no identity for an error. */
async function provide(
  input: TerminalProfilesInput,
  kind: IdentityKind,
): Promise<vscode.TerminalProfile | undefined> {
  try {
    return new vscode.TerminalProfile(await input.terminals.prepare(await chosen(input, kind)));
  } catch (error) {
    if (!isCancelled(error)) void input.showError(error);
    return undefined;
  }
}

/** @throws Cancelled, UserError `identity.none` */
async function chosen({ profiles, active }: TerminalProfilesInput, kind: IdentityKind): Promise<Profile> {
  const all = profiles(kind);
  const [first] = all;
  if (!first) throw none(kind);
  if (all.length === 1) return first;
  const answer = await askChoice(
    { title: 'Open Terminal as' },
    {
      placeholder: kind === 'agent' ? 'Which agent?' : 'Which of you?',
      choices: all.map(profile => ({
        value: profile,
        label: `$(${kind === 'user' ? 'person' : 'hubot'}) ${profile.name}`,
        description: profilePlace(profile),
      })),
      ...withActive(all, active(kind)),
    },
  );
  if (answer === BACK) throw new Cancelled();
  return answer;
}

function withActive(all: readonly Profile[], active: Profile | undefined): { active?: Profile } {
  const found = all.find(({ id }) => id === active?.id);
  return found ? { active: found } : {};
}

function none(kind: IdentityKind): UserError {
  const [what, title, command] =
    kind === 'user'
      ? ['user', 'Add User Profile', 'noWing.identity.addUser']
      : ['agent', 'Add Agent Profile', 'noWing.identity.addAgent'];
  return new UserError('identity.none', `There is no ${what} profile to open a terminal as.`, {
    hint: 'Add one first.',
    action: { title, command },
  });
}
