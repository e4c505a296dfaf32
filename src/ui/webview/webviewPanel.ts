/** A page beside the editor: one panel, which is brought to the front when it is there already. */
import * as v from 'valibot';
import * as vscode from 'vscode';
import { newNonce, webviewHtml } from './webviewHtml.ts';

export interface PageInput<Asked> {
  /** The panel's type, unique in this extension. */
  readonly type: string;
  readonly title: string;
  /** The name of its script and style sheet in `dist`. */
  readonly name: string;
  /** The folder `dist` of the extension: nothing else may be loaded. */
  readonly dist: vscode.Uri;
  /** What it may ask; everything else is dropped. */
  readonly asks: v.GenericSchema<unknown, Asked>;
  readonly onAsk: (asked: Asked) => void;
}

export interface Page<Told> extends vscode.Disposable {
  show(): void;
  /** Nothing happens when it is not open. */
  tell(message: Told): void;
  /** In front, so that it is worth the while to tell it what has changed. */
  isVisible(): boolean;
}

/** @typeParam Told what the page hears: plain data. */
export function createPage<Told, Asked>(input: PageInput<Asked>): Page<Told> {
  let panel: vscode.WebviewPanel | undefined;
  return {
    show() {
      if (panel) return panel.reveal();
      panel = openPanel(input);
      panel.onDidDispose(() => {
        panel = undefined;
      });
    },
    tell: message => void panel?.webview.postMessage(message),
    isVisible: () => panel?.visible === true,
    dispose: () => panel?.dispose(),
  };
}

function openPanel<Asked>({ type, title, name, dist, asks, onAsk }: PageInput<Asked>): vscode.WebviewPanel {
  const panel = vscode.window.createWebviewPanel(type, title, vscode.ViewColumn.Active, {
    enableScripts: true,
    localResourceRoots: [dist],
  });
  const { webview } = panel;
  const address = (file: string): string => webview.asWebviewUri(vscode.Uri.joinPath(dist, file)).toString();
  webview.onDidReceiveMessage((message: unknown) => {
    const { success, output } = v.safeParse(asks, message);
    if (success) onAsk(output);
  });
  webview.html = webviewHtml({
    title,
    script: address(`${name}.js`),
    style: address(`${name}.css`),
    source: webview.cspSource,
    nonce: newNonce(),
  });
  return panel;
}
