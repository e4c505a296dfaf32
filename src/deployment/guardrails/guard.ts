/**
 * Guardrails of deployments: judges what an engine has drafted, by the files as they are at that moment. It is asked when
 * a plan is made and again right before it is ordered, and never fails: what it cannot know or read is a verdict.
 */

import { defaultPolicy } from '../../guardrail/guardrailPolicy.ts';
import { FILE_VERDICT, type GuardrailResult, type RuleVerdict } from '../../guardrail/guardrailResult.ts';
import { judge, refusedFor } from '../../guardrail/judge.ts';
import type { Guard } from '../gate.ts';
import { costOf } from './cost.ts';
import { type PolicyFound, type PolicySourcesOptions, policyFor } from './policySources.ts';
import type { Prices } from './prices.ts';

export interface GuardOptions extends PolicySourcesOptions {
  readonly prices: Prices;
}

export function createGuard(options: GuardOptions): Guard {
  return async ({ environment, region, folder }, resources, session, signal) => {
    const found = await policyFor(options, environment, folder);
    const cost = await costOf(resources, region, options.prices.for({ session, signal }));
    const judged = (policy: Parameters<typeof judge>[0]): GuardrailResult =>
      judge(policy, region, resources, cost);
    return found.kind === 'policy'
      ? judged(found.policy)
      : refused(judged(defaultPolicy(environment)), found);
  };
}

/** What the defaults say is shown beside it, so that one look tells all there is to correct. */
function refused(
  result: GuardrailResult,
  { path, problem }: Extract<PolicyFound, { kind: 'wrongFile' }>,
): GuardrailResult {
  const why: RuleVerdict = {
    rule: FILE_VERDICT,
    verdict: 'refuse',
    value: `line ${problem.line}, column ${problem.column}: ${problem.problem}`,
    limit: 'a guardrail file that can be read',
    source: path,
  };
  return refusedFor({ ...result, approval: 'typedName' }, why);
}
