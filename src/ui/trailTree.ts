/** The Audit Trail view: draws what its model says, and not more often than somebody can look. */
import * as vscode from 'vscode';
import type { GroupBy, GroupKey } from '../trail/trailFilter.ts';
import type { VIEWS } from './contributions.ts';
import { trailItem } from './trailItems.ts';
import { createTrailModel, type TrailModelInput } from './trailModel.ts';
import type { TrailNode } from './trailNodes.ts';
import { isFiltered, type ViewFilter } from './trailView.ts';

export interface TrailTreeInput extends TrailModelInput {
  /** Told at every redraw, so that the view's welcome text says why it is empty. */
  readonly drawn: (groups: number) => void;
  readonly filtered: (yes: boolean) => void;
}

export interface TrailTree extends vscode.Disposable {
  /** Something changed: drawn anew, at most once in a while, however often it is told. */
  refresh(): void;
  show(by: GroupBy, filter: ViewFilter): void;
  /** Brings the view to the front, with the events of this group in sight; of the first, when there is no such group. */
  reveal(group?: GroupKey): Promise<void>;
  filter(): ViewFilter;
  groupBy(): GroupBy;
  /** A further page of one group, or of groups. */
  more(node: unknown): void;
  say(message: string | undefined): void;
}

const ID = 'noWing.trail' satisfies (typeof VIEWS)[number];
/** Between two redraws while events come in. */
const PAUSE_MS = 400;

export function createTrailTree(input: TrailTreeInput): TrailTree {
  const changed = new vscode.EventEmitter<undefined>();
  const model = createTrailModel(input);
  const view = vscode.window.createTreeView<TrailNode>(ID, {
    showCollapseAll: true,
    treeDataProvider: {
      onDidChangeTreeData: changed.event,
      async getChildren(node) {
        const rows = await model.children(node);
        if (node === undefined) describe();
        return rows;
      },
      getTreeItem: node => trailItem(node, input.deploymentName),
      getParent: model.parent,
    },
  });
  const describe = (): void => {
    const { groups, text } = model.summary();
    view.description = text;
    input.drawn(groups);
  };
  const redraw = pausing(() => {
    model.renew();
    changed.fire(undefined);
  });
  return {
    refresh: redraw.soon,
    show(by, filter) {
      model.show(by, filter);
      input.filtered(isFiltered(filter));
      changed.fire(undefined);
    },
    async reveal(key) {
      await vscode.commands.executeCommand(`${ID}.focus`);
      const row = await model.groupRow(key);
      if (row) await view.reveal(row, { expand: true, focus: true });
    },
    filter: model.filter,
    groupBy: model.groupBy,
    more(node) {
      model.more(node);
      changed.fire(undefined);
    },
    say: message => {
      view.message = message ?? '';
    },
    dispose: () => vscode.Disposable.from(redraw, model, view, changed).dispose(),
  };
}

/** At once, and then not again before the pause is over. */
function pausing(work: () => void): vscode.Disposable & { soon(): void } {
  let timer: NodeJS.Timeout | undefined;
  let isAsked = false;
  const run = (): void => {
    isAsked = false;
    work();
    timer = setTimeout(() => {
      timer = undefined;
      if (isAsked) run();
    }, PAUSE_MS);
  };
  return {
    soon() {
      if (timer) isAsked = true;
      else run();
    },
    dispose: () => clearTimeout(timer),
  };
}
