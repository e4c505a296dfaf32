/** Finds the template to deploy: the file that was clicked, the one in the editor, else one of the workspace. */
import { posix } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../base/userError.ts';
import type { Template } from '../deployment/cloudformation/template.ts';
import { looksLikeTemplate } from '../deployment/cloudformation/templateGuess.ts';
import { askChoice, BACK, type Choice } from './quickInput.ts';

export interface ChosenTemplate {
  readonly template: Template;
  /** The workspace folder it is in, an absolute path. */
  readonly folder?: string;
}

/** @returns undefined when the person left. @throws UserError when the file is no template. */
export async function chooseTemplate(argument: unknown): Promise<ChosenTemplate | undefined> {
  const uri = argument instanceof vscode.Uri ? argument : (openTemplate() ?? (await pickTemplate()));
  if (!uri) return undefined;
  const { parseTemplate } = await import('../deployment/cloudformation/template.ts');
  const template = parseTemplate(await textOf(uri), vscode.workspace.asRelativePath(uri, false));
  const folder = vscode.workspace.getWorkspaceFolder(uri)?.uri;
  return folder?.scheme === 'file' ? { template, folder: folder.fsPath } : { template };
}

/** Whether the editor in front shows a template: cheap, for menus. */
export function openTemplate(): vscode.Uri | undefined {
  const document = vscode.window.activeTextEditor?.document;
  return document &&
    /\.(ya?ml|json|template)$/.test(document.uri.path) &&
    looksLikeTemplate(document.getText())
    ? document.uri
    : undefined;
}

/** What the person sees is deployed: unsaved changes count. */
async function textOf(uri: vscode.Uri): Promise<string> {
  try {
    return (await vscode.workspace.openTextDocument(uri)).getText();
  } catch (cause) {
    throw new UserError(
      'deployment.templateUnreadable',
      `The template ${posix.basename(uri.path)} cannot be read.`,
      {
        hint: 'Check that the file exists and is text.',
        cause,
      },
    );
  }
}

const MOST_FILES = 500;

async function pickTemplate(): Promise<vscode.Uri | undefined> {
  const files = await vscode.workspace.findFiles(
    '**/*.{yaml,yml,json,template}',
    '**/{node_modules,.git,cdk.out}/**',
    MOST_FILES,
  );
  const templates = await Promise.all(files.map(async file => ((await isTemplate(file)) ? [file] : [])));
  const choices: Choice<vscode.Uri | 'browse'>[] = [
    ...templates
      .flat()
      .map(templateChoice)
      .sort((a, b) => a.label.localeCompare(b.label)),
    { value: 'browse', label: '$(folder-opened) Browse …' },
  ];
  const answer = await askChoice(
    { title: 'Deploy Stack as Agent' },
    { placeholder: 'Which template?', choices },
  );
  if (answer === BACK) return undefined;
  return answer === 'browse'
    ? (await vscode.window.showOpenDialog({ openLabel: 'Choose Template' }))?.[0]
    : answer;
}

function templateChoice(uri: vscode.Uri): Choice<vscode.Uri> {
  const path = vscode.workspace.asRelativePath(uri);
  const folder = posix.dirname(path);
  return {
    value: uri,
    label: `$(file-code) ${posix.basename(path)}`,
    ...(folder === '.' ? {} : { description: folder }),
  };
}

async function isTemplate(uri: vscode.Uri): Promise<boolean> {
  try {
    return looksLikeTemplate(new TextDecoder().decode(await vscode.workspace.fs.readFile(uri)));
  } catch {
    return false;
  }
}
