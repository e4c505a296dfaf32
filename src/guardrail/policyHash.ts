/** Names a policy by what it says, so that a plan can hold fast by which rules it was judged. */
import { createHash } from 'node:crypto';
import type { GuardrailPolicy } from './guardrailPolicy.ts';
import { type GuardrailResult, RULES } from './guardrailResult.ts';

export function policyHash({ environment, approval, rules }: GuardrailPolicy): string {
  const content = RULES.map(rule => {
    const { limit, broken, unknown, source } = rules[rule];
    return [rule, limit, broken, unknown, source];
  });
  return createHash('sha256')
    .update(JSON.stringify([environment, approval, content]))
    .digest('hex');
}

/**
 * What an approval of the one would not cover in the other, in words for a person; undefined when nothing is different.
 * A price that moved by a cent is the same verdict.
 */
export function resultChange(approved: GuardrailResult, now: GuardrailResult): string | undefined {
  if (approved.policyHash !== now.policyHash) return 'the guardrails were changed';
  if (approved.verdict === now.verdict && verdictKeys(approved) === verdictKeys(now)) return undefined;
  return 'the guardrails judge it otherwise now';
}

function verdictKeys({ verdicts }: GuardrailResult): string {
  const keys = verdicts.map(({ rule, verdict, resource = '' }) => JSON.stringify([rule, verdict, resource]));
  return keys.sort().join('\n');
}
