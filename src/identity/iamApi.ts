/** AWS IAM: the alias of an account. An adapter: it translates shapes and lets AWS's errors through. */
import { IAMClient, ListAccountAliasesCommand } from '@aws-sdk/client-iam';
import * as v from 'valibot';
import type { AwsEndpoint } from './awsEndpoint.ts';
import { sdkAccess } from './sdkAccessApi.ts';
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
      ...sdkAccess(credentials),
      // A convenience that nobody waits for twice.
      maxAttempts: 1,
      ...endpoint(),
    });
    try {
      const command = new ListAccountAliasesCommand({});
      const answer = await client.send(command, signal ? { abortSignal: signal } : {});
      return v.parse(Answer, answer).AccountAliases[0];
    } finally {
      client.destroy();
    }
  };
}

/** It stands in confirmations and tooltips, so only what IAM allows is taken: IAM API reference, CreateAccountAlias. */
const Alias = v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/));
const Answer = v.object({ AccountAliases: v.optional(v.array(Alias), []) });
