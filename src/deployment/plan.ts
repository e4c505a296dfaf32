/**
 * A plan: what a deployment would change, before it changes anything; one type for every engine.
 * Its hash covers all of it, so a yes to the hash is a yes to exactly this plan and to nothing that comes later.
 */
import { createHash } from 'node:crypto';
import * as v from 'valibot';

export const PlannedChange = v.object({
  logicalId: v.string(),
  physicalId: v.exactOptional(v.string()),
  type: v.string(),
  /** `decidedLater`: AWS knows it only while it executes. */
  action: v.picklist(['add', 'modify', 'remove', 'import', 'sync', 'decidedLater']),
  replacement: v.picklist(['no', 'yes', 'maybe']),
  /** For a person: which properties, and why; empty when there is nothing to add. */
  detail: v.string(),
});
export type PlannedChange = v.InferOutput<typeof PlannedChange>;

const content = {
  engine: v.literal('cloudformation'),
  deploymentId: v.string(),
  stackName: v.string(),
  stackId: v.string(),
  action: v.picklist(['create', 'update']),
  accountId: v.string(),
  region: v.string(),
  /** The principal that drafted it: AWS draws the change set for this one. */
  identityArn: v.string(),
  sourceIdentity: v.exactOptional(v.string()),
  profileId: v.string(),
  changes: v.array(PlannedChange),
  capabilities: v.array(v.string()),
  /** Secret ones (`NoEcho`) as `****`. */
  parameters: v.record(v.string(), v.string()),
  /** The stack was given a service role before: AWS uses its permissions, not the agent's. */
  serviceRoleArn: v.exactOptional(v.string()),
  /** SHA-256 of the template's text. */
  templateHash: v.string(),
  /** Unique to this change set: another one under the same name has another ARN. */
  changeSetArn: v.string(),
  createdAt: v.number(),
};

export const Plan = v.object({ ...content, hash: v.string() });
export type Plan = v.InferOutput<typeof Plan>;

const PlanContent = v.object(content);
export type PlanContent = v.InferOutput<typeof PlanContent>;

/** "Nothing to change" is a result, not an error. */
export type Draft = { readonly kind: 'plan'; readonly plan: Plan } | { readonly kind: 'noChanges' };

export function sealPlan(plan: PlanContent): Plan {
  return { ...plan, hash: planHash(plan) };
}

/** The hash of what the plan says now; differs from `plan.hash` when somebody changed it since. */
export function planHash(plan: PlanContent | Plan): string {
  return sha256(canonicalJson(v.parse(PlanContent, plan)));
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The same value gives the same text, whatever the order of its keys. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}
