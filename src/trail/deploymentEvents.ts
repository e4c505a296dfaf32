/** The stored events that concern one deployment: of its sessions, marked with its id, or touching its resources. */
import { type AnyOf, eachEvent, type Numbers, newest, type Selection } from './index/events/scan.ts';
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
  const { accountId, from, to } = trace;
  const all = selectionOf(index, { accountId, from, to });
  const callers = numbersWhere(
    index.db,
    'caller',
    `deployment_id = ? OR session_name IN (SELECT value FROM json_each(?))
     OR access_key_id IN (SELECT value FROM json_each(?))`,
    [trace.deploymentId, JSON.stringify(trace.sessionNames), JSON.stringify(trace.accessKeyIds)],
  );
  const any: AnyOf = { callers, resources: named(index, all, trace.resourceNames) };
  const positions = newest(index.segments(), { ...all, any: [any] }, Number.POSITIVE_INFINITY);
  return storedEvents(index, positions).reverse();
}

/** Of the resources of these events those that have one of the names in theirs: of all there are, it would take seconds. */
function named({ db, segments }: Searched, selection: Selection, names: readonly string[]): Numbers {
  const touched = new Set<number>();
  eachEvent(segments(), selection, segment => {
    const [from, all] = [
      segments().numbers(segment, 'resourceFrom'),
      segments().numbers(segment, 'resources'),
    ];
    return at => {
      for (let place = from[at] ?? 0; place < (from[at + 1] ?? 0); place++) touched.add(all[place] ?? 0);
    };
  });
  return numbersWhere(
    db,
    'resource',
    `id IN (SELECT value FROM json_each(?))
     AND EXISTS (SELECT 1 FROM json_each(?) AS wanted WHERE instr(resource.name, wanted.value) > 0)`,
    [JSON.stringify([...touched]), JSON.stringify(names)],
  );
}
