/** What the Audit Trail view shows: leaks, groups, their events page by page. Pure: the tree draws it. */
import type { Leak } from '../trail/leaks/leakStore.ts';
import type { GroupBy, GroupKey } from '../trail/trailFilter.ts';
import type { EventGroup } from '../trail/trailGroups.ts';
import { type Answers, type AnswersInput, createAnswers, type Top } from './trailAnswers.ts';
import { createFailures, type Failures } from './trailFailures.ts';
import { moreOf, type TrailNode } from './trailNodes.ts';
import { groupName, type Pages } from './trailPages.ts';
import { filterWords, GROUP_WORDS, type ViewFilter } from './trailView.ts';

export interface TrailModelInput extends AnswersInput {
  readonly deploymentName: (id: string) => string | undefined;
  /** Told once of each failure, however often it is tried again. */
  readonly failed: (error: unknown) => void;
}

export interface TrailModel {
  /** What is below a row, or at the top; always of what is shown now, however late the answer to what was shown before. */
  children(node?: TrailNode): Promise<TrailNode[]>;
  parent(node: TrailNode): TrailNode | undefined;
  /** The row of a group; without one, or when there is no such group, the first group's. */
  groupRow(key?: GroupKey): Promise<TrailNode | undefined>;
  /** How many groups there are, and what stands beside the view's title; as of the last time the top was read. */
  summary(): { readonly groups: number; readonly text: string };
  /** Cancels what is asked for what was shown before. */
  show(by: GroupBy, filter: ViewFilter): void;
  /** Something changed: groups and pages are read again when they are next asked for. */
  renew(): void;
  /** A further page of one group, or of groups. */
  more(node: unknown): void;
  filter(): ViewFilter;
  groupBy(): GroupBy;
  /** Cancels what is asked. */
  dispose(): void;
}

/** A tree of more rows answers slowly, and nobody reads them. */
export const GROUPS = 200;

interface Shown {
  readonly answers: Answers;
  readonly failures: Failures;
  mostGroups: number;
  top: Top;
  rows: readonly TrailNode[];
}

const TOP = 'top';

export function createTrailModel(input: TrailModelInput): TrailModel {
  const begin = (by: GroupBy, filter: ViewFilter): Shown => ({
    answers: createAnswers(input, by, filter),
    failures: createFailures(input.failed),
    mostGroups: GROUPS,
    top: { groups: [], leaks: [] },
    rows: [],
  });
  let shown = begin('deployment', {});
  const topRows = async (): Promise<readonly TrailNode[]> => {
    const asked = shown;
    const top = await asked.failures.of(TOP, asked.answers.top());
    if (asked !== shown) return topRows();
    if (top) Object.assign(asked, { top, rows: rowsOf(top, asked) });
    return asked.rows;
  };
  const eventRows = async (group: EventGroup): Promise<TrailNode[]> => {
    const { answers, failures } = shown;
    const page = await failures.of(groupName(group.key), answers.pages.of(group.key));
    return page ? eventNodes(group, page) : [];
  };
  return {
    async children(node) {
      if (node === undefined) return [...(await topRows())];
      if (node.is === 'leaks') return node.leaks.map(leak => ({ is: 'leak', leak }));
      return node.is === 'group' ? eventRows(node.group) : [];
    },
    parent: node =>
      node.is === 'event' || node.is === 'more' ? groupRowIn(shown.rows, node.group.key) : undefined,
    groupRow: async key => groupRowIn(shown.rows.length > 0 ? shown.rows : await topRows(), key),
    summary: () => ({ groups: shown.top.groups.length, text: summaryText(shown, input.deploymentName) }),
    show(by, filter) {
      shown.answers.end();
      shown = begin(by, filter);
    },
    renew: () => shown.answers.renew(),
    more(node) {
      const wanted = moreOf(node);
      if (wanted?.is === 'more') shown.answers.pages.more(wanted.group.key);
      else if (wanted) shown.mostGroups += GROUPS * 5;
    },
    filter: () => shown.answers.filter,
    groupBy: () => shown.answers.by,
    dispose: () => shown.answers.end(),
  };
}

function rowsOf({ leaks, groups }: Top, { answers, mostGroups }: Shown): TrailNode[] {
  return [...leaksNode(leaks, answers.filter), ...groupNodes(groups, mostGroups)];
}

function groupRowIn(rows: readonly TrailNode[], key: GroupKey | undefined): TrailNode | undefined {
  return rows.find(node => isRowOf(node, key)) ?? rows.find(({ is }) => is === 'group');
}

function isRowOf(node: TrailNode, key: GroupKey | undefined): boolean {
  return node.is === 'group' && key !== undefined && groupName(node.group.key) === groupName(key);
}

function groupNodes(groups: readonly EventGroup[], most: number): TrailNode[] {
  const shown: TrailNode[] = groups.slice(0, most).map(group => ({ is: 'group', group }));
  const hidden = groups.length - shown.length;
  return hidden > 0 ? [...shown, { is: 'moreGroups', hidden }] : shown;
}

function eventNodes(group: EventGroup, page: Awaited<ReturnType<Pages['of']>>): TrailNode[] {
  const rows: TrailNode[] = page.events.map(event => ({ is: 'event', event, group }));
  return page.hasMore ? [...rows, { is: 'more', group, shown: rows.length }] : rows;
}

/** Those that are open; under a filter for leaks also those that somebody said are fine, so that it can be taken back. */
function leaksNode(all: readonly Leak[], { leak }: ViewFilter): TrailNode[] {
  const leaks = leak === undefined ? all.filter(({ status }) => status !== 'acknowledged') : all;
  return leaks.length === 0 ? [] : [{ is: 'leaks', leaks }];
}

function summaryText(
  { answers: { by, filter }, failures, top: { groups } }: Shown,
  deploymentName: TrailModelInput['deploymentName'],
): string {
  const count = groups.reduce((sum, group) => sum + group.count, 0);
  const events = count === 0 ? '' : `${count.toLocaleString()} ${count === 1 ? 'event' : 'events'}`;
  const failed = failures.has(TOP) && 'could not be read';
  return [filterWords(filter, deploymentName), failed || events, GROUP_WORDS[by]].filter(Boolean).join(' · ');
}
