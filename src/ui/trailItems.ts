/** How each row of the Audit Trail view looks in the tree. */
import * as vscode from 'vscode';
import { formatAccount } from '../base/arn.ts';
import type { Leak } from '../trail/leaks/leakStore.ts';
import type { StoredEvent } from '../trail/storedEvent.ts';
import type { GroupBy } from '../trail/trailFilter.ts';
import type { EventGroup } from '../trail/trailGroups.ts';
import type { CommandId } from './contributions.ts';
import { leakRow } from './leakText.ts';
import type { Look } from './look.ts';
import { recordUri } from './recordDocument.ts';
import type { TrailNode } from './trailNodes.ts';
import { groupName } from './trailPages.ts';
import { eventRow, groupRow } from './trailRows.ts';

export function trailItem(
  node: TrailNode,
  deploymentName: (id: string) => string | undefined,
): vscode.TreeItem {
  switch (node.is) {
    case 'group':
      return groupItem(node.group, deploymentName);
    case 'leaks':
      return leaksItem(node.leaks);
    case 'leak':
      return leakItem(node.leak);
    case 'event':
      return eventItem(node.event, node.group.key.by);
    case 'more':
      return moreItem(`Show more of ${node.group.count.toLocaleString()} events`, node);
    case 'moreGroups':
      return moreItem(`Show ${node.hidden.toLocaleString()} more`, node);
  }
}

function groupItem(group: EventGroup, deploymentName: (id: string) => string | undefined): vscode.TreeItem {
  const row = groupRow(group, deploymentName);
  const item = new vscode.TreeItem(row.label, vscode.TreeItemCollapsibleState.Collapsed);
  item.id = `group/${groupName(group.key)}`;
  item.description = row.description;
  item.iconPath = themeIcon(row.look);
  item.contextValue = contextOf(group);
  item.accessibilityInformation = {
    label: [row.look.word, row.label, row.description].filter(Boolean).join(', '),
  };
  if (group.key.by === 'actor' && group.key.accountId !== '')
    item.tooltip = `${row.look.word} ${row.label} of ${formatAccount(group.key.accountId)}`;
  return item;
}

function contextOf({ key }: EventGroup): string {
  return key.by === 'deployment' && key.deploymentId !== undefined ? 'group.deployment' : 'group';
}

function eventItem(event: StoredEvent, by: GroupBy): vscode.TreeItem {
  const row = eventRow(event, by, Date.now());
  const item = new vscode.TreeItem(row.label);
  item.id = `event/${event.accountId}/${event.eventId}`;
  item.description = row.description;
  item.tooltip = new vscode.MarkdownString(row.tooltip);
  item.iconPath = row.failed
    ? new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground'))
    : themeIcon(row.look);
  item.contextValue = event.deploymentId === undefined ? 'event' : 'event.deployment';
  item.accessibilityInformation = { label: row.spoken };
  item.command = {
    title: 'Open Event Record',
    command: 'noWing.trail.openEvent' satisfies CommandId,
    arguments: [recordUri(event)],
  };
  return item;
}

function leaksItem(leaks: readonly Leak[]): vscode.TreeItem {
  const item = new vscode.TreeItem('Leaks', vscode.TreeItemCollapsibleState.Expanded);
  item.id = 'leaks';
  item.description = String(leaks.length);
  item.iconPath = WARNING;
  item.contextValue = 'leaks';
  return item;
}

function leakItem(leak: Leak): vscode.TreeItem {
  const row = leakRow(leak);
  const isFine = leak.status === 'acknowledged';
  const item = new vscode.TreeItem(row.label);
  item.id = `leak/${leak.key}`;
  item.description = row.description;
  item.tooltip = leak.sentence;
  item.iconPath = isFine ? new vscode.ThemeIcon('check') : WARNING;
  item.contextValue = isFine ? 'leak.fine' : 'leak';
  item.accessibilityInformation = { label: row.spoken };
  item.command = {
    title: 'Open Leak',
    command: 'noWing.trail.openLeak' satisfies CommandId,
    arguments: [leak.key],
  };
  return item;
}

const WARNING = new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));

function moreItem(label: string, node: TrailNode): vscode.TreeItem {
  const item = new vscode.TreeItem(label);
  item.iconPath = new vscode.ThemeIcon('ellipsis');
  item.contextValue = 'more';
  item.command = {
    title: 'Show More',
    command: 'noWing.trail.loadMore' satisfies CommandId,
    arguments: [node],
  };
  return item;
}

function themeIcon(look: Look): vscode.ThemeIcon {
  return new vscode.ThemeIcon(look.icon, new vscode.ThemeColor(look.colour));
}
