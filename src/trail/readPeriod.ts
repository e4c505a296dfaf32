/**
 * Reads a period through LookupEvents. Pages come one after the other, so where CloudTrail takes its time a single reader
 * would leave most of the allowance unused: as long as the pace is not used up, the period is split into windows that are
 * read side by side.
 */
import { errorName } from '../base/userError.ts';
import type { LookupAnswer, LookupRequest, RawEvent } from './lookUp.ts';
import type { Period } from './period.ts';
import {
  afterPage,
  afterRefusedToken,
  completePart,
  halved,
  isThrough,
  openWindow,
  pagesLeft,
  requestFor,
  type Window,
} from './window.ts';

/** What any source of events gives: events, and the part of the asked period that is complete with them. */
export interface Page {
  readonly events: readonly RawEvent[];
  readonly complete?: Period;
  /** AWS's time when the reading began: what happened shortly before may still be on its way. */
  readonly asOf: number;
}

export interface PeriodReader {
  lookUp(request: LookupRequest, signal: AbortSignal): Promise<LookupAnswer>;
  /** Resolves when the pace is not used up; without it, one page comes after the other. */
  free?(signal: AbortSignal): Promise<void>;
}

/** CloudTrail API reference, LookupEvents. */
export const LARGEST_PAGE = 50;
const MOST_WINDOWS = 16;
/** A window with less to come is not worth another request. */
const WORTH_SPLITTING = 4;

/** @throws what a look-up throws; the others are then broken off. */
export async function* readPeriod(reader: PeriodReader, period: Period): AsyncGenerator<Page> {
  const ending = new AbortController();
  const slots = new Set<Slot>();
  const begin = (window: Window): void => {
    slots.add(slotFor(reader, window, ending.signal));
  };
  let room: Promise<'room'> | undefined;
  begin(openWindow(period));
  try {
    while (slots.size > 0) {
      const next = await Promise.race([...Array.from(slots, slot => slot.step), ...(room ? [room] : [])]);
      if (next === 'room') {
        const lower = splitLargest(slots);
        if (lower) begin(lower);
        room = lower && whenRoom(reader, ending.signal);
        continue;
      }
      slots.delete(next.slot);
      const { window, page } = taken(next);
      if (window) begin(window);
      room ??= whenRoom(reader, ending.signal);
      if (page) yield page;
    }
  } finally {
    ending.abort();
  }
}

/** A window whose next page is on its way. */
interface Slot {
  window: Window;
  readonly step: Promise<Step>;
}

interface Step {
  readonly slot: Slot;
  readonly answer: LookupAnswer | 'tokenRefused';
  readonly error?: unknown;
}

function slotFor(reader: PeriodReader, window: Window, signal: AbortSignal): Slot {
  const step = ask(reader, window, signal).then(answer => ({ slot, ...answer }));
  // Whoever fails first is heard; the others have been broken off because of it.
  step.catch(() => undefined);
  const slot: Slot = { window, step };
  return slot;
}

async function ask(reader: PeriodReader, window: Window, signal: AbortSignal): Promise<Omit<Step, 'slot'>> {
  try {
    return { answer: await reader.lookUp(requestFor(window), signal) };
  } catch (error) {
    if (window.token === undefined || !TOKEN_REFUSED.has(causeName(error))) throw error;
    return { answer: 'tokenRefused', error };
  }
}

const TOKEN_REFUSED = new Set(['InvalidNextTokenException', 'ExpiredNextTokenException']);

function causeName(error: unknown): string {
  return error instanceof Error && error.cause !== undefined ? causeName(error.cause) : errorName(error);
}

/** @returns the window as it goes on, if it does, and what has come. @throws when a token is refused again and again */
function taken({ slot, answer, error }: Step): { window?: Window; page?: Page } {
  if (answer === 'tokenRefused') {
    const window = afterRefusedToken(slot.window);
    if (!window) throw error;
    return { window };
  }
  const window = afterPage(slot.window, answer);
  const complete = completePart(window);
  const page = {
    events: answer.events,
    asOf: window.asOf ?? answer.serverTime,
    ...(complete && { complete }),
  };
  return isThrough(window) ? { page } : { window, page };
}

function whenRoom({ free }: PeriodReader, signal: AbortSignal): Promise<'room'> | undefined {
  const room = free?.(signal).then(() => 'room' as const);
  room?.catch(() => undefined);
  return room;
}

/** @returns the new window, when one is worth it. */
function splitLargest(slots: ReadonlySet<Slot>): Window | undefined {
  if (slots.size >= MOST_WINDOWS) return undefined;
  const left = ({ window }: Slot): number => pagesLeft(window, LARGEST_PAGE);
  const largest = [...slots].reduce((a, b) => (left(b) > left(a) ? b : a));
  if (left(largest) < WORTH_SPLITTING) return undefined;
  const [upper, lower] = halved(largest.window);
  largest.window = upper;
  return lower;
}
