/** Imports CloudTrail files that a person names, and tells how far it is, how it ended, and which files are damaged. */
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { isCancelled } from '../base/cancellation.ts';
import { DAY } from '../base/clock.ts';
import type { FolderImport, Trail } from '../trail/trail.ts';
import type { CommandId } from './contributions.ts';
import { askChoice, BACK } from './quickInput.ts';
import { setting } from './settings.ts';
import type { TextDocuments } from './textDocuments.ts';
import { type Imported, importedText, importProgressText, importReport, sumOf } from './trailImportText.ts';

export interface TrailImportInput {
  readonly trail: Pick<Trail, 'importFiles'>;
  readonly documents: TextDocuments;
  readonly now: () => number;
}

const RESUME = 'Resume';
const REPORT = 'Show Report';

/** @param argument paths, when it goes on with what was stopped. @throws UserError `trail.*`, Cancelled */
export async function importTrail(input: TrailImportInput, argument: unknown): Promise<void> {
  const paths = pathsIn(argument) ?? (await askPaths());
  if (paths.length === 0) return;
  const place = placeText(paths);
  const imported = await imports(input, paths, place);
  if (imported) await tellImported(imported, place, input.documents);
  else await tellStopped(paths, place);
}

/** @returns undefined when it was stopped. */
async function imports(
  { trail, now }: TrailImportInput,
  paths: readonly string[],
  place: string,
): Promise<Imported | undefined> {
  const [days, megabytes] = [setting('trail.keepDays'), setting('trail.maxSizeMB')];
  const keeping = { since: days === 0 ? 0 : now() - days * DAY, maxBytes: megabytes * 2 ** 20 };
  try {
    return await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: `Importing ${place}`, cancellable: true },
      (progress, token) => {
        const stop = new AbortController();
        token.onCancellationRequested(() => stop.abort());
        progress.report({ message: 'looking for files' });
        return importAll(trail, paths, {
          keeping,
          signal: stop.signal,
          onProgress: at => progress.report({ message: importProgressText(at) }),
        });
      },
    );
  } catch (error) {
    if (isCancelled(error)) return undefined;
    throw error;
  }
}

/** One after the other; their counts together. */
async function importAll(
  trail: TrailImportInput['trail'],
  paths: readonly string[],
  ask: Omit<FolderImport, 'folder'>,
): Promise<Imported> {
  const all: Imported[] = [];
  for (const folder of paths) all.push(await trail.importFiles({ ...ask, folder }));
  return sumOf(all);
}

async function tellImported(imported: Imported, place: string, documents: TextDocuments): Promise<void> {
  const isDamaged = imported.problems.length > 0;
  const tell = isDamaged ? vscode.window.showWarningMessage : vscode.window.showInformationMessage;
  const chosen = await tell(importedText(imported, place), ...(isDamaged ? [REPORT] : []));
  if (chosen === REPORT) await documents.show('Import.md', importReport(imported, place));
}

async function tellStopped(paths: readonly string[], place: string): Promise<void> {
  const text = `The import of ${place} was stopped. What was read is kept; it goes on from there.`;
  if ((await vscode.window.showInformationMessage(text, RESUME)) === RESUME)
    await vscode.commands.executeCommand('noWing.trail.import' satisfies CommandId, paths);
}

function pathsIn(argument: unknown): readonly string[] | undefined {
  return Array.isArray(argument) && argument.every(path => typeof path === 'string') ? argument : undefined;
}

/** Asked first, because on most systems one dialog cannot choose both. @throws Cancelled */
async function askPaths(): Promise<string[]> {
  const what = await askChoice(
    { title: 'Import CloudTrail Files' },
    {
      placeholder: 'What is to be imported? Files end in .json or .json.gz, as CloudTrail delivers them.',
      choices: [
        { value: 'folder', label: '$(folder) A folder, with all below it' },
        { value: 'files', label: '$(file) Files' },
      ],
    },
  );
  if (what === BACK) return [];
  const isFolder = what === 'folder';
  const chosen = await vscode.window.showOpenDialog({
    title: 'Import CloudTrail Files',
    openLabel: 'Import',
    canSelectFolders: isFolder,
    canSelectFiles: !isFolder,
    canSelectMany: true,
    ...(isFolder ? {} : { filters: { CloudTrail: ['json', 'gz'] } }),
  });
  return (chosen ?? []).map(({ fsPath }) => fsPath);
}

function placeText(paths: readonly string[]): string {
  const [first = '', ...more] = paths.map(path => basename(path));
  return more.length === 0 ? first : `${first} and ${more.length} more`;
}
