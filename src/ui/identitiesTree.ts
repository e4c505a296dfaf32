/** The Identities view: You and Agents, with their profiles. */
import * as vscode from 'vscode';
import type { KindRow, ProfileRow } from './identityRows.ts';

export type IdentityNode = KindRow | ProfileRow;

export interface IdentitiesTree extends vscode.Disposable {
  /** Draws what has changed. A row that stays as it is keeps the menu that is open on it. */
  refresh(): void;
}

export function createIdentitiesTree(rows: () => KindRow[]): IdentitiesTree {
  const changed = new vscode.EventEmitter<undefined>();
  const provider: vscode.TreeDataProvider<IdentityNode> = {
    onDidChangeTreeData: changed.event,
    getChildren: node => (node === undefined ? rows() : 'rows' in node ? [...node.rows] : []),
    getTreeItem: node => ('rows' in node ? kindItem(node) : profileItem(node)),
  };
  const view = vscode.window.createTreeView('noWing.identities', { treeDataProvider: provider });
  let drawn = '';
  return {
    refresh() {
      const now = JSON.stringify(rows());
      if (now === drawn) return;
      drawn = now;
      changed.fire(undefined);
    },
    dispose: () => vscode.Disposable.from(view, changed).dispose(),
  };
}

/** The profile that a row action or a command argument speaks of. */
export function profileIdOf(argument: unknown): string | undefined {
  if (typeof argument !== 'object' || argument === null || !('profile' in argument)) return undefined;
  const { profile } = argument;
  return typeof profile === 'object' && profile !== null && 'id' in profile && typeof profile.id === 'string'
    ? profile.id
    : undefined;
}

function kindItem(node: KindRow): vscode.TreeItem {
  const item = new vscode.TreeItem(node.label, vscode.TreeItemCollapsibleState.Expanded);
  item.id = `kind/${node.kind}`;
  item.contextValue = `kind.${node.kind}`;
  return item;
}

function profileItem(row: ProfileRow): vscode.TreeItem {
  const item = new vscode.TreeItem(row.profile.name);
  item.id = `profile/${row.profile.id}`;
  item.description = row.description;
  item.tooltip = row.tooltip;
  item.contextValue = row.contextValue;
  item.iconPath = icon(row);
  item.accessibilityInformation = {
    label: `${row.profile.kind} ${row.profile.name}${row.active ? ', active' : ''}, ${row.description}`,
  };
  return item;
}

/** Shape tells user from agent and the tick tells which is active; colour only repeats it. */
function icon(row: ProfileRow): vscode.ThemeIcon {
  if (row.broken) return new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
  const colour = new vscode.ThemeColor(row.profile.kind === 'user' ? 'charts.blue' : 'charts.purple');
  if (row.active) return new vscode.ThemeIcon('pass-filled', colour);
  return new vscode.ThemeIcon(row.profile.kind === 'user' ? 'account' : 'hubot', colour);
}
