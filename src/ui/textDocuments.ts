/** Read-only Markdown documents of a deployment: its plan before it runs, its record afterwards. */
import * as vscode from 'vscode';

const SCHEME = 'no-wing-text';

export interface TextDocuments extends vscode.Disposable {
  show(name: string, text: string, language?: string): Promise<void>;
  /** In the editor's own comparison; the ending of a name tells the language. */
  compare(title: string, left: NamedText, right: NamedText): Promise<void>;
}

export interface NamedText {
  readonly name: string;
  readonly text: string;
}

export function registerTextDocuments(): TextDocuments {
  const texts = new Map<string, string>();
  let shown = 0;
  const registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
    provideTextDocumentContent: uri =>
      texts.get(uri.toString()) ?? 'This document is no longer kept. Open it again from its view.',
  });
  // A preview takes a document that was closed and opened again for the one it has drawn already.
  const kept = ({ name, text }: NamedText): vscode.Uri => {
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${name}`, query: String(++shown) });
    keep(texts, uri.toString(), text);
    return uri;
  };
  return {
    async show(name, text, language = 'markdown') {
      // A tab shows the last part of a path only, and a project of Terraform has slashes in its name.
      const uri = kept({ name: name.replaceAll('/', '-'), text });
      if (language !== 'markdown' || !(await previewed(uri))) await showSource(uri, language);
    },
    async compare(title, left, right) {
      await vscode.commands.executeCommand('vscode.diff', kept(left), kept(right), title, { preview: true });
    },
    dispose: () => registration.dispose(),
  };
}

const KEPT = 50;

/** A preview reads its text again when it comes back to the front, long after VS Code has closed the document. */
function keep(texts: Map<string, string>, uri: string, text: string): void {
  texts.set(uri, text);
  const oldest = texts.keys().next().value;
  if (texts.size > KEPT && oldest !== undefined) texts.delete(oldest);
}

/** @returns false when VS Code's own Markdown extension is switched off. */
async function previewed(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.commands.executeCommand('markdown.showPreview', uri);
    return true;
  } catch {
    return false;
  }
}

async function showSource(uri: vscode.Uri, language: string): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.languages.setTextDocumentLanguage(document, language);
  await vscode.window.showTextDocument(document, { preview: true });
}
