/** The fixes that the doctor offers as buttons. Each says what it does before it does it, and undoes nothing by itself. */
import { chmod } from 'node:fs/promises';
import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { UserError } from '../base/userError.ts';
import type { Fix, Place } from '../broker/doctor/report.ts';
import { who } from '../identity/profile.ts';
import type { Profiles } from '../identity/profiles.ts';
import type { Sessions } from '../identity/sessions.ts';
import { type AddKeys, takeKeys } from './doctorKeys.ts';
import { placeText } from './doctorText.ts';

export interface DoctorFixes {
  readonly profiles: Pick<Profiles, 'list' | 'get' | 'shortenSessions'>;
  readonly sessions: Pick<Sessions, 'drop'>;
  readonly addKeys: AddKeys;
  readonly setUpAgents: () => Thenable<unknown>;
}

/** @returns true when something may have changed, so that it is worth examining again. */
export async function fix(fixes: DoctorFixes, action: Fix): Promise<boolean> {
  switch (action.type) {
    case 'openFile':
      await openPlace(action.place);
      return false;
    case 'restrictMode':
      return restrict(action.file, action.mode);
    case 'importKeys':
      return takeKeys(fixes, action.file, action.section);
    case 'shortenSessions':
      return shorten(fixes, action.profileId);
    case 'terminalIdentity':
      await vscode.workspace
        .getConfiguration('noWing')
        .update('terminal.identity', 'agent', vscode.ConfigurationTarget.Global);
      return true;
    case 'setUpAgents':
      await fixes.setUpAgents();
      return true;
  }
}

async function openPlace({ file, line = 1 }: Place): Promise<void> {
  const document = await vscode.workspace.openTextDocument(vscode.Uri.file(file));
  const at = new vscode.Position(line - 1, 0);
  await vscode.window.showTextDocument(document, { selection: new vscode.Range(at, at) });
}

async function restrict(file: string, mode: number): Promise<boolean> {
  try {
    await chmod(file, mode);
  } catch (error) {
    throw new UserError('doctor.mode', `The mode of ${placeText({ file }, homedir())} was not changed.`, {
      hint: `Do it as its owner: chmod ${mode.toString(8)} ${file}`,
      cause: error,
    });
  }
  vscode.window.setStatusBarMessage(`Only you may open ${placeText({ file }, homedir())} now`, 3000);
  return true;
}

const HOUR_SECONDS = 3600;

async function shorten({ profiles, sessions }: DoctorFixes, profileId: string): Promise<boolean> {
  const profile = profiles.get(profileId);
  if (!profile) return true;
  profiles.shortenSessions(profileId, HOUR_SECONDS);
  sessions.drop(profileId);
  vscode.window.setStatusBarMessage(`Sessions of ${who(profile)} last one hour from now on`, 3000);
  return true;
}
