/** Whether something runs in a terminal, as its shell integration tells. Without it nobody knows: then it counts as busy. */
import * as vscode from 'vscode';

export interface TerminalActivity extends vscode.Disposable {
  isIdle(terminal: vscode.Terminal): boolean;
}

export function watchActivity(): TerminalActivity {
  const running = new Map<vscode.Terminal, number>();
  const count = (terminal: vscode.Terminal, by: number): void =>
    void running.set(terminal, Math.max(0, (running.get(terminal) ?? 0) + by));
  const watching = vscode.Disposable.from(
    vscode.window.onDidStartTerminalShellExecution(({ terminal }) => count(terminal, 1)),
    vscode.window.onDidEndTerminalShellExecution(({ terminal }) => count(terminal, -1)),
    vscode.window.onDidCloseTerminal(terminal => running.delete(terminal)),
  );
  return {
    isIdle: terminal => terminal.shellIntegration !== undefined && (running.get(terminal) ?? 0) === 0,
    dispose: () => watching.dispose(),
  };
}
