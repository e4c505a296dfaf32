/** What a person does with a profile: use, sign in, copy its ARN, remove it. */
import * as vscode from 'vscode';
import type { ActiveIdentities } from '../identity/activeIdentities.ts';
import { type Profile, who } from '../identity/profile.ts';
import type { Profiles } from '../identity/profiles.ts';
import type { Sessions } from '../identity/sessions.ts';
import { trustPrincipal, trustStatement } from '../identity/trustStatement.ts';
import { profileIdOf } from './identitiesTree.ts';
import { askChoice, BACK } from './quickInput.ts';
import { accountName, profilePlace } from './wording.ts';

export interface ProfileActionsInput {
  readonly profiles: Profiles;
  readonly active: ActiveIdentities;
  readonly sessions: Pick<Sessions, 'drop'>;
}

/** The profile of a tree row, else the one a person picks. @returns undefined when there is none or none was picked. */
export async function profileFor(
  { profiles }: Pick<ProfileActionsInput, 'profiles'>,
  argument: unknown,
  question: string,
): Promise<Profile | undefined> {
  const id = profileIdOf(argument);
  if (id !== undefined) return profiles.get(id);
  const choices = profiles.list().map(profile => ({
    value: profile,
    label: `$(${profile.kind === 'user' ? 'account' : 'hubot'}) ${profile.name}`,
    description: profilePlace(profile),
    detail: profile.verified.arn,
  }));
  if (choices.length === 0) return undefined;
  const answer = await askChoice({ title: question }, { placeholder: 'Which profile?', choices });
  return answer === BACK ? undefined : answer;
}

export async function copyArn(profile: Profile): Promise<void> {
  await vscode.env.clipboard.writeText(profile.verified.arn);
  vscode.window.setStatusBarMessage(`Copied the ARN of ${who(profile)}`, 3000);
}

export async function signIn({ active, sessions }: ProfileActionsInput, profile: Profile): Promise<void> {
  const state = active.current()[profile.kind];
  if (state.state !== 'none' && state.profile.id === profile.id) return active.signInAgain(profile.kind);
  sessions.drop(profile.id);
  await active.select(profile);
}

/** Its secret goes with it; what the ledger and the trail know of it stays. */
export async function removeProfile(
  { profiles, active, sessions }: ProfileActionsInput,
  profile: Profile,
): Promise<void> {
  const verb = `Remove ${profile.name}`;
  const detail = `${profile.verified.arn}\nin ${accountName(profile.verified)}\n\nIts secret is deleted from the keychain. Nothing changes in AWS, and the record of its sessions stays.`;
  const answer = await vscode.window.showWarningMessage(
    `Remove ${who(profile)}?`,
    { modal: true, detail },
    verb,
  );
  if (answer !== verb) return;
  await profiles.remove(profile.id);
  sessions.drop(profile.id);
  active.reload();
}

/** Opens the statement that a role's trust policy lacks, ready to be copied. */
export async function showTrustStatement(user: Profile | undefined, argument: unknown): Promise<void> {
  const { roleArn, externalId } = trustAsk(argument);
  const statement = trustStatement({
    userArn: user ? trustPrincipal(user.verified.arn) : 'arn:aws:iam::ACCOUNT:user/YOU',
    ...(externalId === undefined ? {} : { externalId }),
  });
  const content = `// Add this statement to the trust policy of ${roleArn}\n${JSON.stringify(statement, null, 2)}\n`;
  const document = await vscode.workspace.openTextDocument({ language: 'jsonc', content });
  await vscode.window.showTextDocument(document);
}

function trustAsk(argument: unknown): { roleArn: string; externalId?: string } {
  const fields = typeof argument === 'object' && argument !== null ? argument : {};
  const roleArn = 'roleArn' in fields && typeof fields.roleArn === 'string' ? fields.roleArn : 'the role';
  return 'externalId' in fields && typeof fields.externalId === 'string'
    ? { roleArn, externalId: fields.externalId }
    : { roleArn };
}
