/** Takes events in: reads a period or looks a session up, and keeps it in the store, which reaches the verdicts. */
import { throwIfCancelled } from '../base/cancellation.ts';
import { type Clock, MINUTE, SECOND } from '../base/clock.ts';
import type { Known } from './attribution/attribution.ts';
import { SETTLING_TIME } from './emptyReason.ts';
import { isBusy } from './index/sqliteErrors.ts';
import type { Limiter } from './limiter.ts';
import type { LookupRequest, RawEvent } from './lookUp.ts';
import { gaps, type Period, toWholeSeconds } from './period.ts';
import { LARGEST_PAGE, type Page, type PeriodReader, readPeriod } from './readPeriod.ts';
import type { ReadRegion, SessionOf } from './regionReader.ts';
import { parseTrailEvent } from './trailEvent.ts';
import type { Place, TrailStore } from './trailStore.ts';

export interface IntakeInput {
  readonly store: Pick<TrailStore, 'keep' | 'coverage'>;
  readonly read: ReadRegion;
  /** The pace of an account and Region: as long as it is not used up, more is asked for side by side. */
  readonly pace: (accountId: string, region: string) => Pick<Limiter, 'free'>;
  readonly clock: Clock;
  readonly known: () => Known;
}

export interface Taken {
  /** How many events were new. */
  readonly stored: number;
  /** The second down to which the reading has come. */
  readonly backTo: number;
}

export interface IntakeAsk {
  readonly place: Place;
  readonly session: SessionOf;
  readonly period: Period;
  readonly signal: AbortSignal;
  readonly onPage: (taken: Taken) => void;
}

/** Reads what is not covered of the period, newest first. What a cut reading has completed is not read again. */
export async function takePeriod(input: IntakeInput, ask: IntakeAsk): Promise<void> {
  for (const gap of gaps(toWholeSeconds(ask.period), input.store.coverage(ask.place)))
    for await (const page of readPeriod(reader(input, ask, {}), gap)) {
      await takePage(input, ask, page);
      throwIfCancelled(ask.signal);
    }
}

/** Looks one attribute up in the period. It does not cover the period: other events of that time stay unread. */
export async function takeMatching(
  input: IntakeInput,
  ask: IntakeAsk,
  attribute: NonNullable<LookupRequest['attribute']>,
): Promise<void> {
  for await (const { events, asOf } of readPeriod(reader(input, ask, { attribute }), ask.period)) {
    await takePage(input, ask, { events, asOf });
    throwIfCancelled(ask.signal);
  }
}

function reader(
  { read, pace }: IntakeInput,
  { place, session, signal }: IntakeAsk,
  fixed: LookupRequest,
): PeriodReader {
  return {
    lookUp: (request, ending) => {
      const asked = { ...fixed, ...request, maxResults: LARGEST_PAGE };
      return read(place, session, asked, AbortSignal.any([signal, ending]));
    },
    free: ending => pace(place.accountId, place.region).free(AbortSignal.any([signal, ending])),
  };
}

async function takePage(input: IntakeInput, { place, onPage, signal }: IntakeAsk, page: Page): Promise<void> {
  const found = { ...place, at: input.clock.now() };
  const events = page.events.map(raw => parseTrailEvent(raw, found));
  const period = settled(page);
  const keep = () => input.store.keep(events, input.known(), period && { ...place, period });
  const stored = await whenFree(input.clock, keep, signal);
  onPage({ stored, backTo: oldestTime(page.events, found.at) });
}

const PAUSE = 100;
const PATIENCE = MINUTE;

/** Another window's import holds the index for some tenths of a second at a time: not to be waited for standing still. */
export async function whenFree<T>(clock: Clock, work: () => T, signal: AbortSignal): Promise<T> {
  const until = clock.now() + PATIENCE;
  for (;;) {
    try {
      return work();
    } catch (error) {
      if (!isBusy(error) || clock.now() >= until) throw error;
      await clock.sleep(PAUSE, signal);
    }
  }
}

/** What happened shortly before the reading may come later: that time counts as unread and is read again. */
function settled({ complete, asOf }: Page): Period | undefined {
  if (!complete) return undefined;
  const to = Math.min(complete.to, Math.floor((asOf - SETTLING_TIME) / SECOND) * SECOND);
  return to > complete.from ? { from: complete.from, to } : undefined;
}

function oldestTime(events: readonly RawEvent[], now: number): number {
  return Math.min(now, ...events.map(({ time }) => time ?? now));
}
