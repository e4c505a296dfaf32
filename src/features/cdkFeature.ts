/** Synthesis of CDK apps, wired. */
import type { Features, FeaturesInput } from '../features.ts';
import { endpointFrom } from '../identity/awsEndpoint.ts';

export function cdkFeature(
  input: FeaturesInput,
  { openPrivateBroker }: Pick<Features, 'openPrivateBroker'>,
): Pick<Features, 'synthesizeCdk'> {
  const endpoint = endpointFrom(input.endpointUrl);
  return {
    synthesizeCdk: async (ask, signal) => {
      const { synthesize } = await import('../deployment/cdk/synthesize.ts');
      const tools = {
        directory: input.directory,
        env: process.env,
        platform: process.platform,
        endpointUrl: endpoint().endpoint,
        openBroker: openPrivateBroker,
      };
      return synthesize(tools, ask, signal);
    },
  };
}
