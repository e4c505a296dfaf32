/** Finds the Terraform configuration to deploy: the folder or file that was clicked, the one in the editor, else one of the workspace. */
import { dirname, posix } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../base/userError.ts';
import { askChoice, BACK, type Choice } from './quickInput.ts';

export interface ChosenProject {
  /** Absolute. */
  readonly folder: string;
  /** The workspace folder that it is in. */
  readonly ground: string;
  /** Names of files of variables that have to be chosen. */
  readonly varFiles: readonly string[];
}

const MOST_FILES = 2000;

/** @returns undefined when the person left. @throws UserError when it is not in the workspace on this computer. */
export async function chooseTerraformProject(
  argument: unknown,
  title: string,
): Promise<ChosenProject | undefined> {
  const uri = argument instanceof vscode.Uri ? await folderOf(argument) : await pickFolder(title);
  if (uri === undefined) return undefined;
  const ground = vscode.workspace.getWorkspaceFolder(uri)?.uri;
  if (uri.scheme !== 'file' || ground?.scheme !== 'file') throw notHere();
  return { folder: uri.fsPath, ground: ground.fsPath, varFiles: await varFilesIn(uri) };
}

async function folderOf(uri: vscode.Uri): Promise<vscode.Uri> {
  const { type } = await vscode.workspace.fs.stat(uri);
  return type === vscode.FileType.Directory ? uri : parentOf(uri);
}

function parentOf(uri: vscode.Uri): vscode.Uri {
  return uri.with({ path: posix.dirname(uri.path) });
}

async function pickFolder(title: string): Promise<vscode.Uri | undefined> {
  const open = vscode.window.activeTextEditor?.document.uri;
  if (open && /\.tf(?:\.json)?$|\.tfvars$/.test(open.path)) return parentOf(open);
  const files = await vscode.workspace.findFiles(
    '**/*.{tf,tf.json}',
    '**/{node_modules,.git,.terraform,cdk.out}/**',
    MOST_FILES,
  );
  const folders = new Map(files.map(file => [dirname(file.path), parentOf(file)]));
  const [only] = folders.values();
  if (only === undefined) throw noConfiguration();
  if (folders.size === 1) return only;
  const choices = [...folders.values()]
    .map(
      (value): Choice<vscode.Uri> => ({
        value,
        label: `$(folder) ${vscode.workspace.asRelativePath(value)}`,
      }),
    )
    .sort((a, b) => a.label.localeCompare(b.label));
  const answer = await askChoice({ title }, { placeholder: 'Which configuration?', choices });
  return answer === BACK ? undefined : answer;
}

/** Those that Terraform loads by itself are not asked for. */
async function varFilesIn(folder: vscode.Uri): Promise<string[]> {
  const entries = await vscode.workspace.fs.readDirectory(folder);
  return entries
    .map(([name]) => name)
    .filter(name => /\.tfvars(?:\.json)?$/.test(name) && !/^terraform\.tfvars|\.auto\.tfvars/.test(name))
    .sort();
}

function notHere(): UserError {
  return new UserError(
    'terraform.notHere',
    'The configuration is not in a folder of this workspace on this computer.',
    { hint: 'Open its folder, so that it can be trusted and read.' },
  );
}

function noConfiguration(): UserError {
  return new UserError('terraform.none', 'There is no configuration of Terraform in this workspace.', {
    hint: 'Open the folder that has the .tf files.',
  });
}
