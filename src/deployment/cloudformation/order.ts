/**
 * Orders AWS to execute a change set: the one call by which a deployment changes anything. It is made at most once:
 * by the change set's ARN (another one under the same name has another), with a token, and after an answer that was
 * lost AWS's state is read before the call is repeated.
 */
import { MINUTE } from '../../base/clock.ts';
import { errorName, UserError } from '../../base/userError.ts';
import type { Ordered, Run } from '../engine.ts';
import type { DraftedStack } from '../plan.ts';
import { explain, isPassing } from './awsFault.ts';
import type { CloudFormationApi } from './cloudFormation.ts';
import type { Pace } from './draft.ts';

const PATIENCE_MS = 2 * MINUTE;

export async function order(
  api: CloudFormationApi,
  plan: DraftedStack,
  run: Run,
  { clock, pollMs }: Pace,
  mayOrder: () => boolean,
): Promise<Ordered> {
  const until = clock.now() + PATIENCE_MS;
  for (let lost: unknown; ; ) {
    try {
      if (lost !== undefined && (await wasOrdered(api, plan, run))) return { kind: 'ordered' };
      // Minted or refreshed before the last look at the lease, so that nothing slow lies between look and call.
      await run.session(run.signal);
      if (!mayOrder()) return { kind: 'stopped' };
      await api.executeChangeSet(plan.changeSetArn, orderToken(plan), run.signal);
      return { kind: 'ordered' };
    } catch (error) {
      if (!isPassing(error)) return await refusedOr(api, plan, run, error, lost !== undefined);
      if (clock.now() >= until) return { kind: 'uncertain', error: explain(error, doing(plan), run.who) };
      lost = error;
    }
    await clock.sleep(pollMs, run.signal);
  }
}

/** All events of the operation carry it; a repeated order with it is the same order. */
export function orderToken(plan: DraftedStack): string {
  return `no-wing-${plan.deploymentId}`;
}

export function stopToken(plan: DraftedStack): string {
  return `${orderToken(plan)}-stop`;
}

export function isOrdered(executionStatus: string | undefined): boolean {
  return executionStatus?.startsWith('EXECUTE_') === true;
}

async function wasOrdered(api: CloudFormationApi, plan: DraftedStack, run: Run): Promise<boolean> {
  return isOrdered((await api.changeSet(plan.changeSetArn, plan.stackId, run.signal))?.executionStatus);
}

const TOKEN_IN_USE = /^TokenAlreadyExists/;
const NOT_EXECUTABLE = /^(?:InvalidChangeSetStatus|ChangeSetNotFound)/;

/** @param repeated an earlier attempt may have arrived: then a refusal can mean that AWS is at it already. */
async function refusedOr(
  api: CloudFormationApi,
  plan: DraftedStack,
  run: Run,
  error: unknown,
  repeated: boolean,
): Promise<Ordered> {
  if (TOKEN_IN_USE.test(errorName(error))) return { kind: 'ordered' };
  const explained = explain(error, doing(plan), run.who);
  if (repeated && !NOT_EXECUTABLE.test(errorName(error))) return { kind: 'uncertain', error: explained };
  if (!NOT_EXECUTABLE.test(errorName(error))) return { kind: 'refused', error: explained };
  try {
    if (await wasOrdered(api, plan, run)) return { kind: 'ordered' };
    return { kind: 'refused', error: outdated(plan, run, error) };
  } catch (unreadable) {
    return { kind: 'uncertain', error: explain(unreadable, doing(plan), run.who) };
  }
}

function doing(plan: DraftedStack): string {
  return `execute the plan of stack ${plan.stackName}`;
}

function outdated(plan: DraftedStack, run: Run, cause: unknown): UserError {
  return new UserError(
    'deployment.planOutdated',
    `The plan of stack ${plan.stackName} can no longer be executed by ${run.who}: the stack has changed since, or the plan was deleted.`,
    { hint: 'Plan again and review the new plan. Nothing was changed.', cause },
  );
}
