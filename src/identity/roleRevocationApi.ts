/** AWS IAM: inline policies of a role. An adapter: it translates shapes and lets AWS's errors through. */
import { DeleteRolePolicyCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import type { AwsEndpoint } from './awsEndpoint.ts';
import type { RolePolicies, RolePolicy } from './roleRevocation.ts';
import { sdkAccess } from './sdkAccessApi.ts';
import type { Session } from './session.ts';

export function createRolePolicies(endpoint: AwsEndpoint): RolePolicies {
  const asked = async <T>(
    { credentials, profile }: Session,
    ask: (client: IAMClient) => Promise<T>,
  ): Promise<T> => {
    const region = profile.region;
    const client = new IAMClient({ region, ...sdkAccess(credentials), maxAttempts: 3, ...endpoint() });
    try {
      return await ask(client);
    } finally {
      client.destroy();
    }
  };
  return {
    put: (session, { document, ...policy }) =>
      asked(session, async client => {
        await client.send(new PutRolePolicyCommand({ ...named(policy), PolicyDocument: document }));
        // From the date of AWS's answer.
        return client.config.systemClockOffset;
      }),
    remove: (session, policy) =>
      asked(session, async client => {
        await client.send(new DeleteRolePolicyCommand(named(policy)));
      }),
  };
}

function named({ roleName, policyName }: RolePolicy): { RoleName: string; PolicyName: string } {
  return { RoleName: roleName, PolicyName: policyName };
}
