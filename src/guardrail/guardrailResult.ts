/** What guardrails said of a plan: the policy they went by, a verdict for each rule, and what the plan would cost. */
import * as v from 'valibot';

/** In the order in which they are shown. */
export const RULES = [
  'regions',
  'resourceTypes',
  'instanceTypes',
  'instanceCount',
  'diskSize',
  'monthlyBudget',
  'requiredTags',
  'stateful',
  'openPorts',
  'publicAccess',
  'iamWildcards',
  'openTrust',
] as const;
export type RuleName = (typeof RULES)[number];

/** Not a rule, yet a verdict: rules that cannot be read let nothing pass. */
export const FILE_VERDICT = 'guardrailFile';

/** `ask`: a person has to agree to it expressly. `refuse`: there is no approval. */
export const Verdict = v.picklist(['pass', 'ask', 'refuse']);
export type Verdict = v.InferOutput<typeof Verdict>;

export const RuleVerdict = v.object({
  rule: v.picklist([...RULES, FILE_VERDICT]),
  verdict: Verdict,
  /** The resource's address; absent for a verdict on the whole plan. */
  resource: v.exactOptional(v.string()),
  type: v.exactOptional(v.string()),
  /** What was found: "500 GB", "m5.24xlarge", "unknown: ...". */
  value: v.string(),
  /** What the rule wants: "at most 500 GB". */
  limit: v.string(),
  /** Where the limit is set: "No Wing's defaults", a file. */
  source: v.string(),
});
export type RuleVerdict = v.InferOutput<typeof RuleVerdict>;

/** US dollars by the month, on demand. */
export const CostLine = v.object({
  resource: v.string(),
  /** "2 × t3.large". */
  what: v.string(),
  price: v.variant('kind', [
    v.object({ kind: v.literal('known'), usd: v.number() }),
    v.object({ kind: v.literal('usage') }),
    v.object({ kind: v.literal('unknown'), why: v.string() }),
  ]),
});
export type CostLine = v.InferOutput<typeof CostLine>;

export const Cost = v.object({
  /** The sum of what is known: the least it will cost. */
  knownUsd: v.number(),
  /** Everything that has a price or may have one; what is free of charge is left out. */
  lines: v.array(CostLine),
});
export type Cost = v.InferOutput<typeof Cost>;

export const GuardrailResult = v.object({
  environment: v.picklist(['dev', 'staging', 'prod']),
  /** SHA-256 of the rules as they were applied, with their sources. */
  policyHash: v.string(),
  /** The worst of all. */
  verdict: Verdict,
  /** How a person says yes: by the button, or by typing the deployment's name. */
  approval: v.picklist(['button', 'typedName']),
  /** Of each rule at least one; what is refused comes first. */
  verdicts: v.array(RuleVerdict),
  cost: Cost,
});
export type GuardrailResult = v.InferOutput<typeof GuardrailResult>;
export type Environment = GuardrailResult['environment'];
