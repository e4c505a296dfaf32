/**
 * Takes up what a window that is gone has left. It never orders anything: an approval dies with its window, and a
 * stored one could have been written by anybody. So AWS's state decides: what AWS has begun is followed to its end,
 * everything else is taken back.
 */
import { isCancelled } from '../base/cancellation.ts';
import { describeError } from '../base/log.ts';
import { followToEnd, interrupt, type Say } from './applying.ts';
import { type Deployment, isIn } from './deployment.ts';
import { engineOf, leftoverOf, move, type Office, runOf } from './office.ts';

/** @returns undefined when a living window has it, or when it could not be read at AWS and waits for the next time. */
export async function takeUp(
  office: Office,
  deployment: Deployment,
  say: Say,
): Promise<Deployment | undefined> {
  const { id } = deployment;
  if (!office.store.claim(id, office.owner, office.clock.now())) return undefined;
  try {
    const left = await engineOf(office, deployment).discard(
      leftoverOf(deployment),
      runOf(office, deployment),
    );
    if (left === 'ordered' && isIn(deployment, 'executing')) {
      forgetInterruption(office, id);
      return await followToEnd(office, id, say);
    }
    return abandon(office, id, WINDOW_GONE);
  } catch (error) {
    return leave(office, deployment, error);
  }
}

const WINDOW_GONE = 'The window that planned it was closed before AWS had begun; nothing was changed.';

function abandon(office: Office, id: string, reason: string): Deployment | undefined {
  return move(office, id, ['planning', 'awaitingApproval', 'executing'], ({ state }) => ({
    state: { status: 'abandoned', ...('plan' in state && state.plan ? { plan: state.plan } : {}), reason },
  }));
}

function forgetInterruption(office: Office, id: string): void {
  move(office, id, ['executing'], before => {
    if (!isIn(before, 'executing')) return undefined;
    const { interrupted: _before, ...state } = before.state;
    return { state };
  });
}

function leave(office: Office, deployment: Deployment, error: unknown): undefined {
  if (office.closing.aborted || isCancelled(error)) return;
  office.log.warn(`Deployment ${deployment.id} was not taken up: ${describeError(error)}`);
  if (isIn(deployment, 'executing')) interrupt(office, deployment.id, error);
  office.store.release(office.owner, deployment.id);
}
