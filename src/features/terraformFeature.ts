/** Terraform and OpenTofu, wired. */
import type { Clock } from '../base/clock.ts';
import { lazy } from '../base/memo.ts';
import { createTokenFile } from '../broker/tokenFiles.ts';
import { deferredEngine } from '../deployment/deferredEngine.ts';
import type { Engine } from '../deployment/engine.ts';
import { DEFAULT_SETTINGS } from '../deployment/terraform/settings.ts';
import type { Workshop } from '../deployment/terraform/workshop.ts';
import type { Features, FeaturesInput } from '../features.ts';
import { endpointFrom } from '../identity/awsEndpoint.ts';

export function terraformFeature(
  input: FeaturesInput,
  { openPrivateBroker }: Pick<Features, 'openPrivateBroker'>,
  clock: Clock,
  pollMs: number,
): Engine {
  const endpoint = endpointFrom(input.endpointUrl);
  const openBroker: Workshop['openBroker'] = ({ profile, session, folder }) =>
    openPrivateBroker({ profile, session, files: createTokenFile(folder) });
  const engine = lazy(async () => {
    const { createTerraformEngine } = await import('../deployment/terraform/terraformEngine.ts');
    const { runTool } = await import('../deployment/terraform/runTool.ts');
    return createTerraformEngine({
      directory: input.directory,
      settings: input.terraform ?? (() => DEFAULT_SETTINGS),
      openBroker,
      endpoint: () => endpoint().endpoint,
      env: process.env,
      platform: process.platform,
      runTool,
      pace: { clock, pollMs },
      log: input.log,
    });
  });
  return deferredEngine(engine);
}
