/**
 * Verdicts reached anew because more is known. In a window it must be some milliseconds' work: what is more is refused as
 * a whole, to be done in a thread.
 */
import type { Database } from '../../store/database.ts';
import type { Known } from '../attribution/attribution.ts';
import type { Clue } from '../attribution/learned.ts';
import type { Callers } from './callers.ts';
import type { Counts } from './counts.ts';
import type { Gathered } from './events/gathered.ts';
import type { Learning } from './learning.ts';
import { moveEvents, movesOf, weight } from './moveEvents.ts';
import type { TrailIndex } from './openIndex.ts';

export type Within = 'milliseconds' | 'no limit';

/** There is more to do than fits in some milliseconds. Nothing of it was done once its transaction is rolled back. */
export class TooMuch extends Error {
  override readonly name = 'TooMuch';
}

interface Judging {
  readonly index: Pick<TrailIndex, 'db' | 'segments'>;
  readonly db: Database;
  readonly callers: Callers;
  readonly learning: Learning;
  readonly gathered: Pick<Gathered, 'write'>;
  readonly counts: Counts;
}

/** In some milliseconds. */
const MOST = { clues: 100, callers: 50, events: 1000 };

/** Who is touched, the sessions started from theirs, and the copies of their events. @throws TooMuch */
export function reconsider(
  parts: Judging,
  clues: readonly Clue[],
  known: Known,
  within: Within = 'no limit',
): number {
  const { callers, learning } = parts;
  // One more than the most is too much, and enough to know it.
  const most = within === 'milliseconds' ? MOST.clues + 1 : undefined;
  const touchedBy = (which: readonly Clue[]): number[] => {
    if (which.length > (most ?? Number.POSITIVE_INFINITY)) throw new TooMuch();
    return callers.touchedBy(which, most);
  };
  const touched = inTime(touchedBy(clues), within);
  const named = clues.filter(clue => clue.startsWith('key:')).map(clue => clue.slice('key:'.length));
  const keys = touched.flatMap(caller => callers.evidence(caller).principal.accessKeyId ?? []);
  const descended = touchedBy(learning.descendants(new Set([...named, ...keys]), most));
  const further = inTime([...new Set([...touched, ...descended])], within);
  const all = new Set([...further, ...touchedBy(learning.copies(further, most))]);
  return all.size === 0 ? 0 : judgeAll(parts, [...all], known, within);
}

function inTime(which: readonly number[], within: Within): readonly number[] {
  if (within === 'milliseconds' && which.length > MOST.callers) throw new TooMuch();
  return which;
}

export function everyone(db: Database, within: Within = 'no limit'): number[] {
  const most = within === 'milliseconds' ? MOST.callers + 1 : -1;
  return db.all('SELECT id FROM caller LIMIT ?', most).map(row => Number(row['id']));
}

/** @returns how many have another verdict now. @throws TooMuch */
export function judgeAll(
  { index, callers, gathered, counts }: Judging,
  which: readonly number[],
  known: Known,
  within: Within,
): number {
  inTime(which, within);
  // What moves must be there, and counted.
  gathered.write();
  counts.write();
  const changes = which.flatMap(caller => {
    const verdict = callers.judge(caller, known);
    return verdict === undefined ? [] : [{ caller, ...verdict }];
  });
  const moves = movesOf(changes);
  if (within === 'milliseconds') {
    const events = moves.reduce((sum, move) => sum + weight(index, move), 0);
    if (events > MOST.events) throw new TooMuch();
  }
  for (const move of moves) moveEvents(index, move);
  return changes.length;
}
