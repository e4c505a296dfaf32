// What the tests of guardrails build plans of, and how they say what a rule makes of one.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { known } from '../../../src/guardrail/fact.ts';
import type { Facts, GuardedResource } from '../../../src/guardrail/guardedResource.ts';
import {
  defaultPolicy,
  type GuardrailPolicy,
  type Limits,
  type Rule,
} from '../../../src/guardrail/guardrailPolicy.ts';
import type {
  Cost,
  GuardrailResult,
  RuleName,
  RuleVerdict,
  Verdict,
} from '../../../src/guardrail/guardrailResult.ts';
import { judge } from '../../../src/guardrail/judge.ts';

export const NO_COST: Cost = { knownUsd: 0, lines: [] };

export function resource(facts: Facts, changes: Partial<GuardedResource> = {}): GuardedResource {
  return { address: 'It', type: 'AWS::EC2::Instance', action: 'add', replacement: 'no', facts, ...changes };
}

export function machines(count: number, type = 't3.micro'): Facts {
  return { machines: known([{ count: known(count), type: known(type) }]) };
}

/** The shipped policy with one rule changed. */
export function policyWith<R extends RuleName>(
  rule: R,
  limit: Limits[R],
  changes: Partial<Rule<Limits[R]>> = {},
): GuardrailPolicy {
  const policy = defaultPolicy('dev');
  return { ...policy, rules: { ...policy.rules, [rule]: { ...policy.rules[rule], limit, ...changes } } };
}

export function judged(
  resources: readonly GuardedResource[],
  policy: GuardrailPolicy = defaultPolicy('dev'),
  { region = 'eu-west-1', cost = NO_COST }: { region?: string; cost?: Cost } = {},
): GuardrailResult {
  return judge(policy, region, resources, cost);
}

export function verdictsOf(result: GuardrailResult, rule: RuleVerdict['rule']): RuleVerdict[] {
  return result.verdicts.filter(verdict => verdict.rule === rule);
}

export interface RuleCase {
  readonly what: string;
  readonly facts?: Facts;
  readonly changes?: Partial<GuardedResource>;
  /** In place of the one resource with these facts. */
  readonly resources?: readonly GuardedResource[];
  readonly policy?: GuardrailPolicy;
  readonly cost?: Cost;
  readonly expected: Verdict;
  readonly value?: RegExp;
}

export function itJudges(rule: RuleName, cases: readonly RuleCase[]): void {
  describe(`${rule} judges`, () => {
    for (const { what, facts = {}, changes, resources, policy, expected, value, ...where } of cases) {
      it(`${what}: ${expected}`, () => {
        const result = judged(resources ?? [resource(facts, changes)], policy, where);
        const [verdict] = verdictsOf(result, rule);
        assert.equal(verdict?.verdict, expected, JSON.stringify(verdict));
        if (value) assert.match(verdict.value, value);
      });
    }
  });
}
