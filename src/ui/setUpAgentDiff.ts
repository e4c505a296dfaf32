/** The exact change of one file in the diff editor, for as long as a person decides about it. */
import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { FileChange } from '../broker/agents/agentSetUps.ts';

const SCHEME = 'no-wing-change';

export async function withDiff<T>(
  { file, after, tool }: Pick<FileChange, 'file' | 'after' | 'tool'>,
  work: () => Promise<T>,
): Promise<T> {
  const texts = new Map([
    ['now', file.text ?? ''],
    ['after', after ?? ''],
  ]);
  const provider = vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
    provideTextDocumentContent: ({ query }) => texts.get(query),
  });
  // The name of the file gives the diff its colours.
  const side = (query: string): vscode.Uri =>
    vscode.Uri.from({
      scheme: SCHEME,
      authority: tool.id.toLowerCase(),
      path: `/${basename(file.path)}`,
      query,
    });
  try {
    const title = `${tool.name}: ${basename(file.path)} (now ↔ after)`;
    await vscode.commands.executeCommand('vscode.diff', side('now'), side('after'), title, { preview: true });
    return await work();
  } finally {
    await closeDiff();
    provider.dispose();
  }
}

async function closeDiff(): Promise<void> {
  const tabs = vscode.window.tabGroups.all
    .flatMap(group => group.tabs)
    .filter(({ input }) => input instanceof vscode.TabInputTextDiff && input.modified.scheme === SCHEME);
  await vscode.window.tabGroups.close(tabs);
}
