/** Failures a test asks for: the next calls that match are throttled, dropped, left hanging or answered with 500. */
import type { AwsCall } from './http/awsCall.ts';
import { AwsFault } from './http/awsFault.ts';

export interface Failure {
  readonly service: string;
  readonly operation?: string;
  /** How many calls fail; all of them when absent. */
  readonly times?: number;
  readonly kind: 'throttle' | 'drop' | 'hang' | '500';
}

export interface Failures {
  add(failure: Failure): void;
  clear(): void;
  /** The failure this call is to suffer, which counts as one of its times. */
  take(call: AwsCall): Failure['kind'] | undefined;
}

export function createFailures(): Failures {
  let pending: { readonly failure: Failure; left: number }[] = [];
  return {
    add: failure => void pending.push({ failure, left: failure.times ?? Number.POSITIVE_INFINITY }),
    clear: () => {
      pending = [];
    },
    take: call => {
      const hit = pending.find(({ failure, left }) => left > 0 && matches(failure, call));
      if (hit !== undefined) hit.left -= 1;
      return hit?.failure.kind;
    },
  };
}

const matches = (failure: Failure, call: AwsCall): boolean =>
  failure.service === call.service &&
  (failure.operation === undefined || failure.operation === call.operation);

/** Each protocol has its own word for "slow down". */
export function throttled(call: AwsCall): AwsFault {
  if (call.protocol === 'rest-xml') return new AwsFault('SlowDown', 'Please reduce your request rate.', 503);
  if (call.protocol === 'rest-json') return new AwsFault('TooManyRequestsException', 'Rate exceeded', 429);
  return new AwsFault(call.protocol === 'query' ? 'Throttling' : 'ThrottlingException', 'Rate exceeded', 400);
}

export const internalFailure = (): AwsFault =>
  new AwsFault(
    'InternalFailure',
    'The request processing has failed because of an unknown error, exception or failure.',
    500,
  );
