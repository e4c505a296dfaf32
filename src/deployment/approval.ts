/** Approval: a human's yes to one exact plan. It lives in memory only; what the store keeps of it is a record. Pure. */
import * as v from 'valibot';
import { MINUTE } from '../base/clock.ts';
import { UserError } from '../base/userError.ts';
import { type Plan, planHash } from './plan.ts';

export const Approval = v.object({
  planHash: v.string(),
  approvedBy: v.string(),
  at: v.number(),
  /** The rules whose question the human has answered with yes. */
  acknowledged: v.array(v.string()),
});
export type Approval = v.InferOutput<typeof Approval>;

/** Between a yes and the order lies a look at the guardrails and at the target, and perhaps a sign-in; no coffee. */
export const APPROVAL_MS = 10 * MINUTE;

/**
 * The hash is computed anew: the plan lay in a file that other programs of this user can write.
 * @throws UserError `deployment.approvalMismatch`, `deployment.approvalExpired`, `deployment.notAcknowledged`
 */
export function requireApproval(plan: Plan, approval: Approval, now: number): void {
  const hash = planHash(plan);
  if (approval.planHash !== hash || plan.hash !== hash || approval.at < plan.createdAt) throw mismatch(plan);
  // One from the future is from before the clock was set back.
  if (Math.abs(now - approval.at) > APPROVAL_MS) throw expired(plan);
  const open = questionsOf(plan).filter(rule => !approval.acknowledged.includes(rule));
  if (open.length > 0 || plan.guardrails.verdict === 'refuse') throw notAcknowledged(plan, open);
}

/** The rules that let it pass only with a human's yes to them. */
export function questionsOf(plan: Plan): string[] {
  const asking = plan.guardrails.verdicts.filter(({ verdict }) => verdict === 'ask');
  return [...new Set(asking.map(({ rule }) => rule))];
}

function mismatch(plan: Plan): UserError {
  return new UserError(
    'deployment.approvalMismatch',
    `The approval is for another plan of stack ${plan.stackName} than this one. Nothing was deployed.`,
    { hint: 'Plan again and review the new plan.' },
  );
}

function expired(plan: Plan): UserError {
  return new UserError(
    'deployment.approvalExpired',
    `The approval of the plan for stack ${plan.stackName} was given too long ago. Nothing was deployed.`,
    { hint: 'Plan again and review the new plan.' },
  );
}

function notAcknowledged(plan: Plan, open: readonly string[]): UserError {
  return new UserError(
    'deployment.notAcknowledged',
    `The plan of stack ${plan.stackName} did not pass the guardrails ${open.join(', ')}. Nothing was deployed.`,
    { hint: 'Review what the guardrails say, correct the plan or say yes to each question.' },
  );
}
