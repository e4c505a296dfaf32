/** The Audit Trail view: groups, their events page by page, and why it is empty when it is. */
import * as vscode from 'vscode';
import type { Leak } from '../trail/leaks/leakStore.ts';
import type { StoredEvent } from '../trail/storedEvent.ts';
import type { GroupBy, TrailFilter } from '../trail/trailFilter.ts';
import type { EventGroup } from '../trail/trailGroups.ts';
import type { EventPage, EventsAsk } from '../trail/trailQueries.ts';
import { leakRow } from './leakText.ts';
import { recordUri } from './recordDocument.ts';
import { eventRow, groupRow, type Look } from './trailRows.ts';

export interface TrailTreeInput {
  readonly groups: (by: GroupBy, filter: TrailFilter) => readonly EventGroup[];
  readonly events: (ask: EventsAsk) => EventPage;
  /** Those that are open. */
  readonly leaks: () => readonly Leak[];
  readonly deploymentName: (id: string) => string | undefined;
  /** Told at every redraw, so that the view's welcome text says why it is empty. */
  readonly drawn: (groups: number) => void;
  readonly filtered: (yes: boolean) => void;
}

type Node =
  | { readonly is: 'group'; readonly group: EventGroup }
  | { readonly is: 'leaks'; readonly leaks: readonly Leak[] }
  | { readonly is: 'leak'; readonly leak: Leak }
  | { readonly is: 'event'; readonly event: StoredEvent; readonly group: EventGroup }
  | { readonly is: 'more'; readonly group: EventGroup; readonly shown: number };

export interface TrailTree extends vscode.Disposable {
  refresh(): void;
  show(by: GroupBy, filter: TrailFilter): void;
  filter(): TrailFilter;
  groupBy(): GroupBy;
  /** A further page of one group. */
  more(node: unknown): void;
  say(message: string | undefined): void;
}

const PAGE = 100;

export function createTrailTree(input: TrailTreeInput): TrailTree {
  const changed = new vscode.EventEmitter<Node | undefined>();
  let by: GroupBy = 'deployment';
  let filter: TrailFilter = {};
  const shown = new Map<string, number>();
  const roots = (): Node[] => {
    const groups = input.groups(by, filter);
    input.drawn(groups.length);
    const leaks = input.leaks();
    return [
      ...(leaks.length === 0 ? [] : [{ is: 'leaks', leaks } as const]),
      ...deploymentsFirst(groups).map(group => ({ is: 'group', group }) as const),
    ];
  };
  const eventsOf = (group: EventGroup): Node[] => {
    const limit = shown.get(keyOf(group)) ?? PAGE;
    const { events, next } = input.events({ group: group.key, filter, limit });
    const rows: Node[] = events.map(event => ({ is: 'event', event, group }));
    return next === undefined ? rows : [...rows, { is: 'more', group, shown: rows.length }];
  };
  const childrenOf = (node: Node): Node[] => {
    if (node.is === 'leaks') return node.leaks.map(leak => ({ is: 'leak', leak }));
    return node.is === 'group' ? eventsOf(node.group) : [];
  };
  const provider: vscode.TreeDataProvider<Node> = {
    onDidChangeTreeData: changed.event,
    getChildren: node => (node === undefined ? roots() : childrenOf(node)),
    getTreeItem: node => treeItem(node, input),
    getParent: node =>
      'group' in node && node.is !== 'group' ? { is: 'group', group: node.group } : undefined,
  };
  const view = vscode.window.createTreeView('noWing.trail', {
    treeDataProvider: provider,
    showCollapseAll: true,
  });
  return {
    refresh: () => changed.fire(undefined),
    show(nextBy, nextFilter) {
      by = nextBy;
      filter = nextFilter;
      shown.clear();
      input.filtered(Object.keys(filter).length > 0);
      view.description = [GROUP_WORDS[by], filterWords(filter)].filter(Boolean).join(' · ');
      changed.fire(undefined);
    },
    filter: () => filter,
    groupBy: () => by,
    more(node) {
      if (!isMore(node)) return;
      shown.set(keyOf(node.group), node.shown + PAGE * 5);
      changed.fire(undefined);
    },
    say: message => {
      view.message = message ?? '';
    },
    dispose: () => vscode.Disposable.from(view, changed).dispose(),
  };
}

export const GROUP_WORDS: Readonly<Record<GroupBy, string>> = {
  deployment: 'by deployment',
  actor: 'by actor',
  day: 'by day',
};

/** The event that a row action speaks of. */
export function eventOf(argument: unknown): Pick<StoredEvent, 'accountId' | 'eventId' | 'name'> | undefined {
  return isNode(argument) && argument.is === 'event' ? argument.event : undefined;
}

export function leakOf(argument: unknown): Leak | undefined {
  return isNode(argument) && argument.is === 'leak' ? argument.leak : undefined;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'is' in value;
}

function isMore(value: unknown): value is Extract<Node, { is: 'more' }> {
  return isNode(value) && value.is === 'more';
}

function keyOf(group: EventGroup): string {
  return JSON.stringify(group.key);
}

function filterWords(filter: TrailFilter): string {
  const { text, actorKind, service, errorsOnly } = filter;
  return [text && `"${text}"`, actorKind, service?.split('.')[0], errorsOnly && 'failed only']
    .filter(Boolean)
    .join(', ');
}

/** What belongs to no deployment comes last, however new it is. */
function deploymentsFirst(groups: readonly EventGroup[]): EventGroup[] {
  const isOutside = ({ key }: EventGroup): boolean =>
    key.by === 'deployment' && key.deploymentId === undefined;
  return [...groups.filter(group => !isOutside(group)), ...groups.filter(isOutside)];
}

function treeItem(node: Node, input: TrailTreeInput): vscode.TreeItem {
  switch (node.is) {
    case 'group':
      return groupItem(node.group, input);
    case 'leaks':
      return leaksItem(node.leaks.length);
    case 'leak':
      return leakItem(node.leak);
    case 'event':
      return eventItem(node.event, node.group.key.by);
    case 'more':
      return moreItem(node);
  }
}

function groupItem(group: EventGroup, input: TrailTreeInput): vscode.TreeItem {
  const row = groupRow(group, input.deploymentName);
  const item = new vscode.TreeItem(row.label, vscode.TreeItemCollapsibleState.Collapsed);
  item.id = `group/${keyOf(group)}`;
  item.description = row.description;
  item.iconPath = themeIcon(row.look);
  item.contextValue = 'group';
  return item;
}

function eventItem(event: StoredEvent, by: GroupBy): vscode.TreeItem {
  const row = eventRow(event, by);
  const item = new vscode.TreeItem(row.label);
  item.id = `event/${event.accountId}/${event.eventId}`;
  item.description = row.description;
  item.tooltip = new vscode.MarkdownString(row.tooltip);
  item.iconPath = row.failed
    ? new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground'))
    : themeIcon(row.look);
  item.contextValue = 'event';
  item.accessibilityInformation = { label: row.spoken };
  item.command = {
    title: 'Open Event Record',
    command: 'noWing.trail.openEvent',
    arguments: [recordUri(event)],
  };
  return item;
}

function leaksItem(count: number): vscode.TreeItem {
  const item = new vscode.TreeItem('Leaks', vscode.TreeItemCollapsibleState.Expanded);
  item.id = 'leaks';
  item.description = String(count);
  item.iconPath = WARNING;
  item.contextValue = 'leaks';
  return item;
}

function leakItem(leak: Leak): vscode.TreeItem {
  const row = leakRow(leak);
  const item = new vscode.TreeItem(row.label);
  item.id = `leak/${leak.key}`;
  item.description = row.description;
  item.tooltip = leak.sentence;
  item.iconPath = WARNING;
  item.contextValue = 'leak';
  item.accessibilityInformation = { label: row.spoken };
  item.command = { title: 'Open Leak', command: 'noWing.trail.openLeak', arguments: [leak.key] };
  return item;
}

const WARNING = new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));

function moreItem(node: Extract<Node, { is: 'more' }>): vscode.TreeItem {
  const item = new vscode.TreeItem(`Show more of ${node.group.count} events`);
  item.iconPath = new vscode.ThemeIcon('ellipsis');
  item.contextValue = 'more';
  item.command = { title: 'Show More', command: 'noWing.trail.loadMore', arguments: [node] };
  return item;
}

function themeIcon(look: Look): vscode.ThemeIcon {
  return new vscode.ThemeIcon(look.icon, new vscode.ThemeColor(look.colour));
}
