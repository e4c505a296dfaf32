// What the extension under test meets: a keyring and an AWS of its own, and how tests learn of them.
import { startLocalAws, type World } from '../../local-aws/index.ts';
import { withKeyring } from '../../setup/keyring.ts';

/** Runs `work` with the environment variables to give to the extension host. */
export function withSurroundings<T>(work: (env: Record<string, string>) => Promise<T>): Promise<T> {
  // Only Linux has a keyring that is not the developer's own, and the set-up brings moto only there.
  if (process.platform !== 'linux') return work({});
  return withKeyring(async keyring => {
    const aws = await startLocalAws({ stackStepMs: 5 });
    try {
      return await work({ ...keyring.env, ...awsEnv(aws.endpoint, aws.world) });
    } finally {
      await aws.close();
    }
  });
}

function awsEnv(endpoint: string, world: World): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: world.region,
    NO_WING_TEST_ENDPOINT: endpoint,
    NO_WING_TEST_WORLD: JSON.stringify(world),
  };
}
