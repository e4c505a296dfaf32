/**
 * A deployment that was planned where nobody can approve, taken over by a window. The window plans it anew: what lies
 * in the store could have been written by any program of this user, and a person approves only what the window in
 * front of them has drafted itself.
 */
import { throwIfCancelled } from '../base/cancellation.ts';
import type { Deployment } from './deployment.ts';
import type { DeployRequest } from './engine.ts';
import { fromStore } from './fromStore.ts';
import { movedOn } from './movedOn.ts';
import { engineOf, leftoverOf, move, type Office, requireDeployment, runOf } from './office.ts';
import type { Wish } from './plannedHere.ts';

/** Puts in what this window says and a person is asked for; what it gives back is planned. */
export type Complete = (wish: Wish) => Promise<Wish>;

/** What can be taken over: a plan that waits, and that a command has drafted. */
export function canBeHandedOver({ state, askedBy, answers }: Deployment): boolean {
  return state.status === 'awaitingApproval' && askedBy.door === 'command' && answers === undefined;
}

/**
 * Ends the old one and takes back what it left at AWS. @returns the request to plan anew, as `to`.
 * @throws UserError `deployment.cancelChanged` when it does not wait any more; Cancelled
 */
export async function takeOver(
  office: Office,
  id: string,
  to: string,
  complete: Complete,
  signal: AbortSignal,
): Promise<DeployRequest> {
  const asked = requireDeployment(office, id);
  const source = office.store.source(id);
  if (!canBeHandedOver(asked) || source === undefined) throw movedOn(asked);
  const { profileId, region, stackName, operation, askedBy, reverses, folder } = asked;
  const completed = await complete({
    ...{ stackName, operation, source: fromStore(source) },
    ...(reverses === undefined ? {} : { reverses }),
    ...(folder === undefined ? {} : { folder }),
  });
  throwIfCancelled(signal);
  const after = move(office, id, ['awaitingApproval'], ({ state }) =>
    state.status === 'awaitingApproval'
      ? { state: { status: 'handedOver', plan: state.plan, to } }
      : undefined,
  );
  if (after === undefined) throw movedOn(requireDeployment(office, id));
  await engineOf(office, asked).discard(leftoverOf(asked), runOf(office, asked, signal));
  return { ...completed, profileId, region, askedBy, answers: id };
}
