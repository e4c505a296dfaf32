/**
 * AWS's price list, remembered for as long as the window is open. In memory alone: a price that lay in a file could be
 * lowered by the very agent whose plan it is for.
 */
import { isCancelled } from '../../base/cancellation.ts';
import { type Clock, HOUR } from '../../base/clock.ts';
import { describeError, type Log } from '../../base/log.ts';
import { type Fact, known, unknown } from '../../guardrail/fact.ts';
import type { Session } from '../../identity/session.ts';
import type { PriceOf } from './cost.ts';
import type { PriceQuery } from './priceQueries.ts';

/** The highest price on demand that matches; undefined when nothing does. @throws what AWS refused. */
export type AskPrice = (query: PriceQuery, run: PriceRun) => Promise<number | undefined>;

/** Who asks. */
export interface PriceRun {
  readonly session: Session;
  readonly signal: AbortSignal;
}

export interface Prices {
  /** For one look at a plan: once AWS has refused, it is not asked again. */
  for(run: PriceRun): PriceOf;
}

export interface PricesOptions {
  readonly ask: AskPrice;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Pick<Log, 'warn'>;
}

const KEPT_MS = 24 * HOUR;
/** A template with more kinds of machines than anybody uses does not keep AWS and the person waiting. */
const MOST_QUERIES = 60;

export function createPrices({ ask, clock, log }: PricesOptions): Prices {
  const kept = new Map<string, { readonly usd: Fact<number>; readonly at: number }>();
  const asking = async (query: PriceQuery, run: PriceRun): Promise<Fact<number>> => {
    const usd = factOf(await ask(query, run));
    kept.set(JSON.stringify(query), { usd, at: clock.now() });
    return usd;
  };
  return {
    for(run) {
      let stopped: Fact<number> | undefined;
      let left = MOST_QUERIES;
      return async query => {
        const before = kept.get(JSON.stringify(query));
        if (before !== undefined && clock.now() - before.at < KEPT_MS) return before.usd;
        if (left === 0) stopped = unknown('the plan needs more prices than are looked up at once');
        if (stopped !== undefined) return stopped;
        left -= 1;
        return asking(query, run).catch((error: unknown) => {
          if (isCancelled(error)) throw error;
          log.warn(`A price could not be looked up: ${describeError(error)}`);
          stopped = unknown(REFUSED);
          return stopped;
        });
      };
    },
  };
}

const REFUSED = 'AWS does not tell the agent prices (pricing:GetProducts)';

function factOf(usd: number | undefined): Fact<number> {
  return usd === undefined ? unknown("AWS's price list has no such product") : known(usd);
}
