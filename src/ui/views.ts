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
import type { ShowError } from './showError.ts';
import { createStatusBar } from './statusBar.ts';
import { createTrailViews, type TrailViews } from './trailViews.ts';

export interface Views
  extends vscode.Disposable,
    Pick<TrailViews, 'trailActions' | 'trailTree' | 'trailPage'> {
  /** Each asks the features how things are now. */
  readonly draw: Readonly<Record<'status' | 'identities' | 'deployments' | 'trail' | 'editor', () => void>>;
  /** Which keychain is in use, for the tooltip. */
  tellKeychain(reason: string): void;
}

/** @param dist the extension's folder of programs. */
export function createViews(
  features: Features,
  setContext: SetContext,
  showError: ShowError,
  dist: vscode.Uri,
): Views {
  const { profiles, active, broker, deployments, revocations, clock } = features;
  const statusBar = createStatusBar();
  const identities = createIdentitiesTree(() =>
    identityRows(profiles.list(), active.current(), clock.now(), revocations.isRevoked),
  );
  const deploymentsTree = createDeploymentsTree(deployments.tree);
  const trailViews = createTrailViews({ features, setContext, showError, dist });
  let keychain = '';
  const status = (): void =>
    statusBar.render(
      identityStatus(active.current(), clock.now(), { keychain, broker: brokerText(broker.current()) }),
    );
  return {
    ...trailViews,
    draw: {
      status,
      identities() {
        setContext('noWing.hasUser', profiles.list('user').length > 0);
        setContext('noWing.hasAgent', profiles.list('agent').length > 0);
        status();
        trailViews.tellEmpty();
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
      trail: trailViews.draw,
      editor: () => setContext('noWing.templateOpen', openTemplate() !== undefined),
    },
    tellKeychain(reason) {
      keychain = reason;
      status();
    },
    dispose: () => vscode.Disposable.from(statusBar, identities, deploymentsTree, trailViews).dispose(),
  };
}
