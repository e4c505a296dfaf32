/** The commands of the Audit Trail: each gathers what it needs, asks one feature, shows the result. */
import * as vscode from 'vscode';
import type { Features } from '../features.ts';
import type { CommandHandlers } from './commands.ts';
import { leakHandlers } from './leakHandlers.ts';
import { openRecord, recordUri } from './recordDocument.ts';
import type { ShowError } from './showError.ts';
import type { TextDocuments } from './textDocuments.ts';
import type { TrailActions } from './trailActions.ts';
import { queryCommand } from './trailCommandLine.ts';
import { exportTrail } from './trailExport.ts';
import { importTrail } from './trailImport.ts';
import { trailJumps } from './trailJumps.ts';
import { eventOf, groupOf } from './trailNodes.ts';
import type { TrailPage } from './trailPagePanel.ts';
import { trailQuestions } from './trailQuestions.ts';
import type { TrailTree } from './trailTree.ts';

export interface TrailHandlersInput {
  readonly features: Pick<Features, 'trail' | 'trailBuckets' | 'leaks' | 'ledger' | 'deployments' | 'clock'>;
  readonly documents: TextDocuments;
  readonly trailActions: TrailActions;
  readonly trailTree: TrailTree;
  readonly trailPage: Pick<TrailPage, 'show'>;
  readonly showError: ShowError;
}

type TrailHandlers = {
  readonly [K in keyof CommandHandlers as K extends `noWing.trail.${string}` ? K : never]: CommandHandlers[K];
};

export function trailHandlers(input: TrailHandlersInput): TrailHandlers {
  const { features, documents, trailActions, trailTree: tree, trailPage } = input;
  const { trail, leaks, ledger, deployments, clock } = features;
  const importing = {
    trail,
    documents,
    buckets: features.trailBuckets,
    sources: trailActions.sources,
    showError: input.showError,
    now: clock.now,
  };
  return {
    ...leakHandlers({ leaks, documents, tree: () => tree }),
    ...trailJumps({ ledger, deployments, documents }),
    'noWing.trail.refresh': trailActions.refresh,
    'noWing.trail.loadMore': trailActions.loadMore,
    'noWing.trail.filter': trailActions.filter,
    'noWing.trail.filterLikeThis': trailActions.filterLikeThis,
    'noWing.trail.clearFilter': trailActions.clearFilter,
    'noWing.trail.groupBy': trailActions.groupBy,
    'noWing.trail.openCharts': trailPage.show,
    'noWing.trail.export': () => exportTrail(trailQuestions(trail), trailActions.filterNow()),
    'noWing.trail.import': argument => importTrail(importing, argument),
    async 'noWing.trail.copyQuery'(argument) {
      await vscode.env.clipboard.writeText(queryCommand(tree.filter(), groupOf(argument)?.key));
      vscode.window.setStatusBarMessage('$(check) The query is on the clipboard.', COPIED_MS);
    },
    async 'noWing.trail.openEvent'(argument) {
      const event = eventOf(argument);
      const uri = argument instanceof vscode.Uri ? argument : event && recordUri(event);
      if (uri) await openRecord(uri);
    },
  };
}

const COPIED_MS = 4000;
