/** Profiles of the shared AWS configuration (`~/.aws`), through AWS's own resolver: SSO, roles, credential_process. */
import { fromIni } from '@aws-sdk/credential-providers';
import * as v from 'valibot';
import { Secret } from '../base/secret.ts';
import type { AwsEndpoint } from './awsEndpoint.ts';
import type { Credentials } from './session.ts';

export type LoadSharedConfig = (profile: string) => Promise<Credentials>;

/** Resolves exactly the named profile. It does not go on to the environment, the default profile or the instance. */
export function createLoadSharedConfig(endpoint: AwsEndpoint): LoadSharedConfig {
  return async profile =>
    v.parse(Answer, await fromIni({ profile, ignoreCache: true, clientConfig: endpoint() })());
}

const Answer = v.pipe(
  v.object({
    accessKeyId: v.string(),
    secretAccessKey: v.string(),
    sessionToken: v.optional(v.string()),
    expiration: v.optional(v.date()),
  }),
  v.transform(
    (answer): Credentials => ({
      accessKeyId: answer.accessKeyId,
      secretAccessKey: new Secret(answer.secretAccessKey),
      ...(answer.sessionToken === undefined ? {} : { sessionToken: new Secret(answer.sessionToken) }),
      ...(answer.expiration === undefined ? {} : { expiresAt: answer.expiration.getTime() }),
    }),
  ),
);
