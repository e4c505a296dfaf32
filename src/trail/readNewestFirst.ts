/**
 * Reads a period through LookupEvents, page by page, newest first, and says after each page which part of the period
 * is complete: that part need not be read again, even when the reading is cut off.
 */
import { SECOND } from '../base/clock.ts';
import { errorName } from '../base/userError.ts';
import type { LookupAnswer, LookupRequest, RawEvent } from './lookUp.ts';
import type { Period } from './period.ts';

/** What any source of events gives: events, and the part of the asked period that is complete with them. */
export interface Page {
  readonly events: readonly RawEvent[];
  readonly complete?: Period;
  /** AWS's time when the reading began: what happened shortly before may still be on its way. */
  readonly asOf: number;
}

type LookUp = (request: LookupRequest) => Promise<LookupAnswer>;

export async function* readNewestFirst(lookUp: LookUp, period: Period): AsyncGenerator<Page> {
  let position: Position = { end: period.to, oldest: period.to, ordered: true };
  for (;;) {
    const answer = await ask(lookUp, period, position);
    if (answer === 'tokenRefused') {
      position = belowWhatIsComplete(position);
      continue;
    }
    position = after(answer, position);
    yield {
      events: answer.events,
      asOf: position.asOf ?? answer.serverTime,
      ...complete(period, position),
    };
    if (position.token === undefined) return;
  }
}

/** How far the reading has come. */
interface Position {
  readonly end: number;
  readonly token?: string;
  /** The second of the oldest event so far. */
  readonly oldest: number;
  /** Whether events really came newest first; without that, nothing is complete before the last page. */
  readonly ordered: boolean;
  readonly asOf?: number;
}

async function ask(
  lookUp: LookUp,
  period: Period,
  { end, token, oldest, ordered }: Position,
): Promise<LookupAnswer | 'tokenRefused'> {
  const page = token === undefined ? {} : { nextToken: token };
  try {
    return await lookUp({ startTime: period.from, endTime: end, ...page });
  } catch (error) {
    const canGoOn = token !== undefined && ordered && oldest < end;
    if (canGoOn && TOKEN_REFUSED.has(causeName(error))) return 'tokenRefused';
    throw error;
  }
}

const TOKEN_REFUSED = new Set(['InvalidNextTokenException', 'ExpiredNextTokenException']);

function causeName(error: unknown): string {
  return error instanceof Error && error.cause !== undefined ? causeName(error.cause) : errorName(error);
}

/** A token does not live for ever. What is complete stays so; the reading goes on below it with a fresh token. */
function belowWhatIsComplete({ oldest, ordered, asOf }: Position): Position {
  return { end: oldest, oldest, ordered, ...(asOf === undefined ? {} : { asOf }) };
}

function after(answer: LookupAnswer, before: Position): Position {
  const seconds = answer.events.map(({ time }) => Math.floor((time ?? Number.NaN) / SECOND) * SECOND);
  const descending = seconds.every((second, index) => second <= (seconds[index - 1] ?? before.oldest));
  return {
    end: before.end,
    oldest: Math.min(before.oldest, ...seconds),
    ordered: before.ordered && descending,
    asOf: Math.min(before.asOf ?? answer.serverTime, answer.serverTime),
    ...(answer.nextToken === undefined ? {} : { token: answer.nextToken }),
  };
}

function complete(period: Period, { token, oldest, ordered }: Position): { complete?: Period } {
  if (token === undefined) return { complete: period };
  // The oldest second may go on on the next page.
  const from = oldest + SECOND;
  return ordered && from < period.to ? { complete: { from, to: period.to } } : {};
}
