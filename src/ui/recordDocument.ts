/** An event's record as a read-only JSON document. */
import * as vscode from 'vscode';

export const RECORD_SCHEME = 'no-wing-record';

export function recordUri(event: { accountId: string; eventId: string; name: string }): vscode.Uri {
  return vscode.Uri.from({
    scheme: RECORD_SCHEME,
    path: `/${event.name}.json`,
    query: `${event.accountId}/${event.eventId}`,
  });
}

/** @param record the JSON text of an event; undefined when neither the store nor the file it came from has it any more. */
export function registerRecordDocuments(
  record: (accountId: string, eventId: string) => Promise<string | undefined>,
): vscode.Disposable {
  return vscode.workspace.registerTextDocumentContentProvider(RECORD_SCHEME, {
    async provideTextDocumentContent(uri) {
      const [accountId = '', eventId = ''] = uri.query.split('/');
      const text = await record(accountId, eventId);
      return text === undefined ? 'This event is no longer kept.' : pretty(text);
    },
  });
}

export async function openRecord(uri: vscode.Uri): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.languages.setTextDocumentLanguage(document, 'json');
  await vscode.window.showTextDocument(document, { preview: true });
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
