/** Imports CloudTrail files that a person names, and tells how far it is, how it ended, and which files are damaged. */
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { isCancelled } from '../base/cancellation.ts';
import { UserError } from '../base/userError.ts';
import type { FolderImport, Trail } from '../trail/trail.ts';
import type { CommandId } from './contributions.ts';
import { keepingNow } from './keepingNow.ts';
import { askChoice, BACK } from './quickInput.ts';
import type { TextDocuments } from './textDocuments.ts';
import { type BucketImportInput, importTrailBucket } from './trailBucketImport.ts';
import { type Imported, importedText, importProgressText, importReport, sumOf } from './trailImportText.ts';

export interface TrailImportInput extends BucketImportInput {
  readonly trail: Pick<Trail, 'importFiles'>;
}

const RESUME = 'Resume';
const REPORT = 'Show Report';

/** @param argument paths, when it goes on with what was stopped. @throws UserError `trail.*`, Cancelled */
export async function importTrail(input: TrailImportInput, argument: unknown): Promise<void> {
  const from = pathsIn(argument) ?? (await askWhat());
  if (from === 'bucket') return importBucket(input);
  const paths = typeof from === 'string' ? await choosePaths(from) : from;
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
  const keeping = keepingNow(now());
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

/** What acts in AWS needs a workspace that is trusted; files of this computer do not. @throws UserError, Cancelled */
async function importBucket(input: BucketImportInput): Promise<void> {
  if (vscode.workspace.isTrusted) return importTrailBucket(input);
  throw new UserError('workspace.untrusted', 'No Wing does not act in a workspace that is not trusted.', {
    hint: 'Trust the workspace first, or import files that are on this computer.',
    action: { title: 'Manage Trust', command: 'workbench.trust.manage' },
  });
}

/** Asked first, because on most systems one dialog cannot choose both files and folders. @throws Cancelled */
async function askWhat(): Promise<'folder' | 'files' | 'bucket' | []> {
  const what = await askChoice<'folder' | 'files' | 'bucket'>(
    { title: 'Import CloudTrail Files' },
    {
      placeholder: 'What is to be imported? Files end in .json or .json.gz, as CloudTrail delivers them.',
      choices: [
        { value: 'folder', label: '$(folder) A folder, with all below it' },
        { value: 'files', label: '$(file) Files' },
        { value: 'bucket', label: '$(cloud-download) The S3 bucket of a trail' },
      ],
    },
  );
  return what === BACK ? [] : what;
}

async function choosePaths(what: 'folder' | 'files'): Promise<string[]> {
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
