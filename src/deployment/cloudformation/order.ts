/**
 * Gives AWS the order: the one call by which a deployment changes anything. It is made at most once: with a token of
 * the deployment, and after an answer that was lost AWS's state is read before the call is repeated.
 */
import { MINUTE } from '../../base/clock.ts';
import { errorName, UserError } from '../../base/userError.ts';
import type { Ordered, Run } from '../engine.ts';
import type { DraftedStack } from '../plan.ts';
import { explain, isPassing } from './awsFault.ts';
import type { CloudFormationApi } from './cloudFormation.ts';
import type { Pace } from './draft.ts';
import { type Order, orderOf } from './orders.ts';

const PATIENCE_MS = 2 * MINUTE;

export async function order(
  api: CloudFormationApi,
  plan: DraftedStack,
  run: Run,
  { clock, pollMs }: Pace,
  mayOrder: () => boolean,
): Promise<Ordered> {
  const wanted = orderOf(api, plan, run);
  const until = clock.now() + PATIENCE_MS;
  for (let lost: unknown; ; ) {
    try {
      if (lost !== undefined && (await wanted.hasArrived())) return { kind: 'ordered' };
      await wanted.prepare();
      // Minted or refreshed before the last look at the lease, so that nothing slow lies between look and call.
      await run.session(run.signal);
      if (!mayOrder()) return { kind: 'stopped' };
      await wanted.send();
      return { kind: 'ordered' };
    } catch (error) {
      if (!isPassing(error)) return await refusedOr(wanted, plan, run, error, lost !== undefined);
      if (clock.now() >= until) return { kind: 'uncertain', error: explain(error, wanted.doing, run.who) };
      lost = error;
    }
    await clock.sleep(pollMs, run.signal);
  }
}

const TOKEN_IN_USE = /^TokenAlreadyExists/;
const NOT_EXECUTABLE = /^(?:InvalidChangeSetStatus|ChangeSetNotFound)/;

/** @param repeated an earlier attempt may have arrived: then a refusal can mean that AWS is at it already. */
async function refusedOr(
  wanted: Order,
  plan: DraftedStack,
  run: Run,
  error: unknown,
  repeated: boolean,
): Promise<Ordered> {
  if (TOKEN_IN_USE.test(errorName(error))) return { kind: 'ordered' };
  const explained = explain(error, wanted.doing, run.who);
  if (repeated && !NOT_EXECUTABLE.test(errorName(error))) return { kind: 'uncertain', error: explained };
  if (!NOT_EXECUTABLE.test(errorName(error))) return { kind: 'refused', error: explained };
  try {
    if (await wanted.hasArrived()) return { kind: 'ordered' };
    return { kind: 'refused', error: outdated(plan, run, error) };
  } catch (unreadable) {
    return { kind: 'uncertain', error: explain(unreadable, wanted.doing, run.who) };
  }
}

function outdated(plan: DraftedStack, run: Run, cause: unknown): UserError {
  return new UserError(
    'deployment.planOutdated',
    `The plan of stack ${plan.stackName} can no longer be executed by ${run.who}: the stack has changed since, or the plan was deleted.`,
    { hint: 'Plan again and review the new plan. Nothing was changed.', cause },
  );
}
