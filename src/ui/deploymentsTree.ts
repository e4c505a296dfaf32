/** The Deployments view. */
import * as vscode from 'vscode';
import type { Deployment } from '../deployment/deployment.ts';
import type { DeploymentTree } from '../deployment/deploymentTree.ts';
import type { CommandId } from './contributions.ts';
import { deploymentRow, type EnvironmentRow, environmentRows, type StackRow } from './deploymentRows.ts';

type Node = EnvironmentRow | StackRow | Deployment;

export interface DeploymentsTree extends vscode.Disposable {
  refresh(): void;
}

export function createDeploymentsTree(tree: () => DeploymentTree): DeploymentsTree {
  const changed = new vscode.EventEmitter<undefined>();
  const provider: vscode.TreeDataProvider<Node> = {
    onDidChangeTreeData: changed.event,
    getChildren: node => (node === undefined ? environmentRows(tree()) : children(node)),
    getTreeItem: item,
  };
  const view = vscode.window.createTreeView('noWing.deployments', {
    treeDataProvider: provider,
    canSelectMany: true,
  });
  return {
    refresh: () => changed.fire(undefined),
    dispose: () => vscode.Disposable.from(view, changed).dispose(),
  };
}

/** The deployment that a row action speaks of: the row's own, or the newest of a stack. */
export function deploymentIdOf(argument: unknown): string | undefined {
  if (typeof argument === 'string') return argument;
  if (typeof argument !== 'object' || argument === null) return undefined;
  if ('deployments' in argument && Array.isArray(argument.deployments))
    return deploymentIdOf(argument.deployments[0]);
  return 'id' in argument && typeof argument.id === 'string' ? argument.id : undefined;
}

/** The rows that are selected, the clicked one first. */
export function deploymentIdsOf(argument: unknown, selected: unknown): string[] {
  const all = [argument, ...(Array.isArray(selected) ? selected : [])].flatMap(
    row => deploymentIdOf(row) ?? [],
  );
  return [...new Set(all)];
}

function children(node: Node): Node[] {
  if (!('is' in node)) return [];
  return node.is === 'environment' ? [...node.stacks] : [...node.deployments];
}

function item(node: Node): vscode.TreeItem {
  if (!('is' in node)) return deploymentItem(node);
  return node.is === 'environment' ? environmentItem(node) : stackItem(node);
}

function environmentItem(row: EnvironmentRow): vscode.TreeItem {
  const result = new vscode.TreeItem(row.label, vscode.TreeItemCollapsibleState.Expanded);
  result.id = `environment/${row.environment}`;
  result.contextValue = 'environment';
  const production = row.environment === 'prod';
  result.iconPath = new vscode.ThemeIcon(
    'layers',
    new vscode.ThemeColor(production ? 'charts.red' : 'foreground'),
  );
  return result;
}

function stackItem(row: StackRow): vscode.TreeItem {
  const result = new vscode.TreeItem(row.label, vscode.TreeItemCollapsibleState.Expanded);
  result.id = `stack/${row.key}`;
  result.description = row.description;
  result.contextValue = 'stack.cloudformation';
  result.iconPath = new vscode.ThemeIcon('package');
  return result;
}

function deploymentItem(deployment: Deployment): vscode.TreeItem {
  const row = deploymentRow(deployment);
  const result = new vscode.TreeItem(row.label);
  result.id = `deployment/${deployment.id}`;
  result.description = row.description;
  result.tooltip = row.tooltip;
  result.contextValue = row.contextValue;
  result.iconPath = new vscode.ThemeIcon(row.icon, new vscode.ThemeColor(row.colour));
  result.command = {
    title: 'Open Deployment Record',
    command: 'noWing.deployment.openReport' satisfies CommandId,
    arguments: [deployment.id],
  };
  return result;
}
