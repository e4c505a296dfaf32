/** What CloudTrail should show for a deployment that reached AWS: by which sessions, which calls, from when to when. Pure. */
import type { LedgerEntry } from '../identity/ledger.ts';
import type { TouchedResource } from '../trail/verification.ts';
import { actsOf, touchedBy } from './carriedOut.ts';
import { type Deployment, isIn } from './deployment.ts';
import { type Act, type ExpectedCall, expectedCalls, type Order } from './expectedCalls.ts';
import type { Plan } from './plan.ts';
import type { ResourceEvent } from './resourceEvents.ts';

export interface ExpectedTrail {
  readonly deploymentId: string;
  readonly sessionNames: readonly string[];
  readonly accessKeyIds: readonly string[];
  readonly expectedCalls: readonly ExpectedCall[];
  /** The stack: a change to it by somebody else meanwhile is a mismatch. */
  readonly resourceNames: readonly string[];
  /** What it made, changed and removed: likewise. */
  readonly touched: readonly TouchedResource[];
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
  const { plan, status } = deployment.state;
  return {
    deploymentId: deployment.id,
    sessionNames: [...new Set(sessions.flatMap(({ roleSessionName }) => roleSessionName ?? []))],
    accessKeyIds: sessions.map(session => session.accessKeyId),
    expectedCalls: expectedCalls(actsByAgent(events, plan, status === 'succeeded'), orderOf(plan)),
    resourceNames: stackIds(plan),
    touched: touchedBy(events, plan),
    startedAt: deployment.startedAt,
    endedAt: deployment.endedAt,
  };
}

/** With a service role, CloudFormation makes the calls as that role: only the orders are the agent's. */
function actsByAgent(events: readonly ResourceEvent[], plan: Plan | undefined, succeeded: boolean): Act[] {
  const isByRole = plan !== undefined && 'serviceRoleArn' in plan && plan.serviceRoleArn !== undefined;
  return isByRole ? [] : actsOf(events, plan, succeeded);
}

/** What has no stack is known to CloudTrail by its sessions alone. */
function stackIds(plan: Plan | undefined): string[] {
  return plan === undefined || plan.engine === 'terraform' ? [] : [plan.stackId];
}

function orderOf(plan: Plan | undefined): Order {
  if (plan?.engine === 'terraform') return 'none';
  return plan?.action === 'delete' ? 'deleteStack' : 'changeSet';
}
