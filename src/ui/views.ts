/** The views and the status bar over the features, and how each is drawn anew. */
import * as vscode from 'vscode';
import { hasEnded } from '../deployment/deployment.ts';
import type { Features } from '../features.ts';
import { brokerText } from './brokerRows.ts';
import { openTemplate } from './chooseTemplate.ts';
import type { SetContext } from './contextKeys.ts';
import { createDeploymentsTree } from './deploymentsTree.ts';
import { createIdentitiesTree } from './identitiesTree.ts';
import { identityRows } from './identityRows.ts';
import { identityStatus } from './identityStatus.ts';
import { openLeaks } from './leakText.ts';
import type { ShowError } from './showError.ts';
import { createStatusBar } from './statusBar.ts';
import { createTrailActions, type TrailActions } from './trailActions.ts';
import { createTrailTree, type TrailTree } from './trailTree.ts';

export interface Views extends vscode.Disposable {
  readonly trailActions: TrailActions;
  /** Each asks the features how things are now. */
  readonly draw: Readonly<Record<'status' | 'identities' | 'deployments' | 'trail' | 'editor', () => void>>;
  /** Which keychain is in use, for the tooltip. */
  tellKeychain(reason: string): void;
}

export function createViews(features: Features, setContext: SetContext, showError: ShowError): Views {
  const { profiles, active, broker, deployments, revocations, clock } = features;
  const statusBar = createStatusBar();
  const identities = createIdentitiesTree(() =>
    identityRows(profiles.list(), active.current(), clock.now(), revocations.isRevoked),
  );
  const deploymentsTree = createDeploymentsTree(deployments.tree);
  const { trailTree, trailActions, tellEmpty } = createTrailView(features, setContext, showError);
  let keychain = '';
  const status = (): void =>
    statusBar.render(
      identityStatus(active.current(), clock.now(), { keychain, broker: brokerText(broker.current()) }),
    );
  return {
    trailActions,
    draw: {
      status,
      identities() {
        setContext('noWing.hasUser', profiles.list('user').length > 0);
        setContext('noWing.hasAgent', profiles.list('agent').length > 0);
        status();
        tellEmpty();
        identities.refresh();
      },
      deployments() {
        const all = deployments.list();
        setContext('noWing.hasDeployment', all.length > 0);
        setContext(
          'noWing.deploymentRunning',
          all.some(deployment => !hasEnded(deployment)),
        );
        deploymentsTree.refresh();
      },
      trail: trailTree.refresh,
      editor: () => setContext('noWing.templateOpen', openTemplate() !== undefined),
    },
    tellKeychain(reason) {
      keychain = reason;
      status();
    },
    dispose: () => vscode.Disposable.from(statusBar, identities, deploymentsTree, trailTree).dispose(),
  };
}

function createTrailView(
  { trail, leaks, deployments, selection, trailSession, clock }: Features,
  setContext: SetContext,
  showError: ShowError,
): { trailTree: TrailTree; trailActions: TrailActions; tellEmpty: () => void } {
  let shown = 0;
  const tellEmpty = (): void => {
    if (shown === 0) setContext('noWing.trailEmpty', trailActions.empty());
  };
  const trailTree: TrailTree = createTrailTree({
    groups: trail.groups,
    events: trail.events,
    leaks: () => openLeaks(leaks.list()),
    deploymentName: id => deployments.get(id)?.stackName,
    drawn(groups) {
      shown = groups;
      tellEmpty();
    },
    filtered: yes => setContext('noWing.trailFiltered', yes),
  });
  const trailActions: TrailActions = createTrailActions({
    trail,
    tree: () => trailTree,
    activeProfiles: () => Object.values(selection.active()),
    session: trailSession,
    showError,
    lastActivityAt: () => deployments.list()[0]?.startedAt,
    now: clock.now,
  });
  return { trailTree, trailActions, tellEmpty };
}
