/** Clients of AWS that act with the session of a deployment, which is refreshed while they are in use. */
import type { AwsEndpoint, EndpointChoice } from '../identity/awsEndpoint.ts';
import type { Patience } from '../identity/patience.ts';
import { type SdkAccess, sdkAccess } from '../identity/sdkAccessApi.ts';
import type { CurrentSession } from './cloudformation/cloudFormation.ts';

export interface SessionClientOptions {
  readonly region: string;
  /** Asked for at every call. */
  readonly session: CurrentSession;
  readonly endpoint: AwsEndpoint;
  /** Appears as `app/<id>` in CloudTrail's user agent; 50 characters at most. */
  readonly appId?: string;
}

export interface ClientConfig extends SdkAccess, EndpointChoice {
  readonly region: string;
  readonly maxAttempts: number;
  readonly userAgentAppId?: string;
}

/** One client for each access key: a refreshed session gets a new one, and the old one is let go. */
export function clientOfSession<Client>(
  { region, session, endpoint, appId }: SessionClientOptions,
  patience: Patience,
  create: (config: ClientConfig) => Client,
): (signal?: AbortSignal) => Promise<Client> {
  let current: { readonly accessKeyId: string; readonly client: Client } | undefined;
  return async signal => {
    const { credentials } = await session(signal);
    if (current?.accessKeyId === credentials.accessKeyId) return current.client;
    const client = create({
      region,
      ...sdkAccess(credentials, patience),
      maxAttempts: 3,
      ...(appId === undefined ? {} : { userAgentAppId: appId }),
      ...endpoint(),
    });
    current = { accessKeyId: credentials.accessKeyId, client };
    return client;
  };
}
