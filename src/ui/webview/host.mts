/** The extension, as a page sees it: messages both ways, and what is kept while the page is hidden. */

interface VsCode {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCode;

export interface Host<Asked> {
  ask(message: Asked): void;
  /** What was kept, as it was; undefined at first. */
  kept(): unknown;
  keep(state: unknown): void;
}

/** To be called once. @param hear what the extension says; `Told` is its own word for it. */
export function connectHost<Told, Asked>(hear: (message: Told) => void): Host<Asked> {
  const vscode = acquireVsCodeApi();
  // In a webview only the extension's messages arrive here: VS Code relays nothing else.
  window.addEventListener('message', ({ data }: MessageEvent<Told>) => hear(data));
  return {
    ask: message => vscode.postMessage(message),
    kept: () => vscode.getState(),
    keep: state => vscode.setState(state),
  };
}
