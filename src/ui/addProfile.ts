/** Add a profile: questions, then AWS is asked who it is, then it is kept. A refusal loses no answer. */
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { errorMessage } from '../base/userError.ts';
import type { ActiveIdentities } from '../identity/activeIdentities.ts';
import { type IdentityKind, type Profile, who } from '../identity/profile.ts';
import type { Profiles } from '../identity/profiles.ts';
import { profileDraft } from './profileDraft.ts';
import { type ProfileForm, profileSteps } from './profileForm.ts';
import { fillForm } from './quickInput.ts';
import type { ShowError } from './showError.ts';
import { accountName } from './wording.ts';

export interface AddProfileInput {
  readonly profiles: Pick<Profiles, 'list' | 'add'>;
  readonly active: Pick<ActiveIdentities, 'current' | 'select'>;
  readonly suggestedAgent: () => string;
  readonly showError: ShowError;
}

/** @param filledIn the form needs no questions any more, unless AWS refuses what is in it. */
export async function addProfile(
  input: AddProfileInput,
  start: ProfileForm,
  filledIn = false,
): Promise<void> {
  const profiles = input.profiles.list();
  const steps = profileSteps({
    profiles: start.kind === 'agent' ? profiles.filter(({ kind }) => kind === 'user') : profiles,
    sharedProfiles: await sharedProfileNames(),
    nameTaken: (kind, name) => profiles.some(profile => profile.kind === kind && profile.name === name),
    suggestedName: start.kind === 'agent' ? input.suggestedAgent() : '',
  });
  const ask = (form: ProfileForm): Promise<ProfileForm> => fillForm(TITLES[start.kind], form, steps);
  await askUntilKept(input, filledIn ? start : await ask(start), ask);
}

const TITLES: Readonly<Record<IdentityKind, string>> = {
  user: 'Add User Profile',
  agent: 'Add Agent Profile',
};
const TRY_AGAIN = 'Correct and Try Again';

async function askUntilKept(
  input: AddProfileInput,
  first: ProfileForm,
  ask: (form: ProfileForm) => Promise<ProfileForm>,
): Promise<void> {
  for (let form = first; ; form = await ask(form)) {
    try {
      return await keep(input, form);
    } catch (error) {
      if (!(await wantsAnother(await input.showError(error, TRY_AGAIN), form))) return;
    }
  }
}

/** Looking at the log or at the statement to add is not giving up: the answers wait until the person comes back. */
async function wantsAnother(pressed: string | undefined, { kind, name = '' }: ProfileForm): Promise<boolean> {
  if (pressed === undefined || pressed === TRY_AGAIN) return pressed === TRY_AGAIN;
  const text = `Your answers for ${who({ kind, name })} are kept.`;
  return (await vscode.window.showInformationMessage(text, TRY_AGAIN)) === TRY_AGAIN;
}

async function keep(input: AddProfileInput, form: ProfileForm): Promise<void> {
  const draft = profileDraft(form);
  const title = `Asking AWS who ${who(draft)} is`;
  const profile = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title },
    () => input.profiles.add(draft, form.secret),
  );
  if (input.active.current()[profile.kind].state === 'none') void input.active.select(profile);
  void vscode.window.showInformationMessage(kept(profile));
}

function kept(profile: Profile): string {
  return `Added ${who(profile)} in ${accountName(profile.verified)}.`;
}

/** Section names only: what the sections say is read by AWS's own resolver. */
export async function sharedProfileNames(env: NodeJS.ProcessEnv = process.env): Promise<string[]> {
  const files = [
    env['AWS_CONFIG_FILE'] ?? join(homedir(), '.aws', 'config'),
    env['AWS_SHARED_CREDENTIALS_FILE'] ?? join(homedir(), '.aws', 'credentials'),
  ];
  const texts = await Promise.all(files.map(file => readFile(file, 'utf8').catch(absent)));
  const names = texts.flatMap(text =>
    [...text.matchAll(/^\s*\[(?:profile\s+)?([^\]]+?)\s*\]/gm)].map(match => match[1] ?? ''),
  );
  return [...new Set(names.filter(name => name !== '' && !/^(sso-session|services)\s/.test(name)))].sort();
}

function absent(error: unknown): string {
  if (/ENOENT/.test(errorMessage(error))) return '';
  throw error;
}
