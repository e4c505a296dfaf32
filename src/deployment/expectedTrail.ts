/** What CloudTrail should show for a deployment that reached AWS: by which sessions, which calls, from when to when. Pure. */
import type { LedgerEntry } from '../identity/ledger.ts';
import { type Deployment, isIn } from './deployment.ts';
import { type ExpectedCall, expectedCalls } from './expectedCalls.ts';
import { createdTypes, type ResourceEvent } from './resourceEvents.ts';

export interface ExpectedTrail {
  readonly deploymentId: string;
  readonly sessionNames: readonly string[];
  readonly accessKeyIds: readonly string[];
  readonly expectedCalls: readonly ExpectedCall[];
  /** The stack: a change to it by somebody else meanwhile is a mismatch. */
  readonly resourceNames: readonly string[];
  readonly startedAt: number;
  readonly endedAt: number;
}

/** @returns undefined for one that has not ended, or that ended before AWS had begun with it. */
export function expectedTrail(
  deployment: Deployment,
  events: readonly ResourceEvent[],
  sessions: readonly LedgerEntry[],
): ExpectedTrail | undefined {
  const ended = isIn(deployment, 'succeeded', 'failed', 'rolledBack', 'cancelled');
  if (!ended || events.length === 0 || deployment.endedAt === undefined) return undefined;
  return {
    deploymentId: deployment.id,
    sessionNames: [...new Set(sessions.flatMap(({ roleSessionName }) => roleSessionName ?? []))],
    accessKeyIds: sessions.map(session => session.accessKeyId),
    expectedCalls: expectedCalls(createdTypes(events)),
    resourceNames: deployment.state.plan ? [deployment.state.plan.stackId] : [],
    startedAt: deployment.startedAt,
    endedAt: deployment.endedAt,
  };
}
