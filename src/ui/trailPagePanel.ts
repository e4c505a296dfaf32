/** The page of charts beside the Audit Trail: asks the trail, tells the page, and shows in the tree what was clicked there. */
import * as vscode from 'vscode';
import type { Trail } from '../trail/trail.ts';
import type { GroupKey } from '../trail/trailFilter.ts';
import type { CommandId } from './contributions.ts';
import { recordUri } from './recordDocument.ts';
import { Asked, type Charts, type Days, type DeploymentTimeline } from './trailPage/messages.ts';
import { activityOf, firstPeriod, matrixOf, stretchOf, timelineEvents } from './trailPageData.ts';
import type { TrailTree } from './trailTree.ts';
import type { ViewFilter } from './trailView.ts';
import { createPage } from './webview/webviewPanel.ts';

export interface TrailPageInput {
  readonly trail: Pick<Trail, 'timeline' | 'matrix' | 'events'>;
  readonly deployments: () => readonly {
    readonly id: string;
    readonly stackName: string;
    readonly startedAt: number;
  }[];
  readonly tree: () => TrailTree;
  readonly now: () => number;
  readonly dist: vscode.Uri;
  readonly showError: (error: unknown) => void;
}

export interface TrailPage extends vscode.Disposable {
  show(): void;
  /** Something changed; it is drawn anew at most once in a while. */
  refresh(): void;
}

const PAUSE_MS = 2000;
const MOST_EVENTS = 1000;

export function createTrailPage(input: TrailPageInput): TrailPage {
  let days: Days | undefined;
  let deploymentId: string | undefined;
  let waiting: NodeJS.Timeout | undefined;
  const tell = (): void => {
    try {
      page.tell(chartsOf(input, days, deploymentId));
    } catch (error) {
      input.showError(error);
    }
  };
  const page = createPage<Charts, Asked>({
    type: 'noWingTrailPage',
    title: 'Audit Trail Charts',
    name: 'trailPage',
    dist: input.dist,
    asks: Asked,
    onAsk(asked) {
      switch (asked.is) {
        case 'ready':
          days = asked.days ?? days;
          deploymentId = asked.deploymentId ?? deploymentId;
          return tell();
        case 'period':
          days = asked.days;
          return tell();
        case 'deployment':
          deploymentId = asked.id;
          return tell();
        case 'show':
          return void showInTree(input.tree(), asked).catch(input.showError);
        case 'open':
          return void vscode.commands.executeCommand(OPEN_EVENT, recordUri(asked));
      }
    },
  });
  return {
    show: page.show,
    refresh() {
      waiting ??= setTimeout(() => {
        waiting = undefined;
        if (page.isVisible()) tell();
      }, PAUSE_MS);
    },
    dispose() {
      clearTimeout(waiting);
      page.dispose();
    },
  };
}

const OPEN_EVENT = 'noWing.trail.openEvent' satisfies CommandId;

function chartsOf(
  { trail, deployments, now }: TrailPageInput,
  chosen: Days | undefined,
  deploymentId: string | undefined,
): Charts {
  const at = now();
  const days = chosen ?? firstPeriod(some => trail.timeline(stretchOf(some, at)).bars.length > 0);
  const { from, to } = stretchOf(days, at);
  const all = deployments();
  const id = deploymentId ?? all[0]?.id;
  return {
    days,
    activity: activityOf(trail.timeline({ from, to })),
    matrix: matrixOf(trail.matrix(days === 0 ? {} : { from }), days === 0 ? 0 : from),
    deployments: all.map(({ id: value, stackName, startedAt }) => ({
      id: value,
      label: `${stackName} · ${new Date(startedAt).toLocaleString()}`,
    })),
    deployment: id === undefined ? undefined : deploymentTimeline(trail, id),
  };
}

function deploymentTimeline(trail: TrailPageInput['trail'], deploymentId: string): DeploymentTimeline {
  const { events, next } = trail.events({ filter: { deploymentId }, limit: MOST_EVENTS });
  return { id: deploymentId, events: timelineEvents(events), hasMore: next !== undefined };
}

async function showInTree(tree: TrailTree, asked: Extract<Asked, { is: 'show' }>): Promise<void> {
  const { is: _is, kind, actor, ...rest } = asked;
  const actorKind = actor?.kind ?? kind;
  const filter: ViewFilter = {
    ...rest,
    ...(actorKind === undefined ? {} : { actorKind }),
    ...(actor ? { actor: actor.name } : {}),
  };
  const group: GroupKey | undefined = actor && { by: 'actor', ...actor };
  tree.show(asked.deploymentId === undefined ? 'actor' : 'deployment', filter);
  await tree.reveal(group);
}
