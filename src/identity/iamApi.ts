/** AWS IAM: the alias of an account. An adapter: it translates shapes and lets AWS's errors through. */
import { IAMClient, ListAccountAliasesCommand } from '@aws-sdk/client-iam';
import type { AwsEndpoint } from './awsEndpoint.ts';
import { sdkCredentials } from './sdkCredentials.ts';
import type { Credentials } from './session.ts';

/** @returns undefined when the account has no alias. */
export type AccountAlias = (
  credentials: Credentials,
  region: string,
  signal?: AbortSignal,
) => Promise<string | undefined>;

export function createAccountAlias(endpoint: AwsEndpoint): AccountAlias {
  return async (credentials, region, signal) => {
    const client = new IAMClient({
      region,
      credentials: sdkCredentials(credentials),
      maxAttempts: 2,
      ...endpoint(),
    });
    const answer = await client.send(
      new ListAccountAliasesCommand({}),
      signal ? { abortSignal: signal } : {},
    );
    return answer.AccountAliases?.[0];
  };
}
