// The least that an extension can do of what a row measures: what is left is VS Code's own share.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A command that sets a status bar item after a pick, and a tree of a hundred rows under one group. @returns its folder. */
export async function probeExtension(dir: string): Promise<string> {
  const folder = join(dir, 'probe');
  await mkdir(folder);
  await writeFile(join(folder, 'package.json'), JSON.stringify(MANIFEST));
  await writeFile(join(folder, 'main.js'), MAIN);
  return folder;
}

const MANIFEST = {
  name: 'probe',
  publisher: 'test',
  version: '0.0.0',
  engines: { vscode: '^1.105.0' },
  main: './main.js',
  activationEvents: ['onStartupFinished'],
  contributes: {
    commands: [
      { command: 'probe.pick', title: 'Probe: Pick' },
      { command: 'probe.redraw', title: 'Probe: Redraw' },
    ],
    viewsContainers: { activitybar: [{ id: 'probe', title: 'Probe', icon: 'main.js' }] },
    views: { probe: [{ id: 'probe.tree', name: 'Probe' }] },
  },
};

const MAIN = `
const vscode = require('vscode');
exports.activate = () => {
  const item = vscode.window.createStatusBarItem(vscode.StatusBarAlignment.Left, 80);
  item.text = 'probe one';
  item.show();
  vscode.commands.registerCommand('probe.pick', () => {
    const pick = vscode.window.createQuickPick();
    pick.items = [{ label: 'probe one' }, { label: 'probe two' }];
    pick.onDidAccept(() => { item.text = pick.selectedItems[0].label; pick.hide(); });
    pick.show();
  });
  const changed = new vscode.EventEmitter();
  vscode.commands.registerCommand('probe.redraw', () => changed.fire());
  const rows = Array.from({ length: 100 }, (_, index) => ({ row: index }));
  vscode.window.createTreeView('probe.tree', { treeDataProvider: {
    onDidChangeTreeData: changed.event,
    getChildren: node => node === undefined ? ['group'] : node === 'group' ? rows : [],
    getTreeItem: node => node === 'group'
      ? new vscode.TreeItem('probe group', vscode.TreeItemCollapsibleState.Collapsed)
      : new vscode.TreeItem('probe row ' + node.row),
  } });
};
`;
