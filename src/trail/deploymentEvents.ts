/** The stored events that concern one deployment: of its sessions, marked with its id, or touching its resources. */
import type { Database } from '../store/database.ts';
import { parseStoredEvent, SELECT_STORED, type StoredEvent } from './storedEvent.ts';

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
export function queryDeployment(db: Database, trace: DeploymentTrace): StoredEvent[] {
  return db
    .all(
      QUERY,
      trace.accountId,
      trace.from,
      trace.to,
      trace.deploymentId,
      JSON.stringify(trace.sessionNames),
      JSON.stringify(trace.accessKeyIds),
      JSON.stringify(trace.resourceNames),
    )
    .map(parseStoredEvent);
}

const QUERY = `
  ${SELECT_STORED}
  WHERE account_id = ? AND time >= ? AND time < ? AND (
    deployment_id = ?
    OR session_name IN (SELECT value FROM json_each(?))
    OR access_key_id IN (SELECT value FROM json_each(?))
    OR EXISTS (
      SELECT 1 FROM json_each(event.resources) AS listed JOIN resource ON resource.id = listed.value,
        json_each(?) AS wanted WHERE instr(resource.name, wanted.value) > 0)
  )
  ORDER BY time, seq`;
