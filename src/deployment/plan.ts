/**
 * A plan: what a deployment would change, before it changes anything; the same data for every engine. Its hash covers
 * all of it, so a yes to the hash is a yes to exactly this plan and to nothing that comes later.
 */
import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { GuardrailResult } from '../guardrail/guardrailResult.ts';
import { ENVIRONMENTS } from '../identity/profile.ts';

export const PlannedChange = v.object({
  /** The resource's name in the source: a logical id, or an address as `module.web.aws_instance.host[0]`. */
  address: v.string(),
  physicalId: v.exactOptional(v.string()),
  type: v.string(),
  /** `decidedLater`: AWS knows it only while it executes. */
  action: v.picklist(['add', 'modify', 'remove', 'import', 'sync', 'decidedLater']),
  replacement: v.picklist(['no', 'yes', 'maybe']),
  /** For a person: which properties, and why; empty when there is nothing to add. */
  detail: v.string(),
  /** The properties as JSON, where the engine tells them; secret values as `****`. */
  before: v.exactOptional(v.string()),
  after: v.exactOptional(v.string()),
});
export type PlannedChange = v.InferOutput<typeof PlannedChange>;

/** What the engine says. */
const drafted = {
  deploymentId: v.string(),
  /** "CloudFormation", "Terraform 1.11.4". */
  tool: v.string(),
  stackName: v.string(),
  action: v.picklist(['create', 'update', 'delete']),
  accountId: v.string(),
  region: v.string(),
  /** The principal that drafted it. */
  identityArn: v.string(),
  sourceIdentity: v.exactOptional(v.string()),
  profileId: v.string(),
  changes: v.array(PlannedChange),
  /** Names of the outputs it will have, with the value where it is known already. */
  outputs: v.array(v.object({ name: v.string(), value: v.exactOptional(v.string()) })),
  /** Secret ones (`NoEcho`) as `****`. */
  parameters: v.record(v.string(), v.string()),
  /** The exact inputs: name → SHA-256, as `template`, `plan file`. */
  inputs: v.record(v.string(), v.string()),
  createdAt: v.number(),
};

/** What the pipeline adds before it is sealed. */
const judged = {
  environment: v.picklist(ENVIRONMENTS),
  /** The deployment that this one takes back. */
  reverses: v.exactOptional(v.string()),
  guardrails: GuardrailResult,
};

const cloudFormation = {
  engine: v.literal('cloudformation'),
  stackId: v.string(),
  /** Unique to this change set: another one under the same name has another ARN. */
  changeSetArn: v.string(),
  capabilities: v.array(v.string()),
  /** The stack was given a service role before: AWS uses its permissions, not the agent's. */
  serviceRoleArn: v.exactOptional(v.string()),
};

const hash = { hash: v.string() };

export const Plan = v.variant('engine', [v.object({ ...drafted, ...cloudFormation, ...judged, ...hash })]);
export type Plan = v.InferOutput<typeof Plan>;
export type CloudFormationPlan = Extract<Plan, { engine: 'cloudformation' }>;

const PlanContent = v.variant('engine', [v.object({ ...drafted, ...cloudFormation, ...judged })]);
export type PlanContent = v.InferOutput<typeof PlanContent>;

const DraftedPlan = v.variant('engine', [v.object({ ...drafted, ...cloudFormation })]);
export type DraftedPlan = v.InferOutput<typeof DraftedPlan>;
export type DraftedStack = Extract<DraftedPlan, { engine: 'cloudformation' }>;

const Judgement = v.object(judged);
export type Judgement = v.InferOutput<typeof Judgement>;

export function sealPlan(plan: DraftedPlan, judgement: Judgement): Plan {
  const content: PlanContent = { ...plan, ...judgement };
  return { ...content, hash: planHash(content) };
}

/** The hash of what the plan says now; differs from `plan.hash` when somebody changed it since. */
export function planHash(plan: PlanContent | Plan): string {
  return sha256(canonicalJson(v.parse(PlanContent, plan)));
}

export function sha256(text: string | Uint8Array): string {
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
