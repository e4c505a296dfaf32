/**
 * Brings the index's events before the leaks: each once when it has come, and again when its verdict has become another
 * one. In lots so small that a window goes on drawing. How far it came is kept: cut off in between, a lot is taken again,
 * which adds nothing.
 */
import * as v from 'valibot';
import { Cancelled } from '../../base/cancellation.ts';
import type { Database } from '../../store/database.ts';
import { undisturbed } from '../index/openIndex.ts';
import { type Indexed, type LeakCursor, nextEvents, reviewNext } from './indexedEvents.ts';
import type { Leak } from './leakStore.ts';
import type { Leaks } from './leaks.ts';

export interface LeakIntake {
  /**
   * Takes what has come since the last time. Several calls at once are one after the other.
   * @returns the leaks that are new, or open again. @throws Cancelled, what SQLite does
   */
  catchUp(signal: AbortSignal): Promise<Leak[]>;
}

export interface LeakIntakeInput {
  /** Where the leaks are, and how far the intake came. */
  readonly db: Database;
  readonly index: Indexed;
  readonly leaks: Pick<Leaks, 'take' | 'review'>;
  /** Lets everything else run. */
  readonly pause: () => Promise<void>;
  /** In milliseconds. */
  readonly now: () => number;
}

/** How long it works before it lets others. In milliseconds: a picture is drawn every sixteen. */
const LOT = 6;

export function createLeakIntake(input: LeakIntakeInput): LeakIntake {
  let last: Promise<unknown> = Promise.resolve();
  return {
    catchUp(signal) {
      const work = last.then(() => takeAll(input, signal));
      last = work.catch(() => undefined);
      return work;
    },
  };
}

async function takeAll(input: LeakIntakeInput, signal: AbortSignal): Promise<Leak[]> {
  const told = new Map<string, Leak>();
  for (let isMore = true; isMore; ) {
    if (signal.aborted) throw new Cancelled();
    isMore = takeLot(input, leak => told.set(leak.key, leak));
    if (isMore) await input.pause();
  }
  return [...told.values()];
}

/** @returns whether there is more. */
function takeLot(input: LeakIntakeInput, tell: (leak: Leak) => void): boolean {
  const until = input.now() + LOT;
  const start = cursor(input);
  let at = start;
  try {
    for (;;) {
      const next = step(input, at, tell);
      if (next === undefined) return false;
      at = next;
      if (input.now() >= until) return true;
    }
  } finally {
    if (at !== start) keepCursor(input.db, at);
  }
}

/** Verdicts that are others now before what is new. @returns where it came to; undefined at the end. */
function step(
  { index, leaks, db }: LeakIntakeInput,
  at: LeakCursor,
  tell: (leak: Leak) => void,
): LeakCursor | undefined {
  const hasLeaks = db.get('SELECT 1 FROM leak_event LIMIT 1') !== undefined;
  const changed = undisturbed(() => index.db.snapshot(() => reviewNext(index, at, hasLeaks)));
  if (changed) {
    if (changed.events.length > 0) leaks.review(changed.events).forEach(tell);
    return changed.cursor;
  }
  const fresh = undisturbed(() => index.db.snapshot(() => nextEvents(index, at)));
  if (fresh === undefined) return undefined;
  if (fresh.events.length > 0) leaks.take(fresh.events).forEach(tell);
  return fresh.cursor;
}

/** What is of another form is taken for absent: then a caller's events are looked at once more. */
const Reviewing = v.fallback(
  v.optional(v.object({ caller: v.number(), judged: v.number(), seq: v.number() })),
  undefined,
);

const Cursor = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    index: v.string(),
    seq: v.number(),
    judged: v.optional(v.number(), 0),
    reviewing: Reviewing,
  }),
);

/** Of this index: one that was built anew begins to count anew, and has another salt. */
function cursor({ db, index }: LeakIntakeInput): LeakCursor {
  const salt = String(index.db.get(`SELECT value FROM state WHERE key = 'salt'`)?.['value']);
  const kept = v.safeParse(Cursor, db.get(`SELECT body FROM leak_state WHERE key = ?`, KEY)?.['body']);
  return kept.success && kept.output.index === salt ? kept.output : { index: salt, seq: 0, judged: 0 };
}

function keepCursor(db: Database, next: LeakCursor): void {
  db.run('INSERT OR REPLACE INTO leak_state VALUES (?, ?)', KEY, JSON.stringify(next));
}

const KEY = 'trail cursor';
