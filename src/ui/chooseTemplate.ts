/** Finds the template to deploy: the file that was clicked, the one in the editor, else one of the workspace. */
import { posix } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../base/userError.ts';
import type { Template } from '../deployment/cloudformation/template.ts';
import { looksLikeTemplate } from '../deployment/cloudformation/templateGuess.ts';
import type { NamedParametersFile } from './deployForm.ts';
import { askChoice, BACK, type Choice } from './quickInput.ts';

export interface ChosenTemplate {
  readonly template: Template;
  /** The workspace folder it is in, an absolute path. */
  readonly folder?: string;
  /** Files beside it that hold values of its parameters. */
  readonly files: readonly NamedParametersFile[];
}

/** @returns undefined when the person left. @throws UserError when the file is no template. */
export async function chooseTemplate(argument: unknown): Promise<ChosenTemplate | undefined> {
  const uri = argument instanceof vscode.Uri ? argument : (openTemplate() ?? (await pickTemplate()));
  if (!uri) return undefined;
  const { parseTemplate } = await import('../deployment/cloudformation/template.ts');
  const template = parseTemplate(await textOf(uri), vscode.workspace.asRelativePath(uri, false));
  const folder = vscode.workspace.getWorkspaceFolder(uri)?.uri;
  const files = template.parameters.length > 0 ? await parametersFiles(uri, template) : [];
  return folder?.scheme === 'file' ? { template, files, folder: folder.fsPath } : { template, files };
}

const MOST_BESIDE = 50;

/** Whatever is no such file, or has no value for this template, is not one. */
async function parametersFiles(uri: vscode.Uri, template: Template): Promise<NamedParametersFile[]> {
  const { parseParametersFile } = await import('../deployment/cloudformation/parametersFile.ts');
  const folder = vscode.Uri.joinPath(uri, '..');
  const entries = await vscode.workspace.fs.readDirectory(folder);
  const names = entries.map(([name]) => name).filter(name => name.endsWith('.json'));
  const found = await Promise.all(
    names.slice(0, MOST_BESIDE).map(async name => {
      try {
        const bytes = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(folder, name));
        const file = parseParametersFile(new TextDecoder().decode(bytes), name);
        const fits = template.parameters.some(parameter => Object.hasOwn(file.parameters, parameter.name));
        return fits ? [{ ...file, name }] : [];
      } catch {
        return [];
      }
    }),
  );
  return found.flat();
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
