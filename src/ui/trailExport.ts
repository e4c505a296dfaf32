/** Exports the events that the view shows, to a file that the person names. */
import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { UserError } from '../base/userError.ts';
import { type ExportFormat, exportLines } from '../trail/exportEvents.ts';
import { writeExport } from '../trail/exportFile.ts';
import type { TrailFilter } from '../trail/trailFilter.ts';
import type { TrailQuestions } from './trailQuestions.ts';

const REVEAL = 'Open File';

/** @throws UserError `trail.export`, Cancelled */
export async function exportTrail(
  { events }: Pick<TrailQuestions, 'events'>,
  filter: TrailFilter,
): Promise<void> {
  const uri = await vscode.window.showSaveDialog({
    title: 'Export Audit Trail',
    saveLabel: 'Export',
    defaultUri: vscode.Uri.joinPath(startFolder(), 'audit-trail.jsonl'),
    filters: { 'JSON Lines': ['jsonl'], CSV: ['csv'] },
  });
  if (!uri) return;
  const format: ExportFormat = uri.path.toLowerCase().endsWith('.csv') ? 'csv' : 'jsonl';
  const count = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: 'Exporting the audit trail', cancellable: true },
    (progress, token) => {
      const stop = new AbortController();
      token.onCancellationRequested(() => stop.abort());
      return writeExport(
        fileOf(uri),
        exportLines(ask => events(ask, stop.signal), filter, format),
        () => stop.signal.aborted,
        written => progress.report({ message: `${written.toLocaleString()} events` }),
      );
    },
  );
  const text = `Exported ${count.toLocaleString()} events to ${vscode.workspace.asRelativePath(uri)}.`;
  if ((await vscode.window.showInformationMessage(text, REVEAL)) === REVEAL)
    await vscode.window.showTextDocument(uri);
}

function startFolder(): vscode.Uri {
  return vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(homedir());
}

function fileOf(uri: vscode.Uri): string {
  if (uri.scheme === 'file') return uri.fsPath;
  throw new UserError('trail.export', 'The audit trail cannot be exported there.', {
    hint: 'Choose a folder of the computer that No Wing runs on.',
  });
}
