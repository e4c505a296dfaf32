/**
 * Takes a plain key of the shared AWS files into the keychain, as a user profile; then, when a person has seen what
 * changes and says yes, out of the file. No copy of the file is kept: it would be a plain key again.
 */
import { randomBytes } from 'node:crypto';
import { readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { UserError } from '../base/userError.ts';
import { keysOf, masked, withoutKeys } from '../broker/doctor/sharedFile.ts';
import { type Profile, who } from '../identity/profile.ts';
import type { Profiles } from '../identity/profiles.ts';
import { placeText } from './doctorText.ts';
import { detailSteps, type ProfileForm } from './profileForm.ts';
import { fillForm } from './quickInput.ts';

/** Keeps the profile of a form in which everything is filled in. */
export type AddKeys = (form: ProfileForm) => Promise<void>;

export interface TakeKeys {
  readonly profiles: Pick<Profiles, 'list'>;
  readonly addKeys: AddKeys;
}

const TITLE = 'Take the Key into the Keychain';

/** @returns false when the profile was not added. @throws Cancelled, UserError */
export async function takeKeys(input: TakeKeys, file: string, section: string): Promise<boolean> {
  const text = await readFile(file, 'utf8');
  const keys = keysOf(text, section);
  if (!keys) throw gone(file, section);
  const held = profileWith(input, keys.accessKeyId) ?? (await added(input, keys, section));
  if (!held) return false;
  await offerRemoval({ file, section, text, held });
  return true;
}

function profileWith({ profiles }: TakeKeys, accessKeyId: string): Profile | undefined {
  return profiles
    .list('user')
    .find(({ source }) => source.type === 'keys' && source.accessKeyId === accessKeyId);
}

type Keys = NonNullable<ReturnType<typeof keysOf>>;

async function added(input: TakeKeys, keys: Keys, section: string): Promise<Profile | undefined> {
  const users = input.profiles.list('user');
  const start: ProfileForm = {
    kind: 'user',
    sourceType: 'keys',
    accessKeyId: keys.accessKeyId,
    secret: keys.secretAccessKey,
  };
  const nameTaken = (_kind: string, name: string): boolean => users.some(profile => profile.name === name);
  const form = await fillForm(TITLE, start, () => detailSteps({ nameTaken, suggestedName: section }));
  await input.addKeys(form);
  return profileWith(input, keys.accessKeyId);
}

interface Removal {
  readonly file: string;
  readonly section: string;
  /** As it was read, and shown. */
  readonly text: string;
  readonly held: Profile;
}

async function offerRemoval({ file, section, text, held }: Removal): Promise<void> {
  const rest = withoutKeys(text, section);
  const shown = await showDifference(masked(text), masked(rest));
  try {
    const verb = 'Take the Key Out';
    const detail = `The key is in the keychain, as ${who(held)}. Programs that use the profile ${section} of this file will not find it any more: run them in a terminal that No Wing opens as you.\n\nNo copy of the file is kept: it would be a plain key again.`;
    const question = `Take the key of [${section}] out of ${placeText({ file }, homedir())}?`;
    if ((await vscode.window.showInformationMessage(question, { modal: true, detail }, verb)) !== verb)
      return;
    await replace(file, text, rest);
  } finally {
    await shown.close();
  }
}

const SCHEME = 'no-wing-difference';
const BEFORE = vscode.Uri.from({ scheme: SCHEME, path: '/before' });
const AFTER = vscode.Uri.from({ scheme: SCHEME, path: '/after' });

/** Secrets are masked on both sides: nothing but the lines that go differs. */
async function showDifference(before: string, after: string): Promise<{ close(): Promise<void> }> {
  const registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
    provideTextDocumentContent: ({ path }) => (path === BEFORE.path ? before : after),
  });
  await vscode.commands.executeCommand('vscode.diff', BEFORE, AFTER, 'What will be taken out');
  return {
    async close() {
      const tabs = vscode.window.tabGroups.all.flatMap(group => group.tabs);
      const ours = tabs.filter(
        ({ input }) => input instanceof vscode.TabInputTextDiff && input.modified.scheme === SCHEME,
      );
      await vscode.window.tabGroups.close(ours);
      registration.dispose();
    },
  };
}

/** Whole or not at all, through a link, with the mode it had. @throws UserError `doctor.changed` */
async function replace(file: string, before: string, after: string): Promise<void> {
  const path = await realpath(file);
  if ((await readFile(path, 'utf8')) !== before) throw changed(file);
  const temporary = `${path}.${randomBytes(4).toString('hex')}`;
  try {
    const { mode } = await stat(path);
    await writeFile(temporary, after, { flag: 'wx', mode: mode & 0o700 });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

function gone(file: string, section: string): UserError {
  return new UserError('doctor.gone', `There is no key in [${section}] of ${file} any more.`, {
    hint: 'Run the doctor again.',
  });
}

function changed(file: string): UserError {
  return new UserError(
    'doctor.changed',
    `${file} was changed meanwhile, so the key was not taken out of it.`,
    {
      hint: 'Run the doctor again.',
    },
  );
}
