/** What happened to each resource while a deployment was executing, and what can be told from it. Pure. */
import * as v from 'valibot';
import type { Failure } from './deployment.ts';
import type { DraftedPlan } from './plan.ts';

export const ResourceEvent = v.object({
  eventId: v.string(),
  /** Milliseconds since the epoch, AWS's clock. */
  at: v.number(),
  address: v.string(),
  type: v.string(),
  /** What AWS calls it, as soon as it has a name. */
  physicalId: v.exactOptional(v.string()),
  /** AWS's word: `CREATE_IN_PROGRESS`, `UPDATE_FAILED` ... */
  status: v.string(),
  reason: v.exactOptional(v.string()),
  /** The event is about the stack itself. */
  isStack: v.boolean(),
});
export type ResourceEvent = v.InferOutput<typeof ResourceEvent>;

/** What a door shows while it runs: a resource moved, or something about the following itself. */
export type Progress =
  | {
      readonly kind: 'resource';
      readonly address: string;
      readonly type: string;
      readonly status: string;
      readonly reason?: string;
      readonly done: number;
      readonly total: number;
    }
  | { readonly kind: 'notice'; readonly text: string };

export function progressOf(
  plan: Pick<DraftedPlan, 'changes'>,
  event: ResourceEvent,
  soFar: readonly ResourceEvent[],
): Progress {
  const planned = new Set(plan.changes.map(change => change.address));
  const latest = new Map(soFar.filter(isResource).map(({ address, status }) => [address, status]));
  const done = [...latest].filter(([address, status]) => planned.has(address) && isComplete(status));
  return {
    kind: 'resource',
    address: event.address,
    type: event.type,
    status: event.status,
    ...(event.reason === undefined ? {} : { reason: event.reason }),
    done: done.length,
    total: planned.size,
  };
}

/** Resources that AWS stopped because another one had failed (or a person cancelled) say this, and are not the cause. */
const CANCELLED = /^Resource (?:creation|update|deletion) cancelled/i;

/** The first resource that failed, which is why the others did; the stack's own reason when no resource gave one. */
export function firstFailure(events: readonly ResourceEvent[]): Failure | undefined {
  const failed = events.filter(
    event => event.status.endsWith('_FAILED') && !CANCELLED.test(event.reason ?? ''),
  );
  const first = failed.find(isResource);
  if (first)
    return { address: first.address, type: first.type, reason: first.reason ?? 'AWS gave no reason' };
  const stack = events.find(
    event => event.isStack && event.reason !== undefined && /FAIL|ROLLBACK/.test(event.status),
  );
  return stack?.reason === undefined ? undefined : { reason: stack.reason };
}

export function isResource(event: ResourceEvent): boolean {
  return !event.isStack;
}

function isComplete(status: string): boolean {
  if (status === 'DELETE_SKIPPED') return true;
  return status.endsWith('_COMPLETE') && !status.includes('ROLLBACK');
}
