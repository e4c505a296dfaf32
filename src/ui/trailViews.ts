/** The Audit Trail's view and its page of charts over the features, and how both are drawn anew. */
import * as vscode from 'vscode';
import type { Features } from '../features.ts';
import { queryLeakEvents } from '../trail/leaks/leakEvents.ts';
import type { TrailFilter } from '../trail/trailFilter.ts';
import type { SetContext } from './contextKeys.ts';
import type { ShowError } from './showError.ts';
import { createTrailActions, type TrailActions } from './trailActions.ts';
import { createTrailPage, type TrailPage } from './trailPagePanel.ts';
import { trailQuestions } from './trailQuestions.ts';
import { createTrailTree, type TrailTree } from './trailTree.ts';
import { trailFilter, type ViewFilter } from './trailView.ts';

export interface TrailViews extends vscode.Disposable {
  readonly trailTree: TrailTree;
  readonly trailPage: TrailPage;
  readonly trailActions: TrailActions;
  draw(): void;
  /** Why the view is empty, when it is. */
  tellEmpty(): void;
}

export interface TrailViewsInput {
  readonly features: Pick<
    Features,
    'trail' | 'leaks' | 'deployments' | 'selection' | 'trailSession' | 'clock' | 'db'
  >;
  readonly setContext: SetContext;
  readonly showError: ShowError;
  /** The extension's folder of programs. */
  readonly dist: vscode.Uri;
}

export function createTrailViews({ features, setContext, showError, dist }: TrailViewsInput): TrailViews {
  const { trail, leaks, deployments, selection, trailSession, clock, db } = features;
  let shown = 0;
  const resolve = (filter: ViewFilter): TrailFilter =>
    trailFilter(filter, { now: clock.now(), leakEvents: key => queryLeakEvents(db, key) });
  const tellEmpty = (): void => {
    if (shown === 0) setContext('noWing.trailEmpty', trailActions.empty());
  };
  const trailTree: TrailTree = createTrailTree({
    ...trailQuestions(trail),
    leaks: leaks.list,
    resolve,
    deploymentName: id => deployments.get(id)?.stackName,
    drawn(groups) {
      shown = groups;
      tellEmpty();
    },
    filtered: yes => setContext('noWing.trailFiltered', yes),
    failed: error => void showError(error),
  });
  const trailActions: TrailActions = createTrailActions({
    trail,
    tree: () => trailTree,
    resolve,
    filterBy: {
      facet: facet => trail.facet(facet, resolve(trailTree.filter())),
      leaks: leaks.list,
      deployments: deployments.list,
    },
    activeProfiles: () => Object.values(selection.active()),
    session: trailSession,
    showError,
    lastActivityAt: () => deployments.list()[0]?.startedAt,
    now: clock.now,
  });
  const trailPage = createTrailPage({
    trail,
    deployments: deployments.list,
    tree: () => trailTree,
    now: clock.now,
    dist,
    showError: error => void showError(error),
  });
  return {
    trailTree,
    trailPage,
    trailActions,
    tellEmpty,
    draw() {
      trailTree.refresh();
      trailPage.refresh();
    },
    dispose: () => vscode.Disposable.from(trailTree, trailPage).dispose(),
  };
}
