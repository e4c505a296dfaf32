/** What the trail's clients of AWS have in common: where, as whom, and how long they wait. Part of the adapters. */
import { MINUTE, SECOND } from '../base/clock.ts';
import type { EndpointChoice } from '../identity/awsEndpoint.ts';
import type { Patience } from '../identity/patience.ts';
import { type SdkAccess, sdkAccess } from '../identity/sdkAccessApi.ts';
import type { Session } from '../identity/session.ts';

export interface TrailAccess {
  readonly region: string;
  readonly credentials: Session['credentials'];
  /** Only for tests and demos: AWS's own otherwise. */
  readonly endpoint?: string;
}

export interface TrailClientConfig extends SdkAccess, EndpointChoice {
  readonly region: string;
}

/** CloudTrail has been seen to take 35 s; a service that never answers must not hold a refresh for ever. */
const PATIENCE: Patience = {
  connectionTimeout: 10 * SECOND,
  requestTimeout: MINUTE,
  throwOnRequestTimeout: true,
};

export function trailClientConfig({ region, credentials, endpoint }: TrailAccess): TrailClientConfig {
  return {
    region,
    ...sdkAccess(credentials, PATIENCE),
    // Whoever may write to ~/.aws does not choose where calls go: see `awsEndpoint.ts`.
    ignoreConfiguredEndpointUrls: true,
    ...(endpoint === undefined ? {} : { endpoint }),
  };
}
