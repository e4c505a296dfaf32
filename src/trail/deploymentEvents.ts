/** The stored events that concern one deployment: of its sessions, marked with its id, or touching its resources. */
import { type AnyOf, newest } from './index/events/scan.ts';
import { numbersWhere, type Searched, selectionOf } from './index/events/selection.ts';
import { type StoredEvent, storedEvents } from './storedEvent.ts';

export interface DeploymentTrace {
  readonly accountId: string;
  readonly deploymentId: string;
  readonly sessionNames: readonly string[];
  readonly accessKeyIds: readonly string[];
  /** Stack, change set and resource names: what somebody else may have touched. */
  readonly resourceNames: readonly string[];
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
}

/** Oldest first. By name this is a coarse choice: `verify` decides what really touches the deployment. */
export function queryDeployment(index: Searched, trace: DeploymentTrace): StoredEvent[] {
  const { db } = index;
  const any: AnyOf = {
    callers: numbersWhere(
      db,
      'caller',
      `deployment_id = ? OR session_name IN (SELECT value FROM json_each(?))
       OR access_key_id IN (SELECT value FROM json_each(?))`,
      [trace.deploymentId, JSON.stringify(trace.sessionNames), JSON.stringify(trace.accessKeyIds)],
    ),
    resources: numbersWhere(
      db,
      'resource',
      'EXISTS (SELECT 1 FROM json_each(?) AS wanted WHERE instr(resource.name, wanted.value) > 0)',
      [JSON.stringify(trace.resourceNames)],
    ),
  };
  const { accountId, from, to } = trace;
  const selection = { ...selectionOf(index, { accountId, from, to }), any: [any] };
  return storedEvents(index, newest(index.segments(), selection, Number.POSITIVE_INFINITY)).reverse();
}
