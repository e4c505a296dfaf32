/** Ends a plan that waits for an approval: by a human's no, or because it is void. */
import type { Deployment } from './deployment.ts';
import { movedOn } from './movedOn.ts';
import { engineOf, leftoverOf, move, type Office, requireDeployment, runOf } from './office.ts';

/** @throws UserError when it was not waiting for an approval, or AWS could not take the plan back. */
export async function refusePlan(office: Office, id: string, reason: string): Promise<Deployment> {
  const before = requireDeployment(office, id);
  const after = move(office, id, ['awaitingApproval'], ({ state }) =>
    state.status === 'awaitingApproval'
      ? { state: { status: 'abandoned', plan: state.plan, reason } }
      : undefined,
  );
  if (after === undefined) throw movedOn(before);
  await engineOf(office, before).discard(leftoverOf(before), runOf(office, before));
  return after;
}
