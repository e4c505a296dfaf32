/** The guardrails, wired: their files, and the price list of AWS as the agent may read it. Loaded with the first plan. */
import type { Clock } from '../base/clock.ts';
import { lazy } from '../base/memo.ts';
import type { Guard } from '../deployment/gate.ts';
import type { FeaturesInput } from '../features.ts';
import { endpointFrom } from '../identity/awsEndpoint.ts';

export function guardFeature(
  input: Pick<FeaturesInput, 'directory' | 'guardrailsFile' | 'endpointUrl' | 'log'>,
  clock: Clock,
): Guard {
  const guard = lazy(async () => {
    const { createGuard } = await import('../deployment/guardrails/guard.ts');
    const { machineFile, readGuardrailText } = await import('../deployment/guardrails/machineFile.ts');
    const { createPrices } = await import('../deployment/guardrails/prices.ts');
    const api = lazy(async () => {
      const { askPricing } = await import('../deployment/guardrails/pricingApi.ts');
      return askPricing(endpointFrom(input.endpointUrl));
    });
    return createGuard({
      machineFile: () => machineFile(input.guardrailsFile?.() ?? '', input.directory),
      readText: readGuardrailText,
      prices: createPrices({ ask: async (query, run) => (await api())(query, run), clock, log: input.log }),
    });
  });
  return async (...asked) => (await guard())(...asked);
}
