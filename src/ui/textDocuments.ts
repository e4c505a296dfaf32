/** Read-only Markdown documents of a deployment: its plan before it runs, its record afterwards. */
import * as vscode from 'vscode';

const SCHEME = 'no-wing-text';

export interface TextDocuments extends vscode.Disposable {
  show(name: string, text: string, language?: string): Promise<void>;
}

export function registerTextDocuments(): TextDocuments {
  const texts = new Map<string, string>();
  const changed = new vscode.EventEmitter<vscode.Uri>();
  const registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
    onDidChange: changed.event,
    provideTextDocumentContent: uri =>
      texts.get(uri.path) ?? 'This document is no longer kept. Open it again from its view.',
  });
  const closed = vscode.workspace.onDidCloseTextDocument(
    ({ uri }) => uri.scheme === SCHEME && texts.delete(uri.path),
  );
  return {
    async show(name, text, language = 'markdown') {
      const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${name}` });
      texts.set(uri.path, text);
      changed.fire(uri);
      const document = await vscode.workspace.openTextDocument(uri);
      await vscode.languages.setTextDocumentLanguage(document, language);
      await vscode.window.showTextDocument(document, { preview: true });
    },
    dispose: () => vscode.Disposable.from(registration, closed, changed).dispose(),
  };
}
