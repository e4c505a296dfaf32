/** What was really done to each resource, told from the events of a deployment and its plan. Pure. */
import type { TouchedResource } from '../trail/verification.ts';
import { type Act, eventSourceOf } from './expectedCalls.ts';
import type { Plan } from './plan.ts';
import { isResource, type ResourceEvent } from './resourceEvents.ts';

/** @param succeeded of one that was undone, what an update called is not known: AWS takes back some of them silently. */
export function actsOf(
  events: readonly ResourceEvent[],
  plan: Pick<Plan, 'changes'> | undefined,
  succeeded: boolean,
): Act[] {
  const all = events.filter(isResource);
  return all.flatMap(event => {
    const { type } = event;
    switch (event.status) {
      case 'CREATE_COMPLETE':
        return [{ act: 'create', type }];
      case 'UPDATE_COMPLETE':
        return succeeded ? updateOf(event, plan, all) : [];
      case 'DELETE_COMPLETE':
        return wasThere(event, all) ? [{ act: 'delete', type }] : [];
      default:
        return [];
    }
  });
}

/** Another physical name afterwards: it was made anew, and the old one has a deletion of its own. */
function updateOf(
  { address, type, physicalId }: ResourceEvent,
  plan: Pick<Plan, 'changes'> | undefined,
  all: readonly ResourceEvent[],
): Act[] {
  const planned = plan?.changes.find(change => change.address === address);
  const old = planned?.physicalId;
  if (old !== undefined && physicalId !== undefined && old !== physicalId) {
    const isTold = all.some(
      other =>
        other.status === 'CREATE_COMPLETE' && other.address === address && other.physicalId === physicalId,
    );
    return isTold ? [] : [{ act: 'create', type }];
  }
  return planned !== undefined && changesMoreThanTags(planned.detail) ? [{ act: 'update', type }] : [];
}

/** The engine's list of properties: "DelaySeconds; Tags". Nothing is expected where it does not say. */
function changesMoreThanTags(detail: string): boolean {
  return detail
    .split('; ')
    .some(part => /^\w/.test(part) && !/^(?:Tags|the old one|a snapshot)\b/.test(part));
}

/** One whose creation has failed is "deleted" without a call. */
function wasThere({ address, physicalId }: ResourceEvent, all: readonly ResourceEvent[]): boolean {
  if (physicalId === undefined) return false;
  return !all.some(
    other =>
      other.address === address &&
      other.status === 'CREATE_FAILED' &&
      (other.physicalId ?? physicalId) === physicalId,
  );
}

/** By every name that it had, before and after. */
export function touchedBy(
  events: readonly ResourceEvent[],
  plan: Pick<Plan, 'changes'> | undefined,
): TouchedResource[] {
  const named = [...(plan?.changes ?? []), ...events.filter(isResource)];
  const touched = new Map<string, TouchedResource>();
  for (const { type, physicalId } of named) {
    const name = nameOf(physicalId ?? '');
    const eventSource = eventSourceOf(type);
    if (name.length >= SHORTEST && eventSource !== NOBODYS)
      touched.set(`${eventSource} ${name}`, { name, eventSource });
  }
  return [...touched.values()];
}

/** Of what is in a state only, as `terraform_data`: no call to AWS is about it. */
const NOBODYS = eventSourceOf('');

/** Shorter ones are numbers and the like, which many resources have. */
const SHORTEST = 3;

/** The last part of an address: CloudTrail writes a queue by its name or ARN, never by its URL. */
function nameOf(physicalId: string): string {
  return /^https?:/.test(physicalId) ? (physicalId.split('/').at(-1) ?? '') : physicalId;
}
