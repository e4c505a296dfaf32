/** Names a policy by what it says, so that a plan can hold fast by which rules it was judged. */
import { createHash } from 'node:crypto';
import type { GuardrailPolicy } from './guardrailPolicy.ts';
import { RULES } from './guardrailResult.ts';

export function policyHash({ environment, approval, rules }: GuardrailPolicy): string {
  const content = RULES.map(rule => {
    const { limit, broken, unknown, source } = rules[rule];
    return [rule, limit, broken, unknown, source];
  });
  return createHash('sha256')
    .update(JSON.stringify([environment, approval, content]))
    .digest('hex');
}
