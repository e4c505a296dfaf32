/** Approval: a human's yes to one exact plan. It lives in memory only; what the store keeps of it is a record. Pure. */
import * as v from 'valibot';
import { UserError } from '../base/userError.ts';
import { type Plan, planHash } from './plan.ts';

export const Approval = v.object({
  planHash: v.string(),
  approvedBy: v.string(),
  at: v.number(),
});
export type Approval = v.InferOutput<typeof Approval>;

/**
 * The hash is computed anew: the plan lay in a file that other programs of this user can write.
 * @throws UserError `deployment.approvalMismatch`
 */
export function requireApproval(plan: Plan, approval: Approval): void {
  const hash = planHash(plan);
  if (approval.planHash === hash && plan.hash === hash && approval.at >= plan.createdAt) return;
  throw new UserError(
    'deployment.approvalMismatch',
    `The approval is for another plan of stack ${plan.stackName} than this one. Nothing was deployed.`,
    { hint: 'Plan again and review the new plan.' },
  );
}
