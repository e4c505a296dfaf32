/** What kind of failure AWS's answer is, and its sentence for a person. Pure. */
import { isCancelled } from '../../base/cancellation.ts';
import { errorMessage, errorName, UserError } from '../../base/userError.ts';

/** `throttled` and `unreachable` pass by themselves, `expired` passes with a new session. */
export type Fault = 'throttled' | 'unreachable' | 'expired' | 'denied' | 'other';

const NAMES: readonly (readonly [Fault, RegExp])[] = [
  ['throttled', /^(?:Throttl|RequestLimitExceeded|TooManyRequests|Rate exceeded|SlowDown|BandwidthLimit)/],
  ['expired', /^(?:ExpiredToken|RequestExpired|TokenRefreshRequired)/],
  ['denied', /^(?:AccessDenied|UnauthorizedOperation|NotAuthorized|UnrecognizedClient|InvalidClientTokenId)/],
  [
    'unreachable',
    /^(?:E(?:CONN|AI_AGAIN|TIMEDOUT|NOTFOUND|PIPE|HOST|NET)|TimeoutError|NetworkingError|ServiceUnavailable|InternalFailure|InternalError|socket hang up)/,
  ],
];

export function faultOf(error: unknown): Fault {
  const names = [errorName(error), codeOf(error)];
  const known = NAMES.find(([, pattern]) => names.some(name => pattern.test(name)));
  if (known) return known[0];
  const status = httpStatus(error);
  if (status === 429) return 'throttled';
  return status !== undefined && status >= 500 ? 'unreachable' : 'other';
}

export function isPassing(error: unknown): boolean {
  return ['throttled', 'unreachable', 'expired'].includes(faultOf(error));
}

const REFUSED_BY_DENIAL = /is not authorized to perform:? (\S+)/;

/** @param doing what No Wing was about to do: "plan the change of stack web". */
export function explain(error: unknown, doing: string, who: string): Error {
  if (error instanceof UserError || (error instanceof Error && isCancelled(error))) return error;
  if (error instanceof Error && !cameFromAws(error)) return error;
  const text = errorMessage(error);
  const action = REFUSED_BY_DENIAL.exec(text)?.[1]?.replace(/,$/, '');
  switch (faultOf(error)) {
    case 'denied':
      return new UserError('deployment.denied', `AWS did not let ${who} ${doing}: ${text}`, {
        hint: action
          ? `Allow ${action} in the agent's role, then try again.`
          : "Check the agent's role and its permissions.",
        cause: error,
      });
    case 'expired':
      return new UserError(
        'deployment.sessionExpired',
        `The session of ${who} has ended; No Wing could not ${doing}.`,
        {
          hint: 'Sign in again, then try again.',
          cause: error,
        },
      );
    case 'throttled':
    case 'unreachable':
      return new UserError(
        'deployment.awsUnreachable',
        `AWS did not answer when ${who} wanted to ${doing}: ${text}`,
        {
          hint: 'Check the network, then try again.',
          cause: error,
        },
      );
    case 'other':
      return new UserError('deployment.refused', `AWS refused to let ${who} ${doing}: ${text}`, {
        hint: 'Correct what AWS names, then plan again.',
        cause: error,
      });
  }
}

/** Our own mistakes are not AWS's: they go on as they are. */
function cameFromAws(error: Error): boolean {
  return '$metadata' in error || faultOf(error) !== 'other';
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

function httpStatus(error: unknown): number | undefined {
  if (!(error instanceof Error && '$metadata' in error)) return undefined;
  const metadata = error.$metadata;
  const status =
    typeof metadata === 'object' && metadata && 'httpStatusCode' in metadata && metadata.httpStatusCode;
  return typeof status === 'number' ? status : undefined;
}
