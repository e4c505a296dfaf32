/** What a failed lookup means for the next one. Pure. CloudTrail throttles with HTTP 400, so names decide, not 429. */

import { errorName } from '../base/userError.ts';
import { isNetworkFault } from '../identity/awsFailure.ts';

export type Retry = 'slowDown' | 'again' | 'no';

export function retryFor(error: unknown): Retry {
  const name = errorName(error);
  if (THROTTLED.has(name)) return 'slowDown';
  return PASSING.has(name) || isNetworkFault(error) || isPassing(metadataOf(error)) ? 'again' : 'no';
}

/** AWS general reference and the SDKs' retry behaviour, "throttling error codes". */
const THROTTLED = new Set([
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'RequestThrottled',
  'RequestThrottledException',
  'RequestLimitExceeded',
  'TooManyRequestsException',
  'SlowDown',
]);

const PASSING = new Set([
  'InternalFailure',
  'InternalError',
  'ServiceUnavailable',
  'ServiceUnavailableException',
]);

interface Metadata {
  readonly httpStatusCode?: unknown;
  /** The SDK has just learned that this computer's clock is wrong, and signs the next request by AWS's. */
  readonly clockSkewCorrected?: unknown;
}

function metadataOf(error: unknown): Metadata {
  if (!(error instanceof Error) || !('$metadata' in error)) return {};
  return typeof error.$metadata === 'object' && error.$metadata !== null ? error.$metadata : {};
}

function isPassing({ httpStatusCode, clockSkewCorrected }: Metadata): boolean {
  return clockSkewCorrected === true || (typeof httpStatusCode === 'number' && httpStatusCode >= 500);
}
