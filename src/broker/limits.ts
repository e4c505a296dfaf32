/** How many requests are answered: enough for every honest use, too few to keep the window from its work. */
import RateLimiterMemory from 'rate-limiter-flexible/lib/RateLimiterMemory.js';

export interface Limits {
  /** @returns false when the client has asked too often. */
  mayAsk(clientId: string): Promise<boolean>;
  /** Counts a failed authentication. @returns false when there were too many. */
  mayFail(claimed: string): Promise<boolean>;
}

/** A terraform run or a test suite starts hundreds of processes at once, and each of them asks. */
const ASKS_A_SECOND = 500;
const FAILURES = 20;
const FAILURE_SECONDS = 10;

export function createLimits(): Limits {
  const asks = new RateLimiterMemory({ points: ASKS_A_SECOND, duration: 1 });
  const failures = new RateLimiterMemory({ points: FAILURES, duration: FAILURE_SECONDS });
  return {
    mayAsk: clientId => isWithin(asks.consume(clientId)),
    mayFail: claimed => isWithin(failures.consume(claimed)),
  };
}

async function isWithin(consumed: Promise<unknown>): Promise<boolean> {
  return consumed.then(
    () => true,
    () => false,
  );
}
