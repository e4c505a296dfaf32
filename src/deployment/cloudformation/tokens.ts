/** The tokens of a deployment's orders: they depend on the deployment alone, so that a repeated order is the same order. */
import type { DraftedPlan } from '../plan.ts';

type Ordering = Pick<DraftedPlan, 'deploymentId'>;

/** All events of the operation carry it. */
export function orderToken({ deploymentId }: Ordering): string {
  return `no-wing-${deploymentId}`;
}

export function stopToken(plan: Ordering): string {
  return `${orderToken(plan)}-stop`;
}

/** Whether AWS has begun with a change set. */
export function isOrdered(executionStatus: string | undefined): boolean {
  return executionStatus?.startsWith('EXECUTE_') === true;
}
