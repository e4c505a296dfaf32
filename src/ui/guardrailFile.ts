/** Opens the guardrail file of this computer, with every rule in it as an example when it is new; says what is wrong with it. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { errorName } from '../base/userError.ts';
import { machineFile } from '../deployment/guardrails/machineFile.ts';
import type { MachineFile } from '../deployment/guardrails/policySources.ts';
import { setting } from './settings.ts';

/** As the settings say, at the moment of asking. */
export function guardrailFileOf({ directory }: { readonly directory: string }): MachineFile {
  return machineFile(setting('guardrails.file'), directory);
}

export async function openGuardrailFile({ path }: MachineFile): Promise<void> {
  const { EXAMPLE_FILE } = await import('../guardrail/exampleFile.ts');
  await createUnlessThere(path, EXAMPLE_FILE);
  const editor = await vscode.window.showTextDocument(vscode.Uri.file(path), { preview: false });
  const problem = await problemOf(editor.document);
  if (problem === undefined) return;
  editor.selection = new vscode.Selection(problem.range.start, problem.range.start);
  editor.revealRange(problem.range);
}

/** Marks what is wrong with a guardrail file, this computer's and each workspace's, when it is opened and when it is saved. */
export function watchGuardrailFiles(currentFile: () => MachineFile): vscode.Disposable {
  const problems = vscode.languages.createDiagnosticCollection('No Wing guardrails');
  const check = async (document: vscode.TextDocument): Promise<void> => {
    if (!isGuardrailFile(document.uri, currentFile().path)) return;
    const problem = await problemOf(document);
    problems.set(document.uri, problem === undefined ? [] : [problem]);
  };
  const checkQuietly = (document: vscode.TextDocument): void => void check(document).catch(() => undefined);
  vscode.workspace.textDocuments.forEach(checkQuietly);
  return vscode.Disposable.from(
    problems,
    vscode.workspace.onDidOpenTextDocument(checkQuietly),
    vscode.workspace.onDidSaveTextDocument(checkQuietly),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => problems.delete(uri)),
  );
}

function isGuardrailFile(uri: vscode.Uri, machinePath: string): boolean {
  if (uri.scheme !== 'file') return false;
  return uri.fsPath === machinePath || /\/\.no-wing\/guardrails\.(?:json|ya?ml)$/.test(uri.path);
}

async function createUnlessThere(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  try {
    await writeFile(path, text, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (errorName(error) !== 'EEXIST') throw error;
  }
}

async function problemOf(document: vscode.TextDocument): Promise<vscode.Diagnostic | undefined> {
  const { readPolicyFile } = await import('../guardrail/policyFile.ts');
  const reading = readPolicyFile(document.getText(), document.fileName);
  if (reading.kind === 'read') return undefined;
  const start = new vscode.Position(reading.line - 1, reading.column - 1);
  const range = new vscode.Range(start, document.lineAt(document.validatePosition(start)).range.end);
  const message = `${reading.problem}. Nothing is deployed while this file is wrong.`;
  const problem = new vscode.Diagnostic(range, message, vscode.DiagnosticSeverity.Error);
  problem.source = 'No Wing';
  return problem;
}
