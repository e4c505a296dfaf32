/** Keeps the pages of plans up to date: what has moved on in any window cannot be decided on any more. */
import type { Disposable } from '../../base/disposables.ts';
import type { Deployments } from '../../deployment/deployments.ts';
import type { PlanPanels } from './planPanels.ts';

export function watchPlans(
  deployments: Pick<Deployments, 'get' | 'list' | 'onChange'>,
  planPanels: Pick<PlanPanels, 'isOpen' | 'refresh'>,
): Disposable {
  return deployments.onChange(id => {
    // Another window does not say which one it has changed.
    const changed = id === undefined ? deployments.list() : [deployments.get(id)];
    for (const deployment of changed)
      if (deployment && planPanels.isOpen(deployment.id)) planPanels.refresh(deployment);
  });
}
