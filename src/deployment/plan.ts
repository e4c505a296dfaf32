/**
 * A plan: what a deployment would change, before it changes anything; the same data for every engine. Its hash covers
 * all of it, so a yes to the hash is a yes to exactly this plan and to nothing that comes later.
 */
import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { GuardrailResult } from '../guardrail/guardrailResult.ts';
import { ENVIRONMENTS } from '../identity/profile.ts';
import { TOOLS } from './terraform/terraformSource.ts';

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

export const AccessChange = v.object({
  address: v.string(),
  /** "may be assumed by everybody". */
  text: v.string(),
  /** It opens something to everybody, allows everything, or cannot be told. */
  isWide: v.boolean(),
});
export type AccessChange = v.InferOutput<typeof AccessChange>;

/** What the pipeline adds before it is sealed. */
const judged = {
  environment: v.picklist(ENVIRONMENTS),
  /** The deployment that this one takes back. */
  reverses: v.exactOptional(v.string()),
  guardrails: GuardrailResult,
  /** What it does to permissions and to the reach of the network, in words. */
  iamChanges: v.array(AccessChange),
  networkChanges: v.array(AccessChange),
};

const StackSettings = v.object({
  terminationProtection: v.exactOptional(v.boolean()),
  /** As JSON. */
  stackPolicy: v.exactOptional(v.string()),
});
export type StackSettings = v.InferOutput<typeof StackSettings>;

export const PublishedAsset = v.object({
  name: v.string(),
  bucket: v.string(),
  key: v.string(),
  /** Of the object in the bucket: the stack is given this one and no other. */
  sha256: v.string(),
});
export type PublishedAsset = v.InferOutput<typeof PublishedAsset>;

const cloudFormation = {
  engine: v.literal('cloudformation'),
  stackId: v.string(),
  /** Unique to this change set: another one under the same name has another ARN. A deletion has none. */
  changeSetArn: v.exactOptional(v.string()),
  /** Of a deletion: logical ids of resources that are left out of it. */
  retain: v.exactOptional(v.array(v.string())),
  capabilities: v.array(v.string()),
  /** All that the stack and its resources are to have. */
  tags: v.exactOptional(v.record(v.string(), v.string())),
  /** What changes beside the template; made after it. Without a change set, the plan is about these alone. */
  settings: v.exactOptional(StackSettings),
  /** Files of the source, as they lie in the bucket. */
  assets: v.exactOptional(v.array(PublishedAsset)),
  /** The stack was given a service role before: AWS uses its permissions, not the agent's. */
  serviceRoleArn: v.exactOptional(v.string()),
};

/** A stack too, which an app made. */
const cdk = {
  ...cloudFormation,
  engine: v.literal('cdk'),
  construct: v.string(),
  assets: v.array(PublishedAsset),
};

const terraform = {
  engine: v.literal('terraform'),
  /** What drafted it, and applies it: by its file, size and times the same. */
  binary: v.object({
    kind: v.picklist(TOOLS),
    path: v.string(),
    version: v.string(),
    stamp: v.string(),
  }),
  workspace: v.string(),
  /** The configuration's folder in the snapshot. */
  root: v.string(),
  /** Where the state is, for a person. */
  state: v.string(),
  /** The kind of backend: `s3`, `local` ... */
  backend: v.string(),
  /** What runs programs on this computer, with its address. */
  programs: v.array(v.string()),
  /** What else a person should know: that another tool was used than the preferred one. */
  notes: v.array(v.string()),
};

const hash = { hash: v.string() };

export const Plan = v.variant('engine', [
  v.object({ ...drafted, ...cloudFormation, ...judged, ...hash }),
  v.object({ ...drafted, ...cdk, ...judged, ...hash }),
  v.object({ ...drafted, ...terraform, ...judged, ...hash }),
]);
export type Plan = v.InferOutput<typeof Plan>;
export type CloudFormationPlan = Extract<Plan, { engine: 'cloudformation' }>;
export type CdkPlan = Extract<Plan, { engine: 'cdk' }>;
export type TerraformPlan = Extract<Plan, { engine: 'terraform' }>;

const PlanContent = v.variant('engine', [
  v.object({ ...drafted, ...cloudFormation, ...judged }),
  v.object({ ...drafted, ...cdk, ...judged }),
  v.object({ ...drafted, ...terraform, ...judged }),
]);
export type PlanContent = v.InferOutput<typeof PlanContent>;

const DraftedPlan = v.variant('engine', [
  v.object({ ...drafted, ...cloudFormation }),
  v.object({ ...drafted, ...cdk }),
  v.object({ ...drafted, ...terraform }),
]);
export type DraftedPlan = v.InferOutput<typeof DraftedPlan>;
export type DraftedStack = Extract<DraftedPlan, { engine: 'cloudformation' }>;
export type DraftedTerraform = Extract<DraftedPlan, { engine: 'terraform' }>;

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
