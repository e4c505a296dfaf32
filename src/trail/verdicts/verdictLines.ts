/**
 * Verdicts on records as lines of JSON, in the order of the records. What repeats is made once: a call's part of the line,
 * and a caller's with its verdict; so a record costs little more than to be stepped over.
 */
import { attribute } from '../attribution/attribute.ts';
import type { Evidence, Known } from '../attribution/attribution.ts';
import type { Batch, StartedSession } from '../scan/batch.ts';
import { type BatchBuilder, createBatchBuilder } from '../scan/batchBuilder.ts';
import { unpackEventId } from '../scan/eventId.ts';
import { endOfValue, jsonIn, textOf } from '../scan/jsonBytes.ts';
import { parseTrailEvent, type TrailEvent } from '../trailEvent.ts';
import { createIsoSeconds } from './isoSeconds.ts';
import { createLearnedSoFar, type LearnedSoFar } from './learnedSoFar.ts';
import { callPart, verdictPart } from './lineParts.ts';

export interface VerdictLines {
  /** Holds what is needed of the record at `from` until all is learned. @returns the byte after it. @throws DamagedJson */
  hold(bytes: Buffer, from: number, end: number): number;
  /** More are not held: what was held is forgotten, what it taught is not. */
  isFull(): boolean;
  /** The lines of what is held, lot by lot. */
  held(): Iterable<string>;
  /** Takes what the record at `from` teaches of others. @returns the byte after it. @throws DamagedJson */
  learn(bytes: Buffer, from: number, end: number): number;
  /** A line for the record at `from`. @returns the byte after it. @throws DamagedJson; then there is no line. */
  add(bytes: Buffer, from: number, end: number): number;
  /** How many lines are waiting. */
  count(): number;
  /** The lines since it was last called; the last one is without its line feed. */
  take(): string;
}

export interface VerdictLinesInput {
  readonly known: Known;
  /** Of hashes, so that files made for it cannot slow it down. */
  readonly seed: number;
  /** How many sessions, and how many copies, are remembered. */
  readonly limit?: number;
  /** How many records are held at most. */
  readonly mostHeld?: number;
}

const LIMIT = 200_000;
/** Records that are read before what they teach is taken in. */
const LOT = 1000;
/** Some thirty bytes each. */
const MOST_HELD = 1_000_000;

/** What a record does not say stays unsaid. */
const FOUND = { unit: 0, position: 0, region: '', id: '', time: Number.NaN };

/** What is learned beforehand explains every record; what a record itself teaches, it and those after it. */
export function createVerdictLines(input: VerdictLinesInput): VerdictLines {
  const { known, seed, limit = LIMIT, mostHeld = MOST_HELD } = input;
  const learned = createLearnedSoFar(limit);
  const lines = new Lines({ ...known, ...learned.lookups }, learned);
  const now = new Reading(seed);
  const holding = new Reading(seed);
  const holdingTeaches = new Teaching(learned);
  const teachers = new Reading(seed);
  const teachersTeach = new Teaching(learned);
  const mayTeach = createMayTeach();
  let held: Lot[] = [];
  let count = 0;
  const keep = (): void => {
    const lot = holding.take();
    holdingTeaches.take(lot);
    count += lot.count;
    if (count > mostHeld) held = [];
    else held.push(lot);
  };
  return {
    hold(bytes, from, end) {
      const to = holding.add(bytes, from, end);
      if (holding.count >= LOT) keep();
      return to;
    },
    isFull: () => count + holding.count > mostHeld,
    *held() {
      keep();
      for (const lot of held) yield lines.take(lot);
    },
    learn(bytes, from, end) {
      if (holding.count > 0) keep();
      const to = endOfValue(jsonIn(bytes).words, from, end);
      if (!mayTeach(bytes, from, to)) return to;
      teachers.add(bytes, from, to);
      if (teachers.count >= LOT) teachersTeach.take(teachers.take());
      return to;
    },
    add: (bytes, from, end) => now.add(bytes, from, end),
    count: () => now.count,
    take() {
      if (teachers.count > 0) teachersTeach.take(teachers.take());
      return lines.take(now.take());
    },
  };
}

/** What lines are made of. */
interface Lot extends Pick<Batch, 'count' | 'fresh' | 'time' | 'id' | 'oddIds' | 'call' | 'caller'> {
  readonly calls: Batch['names']['calls'];
  readonly callers: Batch['names']['callers'];
  readonly sessions: Batch['sessions'];
  readonly shared: Batch['shared'];
  /** What is no call of anybody's, before which of the lot's events. */
  readonly insights: readonly { readonly before: number; readonly event: TrailEvent }[];
}

class Reading {
  readonly #builder: BatchBuilder;
  #insights: Lot['insights'][number][] = [];

  constructor(seed: number) {
    this.#builder = createBatchBuilder(seed);
  }

  get count(): number {
    return this.#builder.count() + this.#insights.length;
  }

  add(bytes: Buffer, from: number, limit: number): number {
    const { end, time } = this.#builder.add(bytes, from, limit, FOUND);
    if (time === undefined) {
      const event = parseTrailEvent({ json: textOf(bytes, from, end), id: '' }, NOWHERE);
      this.#insights.push({ before: this.#builder.count(), event });
    }
    return end;
  }

  take(): Lot {
    const { count, fresh, time, id, oddIds, call, caller, names, sessions, shared } = this.#builder.take();
    const insights = this.#insights;
    this.#insights = [];
    const { calls, callers } = names;
    return { count, fresh, time, id, oddIds, call, caller, calls, callers, sessions, shared, insights };
  }
}

const NOWHERE = { accountId: undefined, region: '', at: Number.NaN };

/** Takes from a reading's lots what they teach. */
class Teaching {
  readonly #learned: LearnedSoFar;
  readonly #callers = new Callers();

  constructor(learned: LearnedSoFar) {
    this.#learned = learned;
  }

  take(lot: Lot): void {
    this.#callers.take(lot);
    for (const { minted } of lot.sessions) if (minted) this.#learned.session(minted);
    for (const { event, sharedEventId } of lot.shared) {
      const caller = this.#callers.of(lot, event);
      if (caller) this.#learned.copy(sharedEventId, caller);
    }
  }
}

/**
 * Most records need no parsing to learn: they have no copy, and are no calls of STS. The bytes are searched once, from mark
 * to mark. An escaped name would be missed; CloudTrail escapes none.
 */
function createMayTeach(): (bytes: Buffer, from: number, to: number) => boolean {
  const marks = ['"sharedEventID"', '"sts.'].map(text => ({ mark: Buffer.from(text), next: -1 }));
  let searched: Buffer | undefined;
  return (bytes, from, to) => {
    let isIn = false;
    for (const one of marks) {
      if (bytes !== searched || one.next < from) {
        const found = bytes.indexOf(one.mark, from);
        one.next = found < 0 ? bytes.length : found;
      }
      isIn ||= one.next < to;
    }
    searched = bytes;
    return isIn;
  };
}

/** The callers of one reading's lots. */
class Callers {
  #callers: Evidence[] = [];

  take(lot: Lot): void {
    if (lot.fresh) this.#callers = [];
    for (const caller of lot.callers) this.#callers.push(caller);
  }

  of({ caller }: Lot, event: number): Evidence | undefined {
    return this.#callers[(caller[event] ?? 0) - 1];
  }
}

class Lines {
  readonly #known: Known;
  readonly #learned: LearnedSoFar;
  readonly #callers = new Callers();
  /** By the reading's numbers. */
  #calls: string[] = [''];
  #verdicts: string[] = [];
  #nextInsight = 0;
  readonly #isoOf = createIsoSeconds();

  constructor(known: Known, learned: LearnedSoFar) {
    this.#known = known;
    this.#learned = learned;
  }

  take(lot: Lot): string {
    this.#takeNames(lot);
    const sessions = lot.sessions[Symbol.iterator]();
    const shared = lot.shared[Symbol.iterator]();
    let session = sessions.next().value;
    let copy = shared.next().value;
    let text = '';
    for (let event = 0; event < lot.count; event++) {
      text += this.#insightsBefore(lot, event);
      const started = session?.event === event ? session : undefined;
      if (started) session = sessions.next().value;
      if (copy?.event === event) {
        this.#learnCopy(lot, event, copy.sharedEventId);
        copy = shared.next().value;
      }
      text += `${this.#headOf(lot, event)},${this.#calls[lot.call[event] ?? 0]},${this.#verdict(lot, event, started)}\n`;
    }
    text += this.#insightsBefore(lot, lot.count);
    this.#nextInsight = 0;
    return text.slice(0, -1);
  }

  #takeNames(lot: Lot): void {
    this.#callers.take(lot);
    if (lot.fresh) {
      this.#calls = [''];
      this.#verdicts = [];
    }
    for (const call of lot.calls) this.#calls.push(callPart(call));
  }

  #verdict(lot: Lot, event: number, started: StartedSession | undefined): string {
    const number = lot.caller[event] ?? 0;
    if (started === undefined) {
      const kept = this.#verdicts[number];
      if (kept !== undefined) return kept;
    } else this.#learnSession(started);
    const caller = this.#callers.of(lot, event);
    if (caller === undefined) throw new Error(`Caller ${number} of event ${event} is missing.`);
    if (started) {
      const { asked, error } = started;
      return verdictPart(attribute({ ...caller, requestedSession: asked, error }, this.#known));
    }
    const made = verdictPart(attribute(caller, this.#known));
    this.#verdicts[number] = made;
    return made;
  }

  /** Verdicts may be others from now on. */
  #learnSession({ minted }: StartedSession): void {
    if (minted && this.#learned.session(minted)) this.#verdicts = [];
  }

  #learnCopy(lot: Lot, event: number, sharedEventId: string): void {
    const caller = this.#callers.of(lot, event);
    if (caller && this.#learned.copy(sharedEventId, caller)) this.#verdicts = [];
  }

  #insightsBefore({ insights }: Lot, event: number): string {
    let text = '';
    for (;;) {
      const next = insights[this.#nextInsight];
      if (next === undefined || next.before > event) return text;
      this.#nextInsight++;
      const { id, time } = next.event;
      const verdict = verdictPart(attribute(next.event, this.#known));
      text += `${this.#head(id, time)},${callPart(next.event)},${verdict}\n`;
    }
  }

  #headOf({ id, oddIds, time }: Lot, event: number): string {
    const odd = oddIds.size === 0 ? undefined : oddIds.get(event);
    return this.#head(
      odd ?? unpackEventId(id.subarray(event * 16, event * 16 + 16)),
      time[event] ?? Number.NaN,
    );
  }

  #head(id: string, time: number): string {
    const at = Number.isNaN(time) ? 'null' : `"${this.#isoOf(time)}"`;
    return `{"eventId":${id === '' ? 'null' : JSON.stringify(id)},"eventTime":${at}`;
  }
}
