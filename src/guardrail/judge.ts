/** Judges a plan by a policy: every rule gives at least one verdict, and the worst of them is the plan's. Pure. */
import type { GuardedResource } from './guardedResource.ts';
import { type GuardrailPolicy, LIMIT_KINDS, type Limits } from './guardrailPolicy.ts';
import {
  type Cost,
  type GuardrailResult,
  RULES,
  type RuleName,
  type RuleVerdict,
  type Verdict,
} from './guardrailResult.ts';
import { policyHash } from './policyHash.ts';
import { iamWildcards, openPorts, openTrust, publicAccess } from './rules/accessRules.ts';
import { instanceTypes, regions, resourceTypes } from './rules/allowRules.ts';
import { diskSize, instanceCount, monthlyBudget } from './rules/amountRules.ts';
import type { Check, Finding, Planned } from './rules/finding.ts';
import { requiredTags, stateful } from './rules/resourceRules.ts';

export function judge(
  policy: GuardrailPolicy,
  region: string,
  resources: readonly GuardedResource[],
  cost: Cost,
): GuardrailResult {
  const planned: Planned = { region, resources, cost };
  const verdicts = RULES.flatMap(rule => verdictsOf(rule, policy, planned));
  return {
    environment: policy.environment,
    policyHash: policyHash(policy),
    verdict: worst(verdicts),
    approval: policy.approval,
    verdicts: SEVERITY.flatMap(severity => verdicts.filter(({ verdict }) => verdict === severity)),
    cost,
  };
}

/** The same result with one more reason to refuse: whatever the rules would say, they are not all known. */
export function refusedFor(result: GuardrailResult, why: RuleVerdict): GuardrailResult {
  return { ...result, verdict: 'refuse', verdicts: [why, ...result.verdicts] };
}

/** What is worst comes first. */
const SEVERITY: readonly Verdict[] = ['refuse', 'ask', 'pass'];

const CHECKS: { readonly [R in RuleName]: Check<Limits[R]> } = {
  regions,
  resourceTypes,
  instanceTypes,
  instanceCount,
  diskSize,
  monthlyBudget,
  requiredTags,
  stateful,
  openPorts,
  publicAccess,
  iamWildcards,
  openTrust,
};

function verdictsOf<R extends RuleName>(
  rule: R,
  { rules }: GuardrailPolicy,
  planned: Planned,
): RuleVerdict[] {
  const { limit, unknown, source } = rules[rule];
  // Else a tighter limit could make a question of what was refused as unknown.
  const broken = unknown === 'refuse' ? 'refuse' : rules[rule].broken;
  const check = CHECKS[rule];
  const words = { rule, limit: LIMIT_KINDS[rule].words(limit), source };
  const found = check.findings(limit, planned);
  if (found.length === 0) return [{ ...words, verdict: 'pass', value: check.summary(limit, planned) }];
  return found.map(finding => ({
    ...words,
    verdict: finding.kind === 'broken' ? broken : unknown,
    ...placeOf(finding),
    value: finding.value,
  }));
}

function placeOf({ resource }: Finding): Pick<RuleVerdict, 'resource' | 'type'> {
  return resource === undefined ? {} : { resource: resource.address, type: resource.type };
}

function worst(verdicts: readonly RuleVerdict[]): Verdict {
  return SEVERITY.find(severity => verdicts.some(({ verdict }) => verdict === severity)) ?? 'pass';
}
