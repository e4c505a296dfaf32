/** Reads many accounts and Regions side by side; a Region that fails is told as data, and the others go on. */
import { Cancelled, isCancelled } from '../base/cancellation.ts';
import { UserError } from '../base/userError.ts';
import { type IntakeInput, takePeriod } from './intake.ts';
import type { Period } from './period.ts';
import type { SessionOf } from './regionReader.ts';
import type { Place } from './trailStore.ts';

/** An account, and how to read its trail. */
export interface TrailSource {
  readonly accountId: string;
  readonly regions: readonly string[];
  readonly session: SessionOf;
}

export interface Progress extends Place {
  /** New events of this Region so far. */
  readonly stored: number;
  readonly backTo: number;
}

export interface ReadAsk {
  readonly sources: readonly TrailSource[];
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

export interface ReadOutcome {
  /** How many events were new. */
  readonly stored: number;
  readonly failed: readonly RegionFailure[];
}

export interface RegionFailure extends Place {
  readonly error: UserError;
}

/**
 * @param periodFor - what to read at a place; undefined when there is nothing.
 * @throws Cancelled, after every Region has stopped; what was read until then is kept.
 */
export async function readAll(
  input: IntakeInput,
  { sources, signal, onProgress }: ReadAsk,
  periodFor: (place: Place) => Period | undefined,
): Promise<ReadOutcome> {
  const read = async (source: TrailSource, region: string): Promise<ReadOutcome> => {
    const place = { accountId: source.accountId, region };
    const period = periodFor(place);
    let stored = 0;
    const onPage = (taken: { stored: number; backTo: number }): void => {
      stored += taken.stored;
      onProgress?.({ ...place, stored, backTo: taken.backTo });
    };
    try {
      if (period) await takePeriod(input, { place, session: source.session, period, signal, onPage });
      return { stored, failed: [] };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return { stored, failed: [{ ...place, error }] };
    }
  };
  return combined(
    await Promise.allSettled(sources.flatMap(source => source.regions.map(region => read(source, region)))),
  );
}

function combined(results: readonly PromiseSettledResult<ReadOutcome>[]): ReadOutcome {
  const reasons = results.filter(result => result.status === 'rejected').map(({ reason }): unknown => reason);
  // A fault of our own says more than that somebody cancelled.
  for (const reason of reasons) if (!isCancelled(reason)) throw reason;
  if (reasons.length > 0) throw new Cancelled();
  const outcomes = results.filter(result => result.status === 'fulfilled').map(({ value }) => value);
  return {
    stored: outcomes.reduce((sum, { stored }) => sum + stored, 0),
    failed: outcomes.flatMap(({ failed }) => failed),
  };
}
