/** What the Audit Trail view shows: leaks, groups, their events page by page. Pure: the tree draws it. */
import type { Leak } from '../trail/leaks/leakStore.ts';
import type { GroupBy, GroupKey, TrailFilter } from '../trail/trailFilter.ts';
import type { EventGroup } from '../trail/trailGroups.ts';
import type { EventPage, EventsAsk } from '../trail/trailQueries.ts';
import { moreOf, type TrailNode } from './trailNodes.ts';
import { createPages, groupName } from './trailPages.ts';
import { filterWords, GROUP_WORDS, type ViewFilter } from './trailView.ts';

export interface TrailModelInput {
  readonly groups: (by: GroupBy, filter: TrailFilter) => readonly EventGroup[];
  readonly events: (ask: EventsAsk) => EventPage;
  /** All of them, also those that somebody said are fine. */
  readonly leaks: () => readonly Leak[];
  readonly deploymentName: (id: string) => string | undefined;
  /** What the person's filter means now. */
  readonly resolve: (filter: ViewFilter) => TrailFilter;
}

export interface TrailModel {
  /** What is below a row, or at the top: the top is read anew each time, pages are not. */
  children(node?: TrailNode): TrailNode[];
  parent(node: TrailNode): TrailNode | undefined;
  /** The row of a group; without one, or when there is no such group, the first group's. */
  groupRow(key?: GroupKey): TrailNode | undefined;
  /** How many groups there are, and what stands beside the view's title; as of the last time the top was read. */
  summary(): { readonly groups: number; readonly text: string };
  show(by: GroupBy, filter: ViewFilter): void;
  /** Something changed: pages are read again when they are next asked for. */
  renew(): void;
  /** A further page of one group, or of groups. */
  more(node: unknown): void;
  filter(): ViewFilter;
  groupBy(): GroupBy;
}

/** A tree of more rows answers slowly, and nobody reads them. */
export const GROUPS = 200;

interface Top {
  readonly nodes: readonly TrailNode[];
  readonly groups: readonly EventGroup[];
}

export function createTrailModel(input: TrailModelInput): TrailModel {
  let by: GroupBy = 'deployment';
  let filter: ViewFilter = {};
  let resolved: TrailFilter = {};
  let mostGroups = GROUPS;
  let top: Top = { nodes: [], groups: [] };
  const pages = createPages(ask => input.events({ ...ask, filter: resolved }));
  const readTop = (): readonly TrailNode[] => {
    resolved = input.resolve(filter);
    const groups = deploymentsFirst(input.groups(by, resolved));
    const leaks = leaksNode(input.leaks(), filter);
    top = { groups, nodes: [...leaks, ...groupNodes(groups, mostGroups)] };
    return top.nodes;
  };
  const groupRow = (key?: GroupKey): TrailNode | undefined => {
    const nodes = top.nodes.length > 0 ? top.nodes : readTop();
    return nodes.find(node => isRowOf(node, key)) ?? nodes.find(({ is }) => is === 'group');
  };
  return {
    children(node) {
      if (node === undefined) return [...readTop()];
      if (node.is === 'leaks') return node.leaks.map(leak => ({ is: 'leak', leak }));
      return node.is === 'group' ? eventNodes(node.group, pages.of(node.group.key)) : [];
    },
    parent: node => (node.is === 'event' || node.is === 'more' ? groupRow(node.group.key) : undefined),
    groupRow,
    summary: () => ({
      groups: top.groups.length,
      text: summaryText(top.groups, by, filter, input.deploymentName),
    }),
    show(nextBy, nextFilter) {
      by = nextBy;
      filter = nextFilter;
      mostGroups = GROUPS;
      top = { nodes: [], groups: [] };
      pages.forget();
    },
    renew: pages.renew,
    more(node) {
      const wanted = moreOf(node);
      if (wanted?.is === 'more') pages.more(wanted.group.key);
      else if (wanted) mostGroups += GROUPS * 5;
    },
    filter: () => filter,
    groupBy: () => by,
  };
}

function isRowOf(node: TrailNode, key: GroupKey | undefined): boolean {
  return node.is === 'group' && key !== undefined && groupName(node.group.key) === groupName(key);
}

function groupNodes(groups: readonly EventGroup[], most: number): TrailNode[] {
  const shown: TrailNode[] = groups.slice(0, most).map(group => ({ is: 'group', group }));
  const hidden = groups.length - shown.length;
  return hidden > 0 ? [...shown, { is: 'moreGroups', hidden }] : shown;
}

function eventNodes(group: EventGroup, page: ReturnType<ReturnType<typeof createPages>['of']>): TrailNode[] {
  const rows: TrailNode[] = page.events.map(event => ({ is: 'event', event, group }));
  return page.hasMore ? [...rows, { is: 'more', group, shown: rows.length }] : rows;
}

/** Those that are open; under a filter for leaks also those that somebody said are fine, so that it can be taken back. */
function leaksNode(all: readonly Leak[], { leak }: ViewFilter): TrailNode[] {
  const leaks = leak === undefined ? all.filter(({ status }) => status !== 'acknowledged') : all;
  return leaks.length === 0 ? [] : [{ is: 'leaks', leaks }];
}

function summaryText(
  groups: readonly EventGroup[],
  by: GroupBy,
  filter: ViewFilter,
  deploymentName: TrailModelInput['deploymentName'],
): string {
  const count = groups.reduce((sum, group) => sum + group.count, 0);
  const events = count === 0 ? '' : `${count.toLocaleString()} ${count === 1 ? 'event' : 'events'}`;
  return [filterWords(filter, deploymentName), events, GROUP_WORDS[by]].filter(Boolean).join(' · ');
}

/** What belongs to no deployment comes last, however new it is. */
function deploymentsFirst(groups: readonly EventGroup[]): EventGroup[] {
  const isOutside = ({ key }: EventGroup): boolean =>
    key.by === 'deployment' && key.deploymentId === undefined;
  return [...groups.filter(group => !isOutside(group)), ...groups.filter(isOutside)];
}
