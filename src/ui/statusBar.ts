/** The one status bar item: both identities, environment, time left. */
import * as vscode from 'vscode';
import type { IdentityStatus } from './identityStatus.ts';

export interface StatusBar extends vscode.Disposable {
  render(status: IdentityStatus): void;
}

export function createStatusBar(): StatusBar {
  const item = vscode.window.createStatusBarItem('noWing.identity', vscode.StatusBarAlignment.Left, 90);
  item.name = 'No Wing Identity';
  let shown = '';
  return {
    render(status) {
      const next = JSON.stringify(status);
      if (next === shown) return;
      shown = next;
      item.text = status.text;
      item.tooltip = markdown(status.tooltip);
      item.accessibilityInformation = { label: status.spoken };
      item.backgroundColor = status.warning
        ? new vscode.ThemeColor('statusBarItem.warningBackground')
        : undefined;
      item.command = status.command;
      item.show();
    },
    dispose: () => item.dispose(),
  };
}

/** Only our own commands may be linked: names of profiles end up in this text. */
function markdown(text: string): vscode.MarkdownString {
  const result = new vscode.MarkdownString(text, true);
  result.isTrusted = {
    enabledCommands: [
      'noWing.identity.switch',
      'noWing.terminal.openAs',
      'noWing.identity.copyArn',
      'noWing.clients.list',
      'noWing.showLog',
    ],
  };
  return result;
}
