/** Finds the CDK app to deploy: the `cdk.json` that was clicked or is in front, else one of the workspace. */
import { dirname, posix, relative } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../base/userError.ts';
import { askChoice, BACK, type Choice } from './quickInput.ts';

export interface ChosenApp {
  /** Where `cdk.json` is, an absolute path. */
  readonly folder: string;
  /** The workspace folder that it is in. */
  readonly root: string;
  /** For people: its path in the workspace. */
  readonly name: string;
}

const MOST_APPS = 100;
const FILE = 'cdk.json';

/** @returns undefined when the person left. @throws UserError when there is none, or it is not on this computer. */
export async function chooseCdkApp(argument: unknown): Promise<ChosenApp | undefined> {
  const uri = argument instanceof vscode.Uri ? argument : (openApp() ?? (await pickApp()));
  return uri && appOf(uri);
}

function openApp(): vscode.Uri | undefined {
  const uri = vscode.window.activeTextEditor?.document.uri;
  return uri && posix.basename(uri.path) === FILE ? uri : undefined;
}

async function pickApp(): Promise<vscode.Uri | undefined> {
  const files = await vscode.workspace.findFiles(
    `**/${FILE}`,
    '**/{node_modules,.git,cdk.out}/**',
    MOST_APPS,
  );
  const [only] = files;
  if (only === undefined) throw noApp();
  if (files.length === 1) return only;
  const choices = files
    .map((value): Choice<vscode.Uri> => {
      const path = vscode.workspace.asRelativePath(value);
      return { value, label: `$(package) ${posix.dirname(path)}`, description: path };
    })
    .sort((a, b) => a.label.localeCompare(b.label));
  const answer = await askChoice(
    { title: 'Deploy CDK Stack as Agent' },
    { placeholder: 'Which app?', choices },
  );
  return answer === BACK ? undefined : answer;
}

function appOf(uri: vscode.Uri): ChosenApp {
  const root = vscode.workspace.getWorkspaceFolder(uri)?.uri;
  if (uri.scheme !== 'file' || root?.scheme !== 'file') {
    throw new UserError('cdk.notHere', 'The CDK app is not in a folder of this workspace on this computer.', {
      hint: 'Open its folder, so that it can be trusted and run.',
    });
  }
  const folder = dirname(uri.fsPath);
  const path = relative(root.fsPath, folder);
  return { folder, root: root.fsPath, name: path === '' ? posix.basename(root.path) : path };
}

function noApp(): UserError {
  return new UserError('cdk.noApp', 'There is no CDK app in this workspace.', {
    hint: 'An app has a file cdk.json. Open the folder that it is in.',
  });
}
