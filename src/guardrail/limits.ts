/**
 * The kinds of limit that a rule may have: how a file writes one, how it reads to a person, and which of two is tighter.
 * `tighter` never lets through what one of the two does not.
 */
import * as v from 'valibot';
import { amount } from './amounts.ts';

/** Names with `*` for any part. Something must be on every list; no list allows all. */
export type AllowLists = readonly (readonly string[])[];

export interface LimitKind<Limit> {
  /** Reads it from what a file says. */
  readonly schema: v.GenericSchema<unknown, Limit>;
  tighter(a: Limit, b: Limit): Limit;
  /** "at most 10". */
  words(limit: Limit): string;
}

const name = v.pipe(v.string(), v.nonEmpty('is empty'), v.maxLength(256, 'is too long'));
const names = v.pipe(v.array(name), v.maxLength(1000, 'has too many items'));

export const allowLists: LimitKind<AllowLists> = {
  schema: v.pipe(
    names,
    v.transform(list => (list.length === 0 ? [] : [list])),
  ),
  tighter: (a, b) => [...a, ...b.filter(list => !a.some(other => sameItems(list, other)))],
  words: lists => (lists.length === 0 ? 'any' : lists.map(list => `one of ${list.join(', ')}`).join(' and ')),
};

export type Ceiling = number | 'none';

export function ceiling(unit: (amount: string) => string): LimitKind<Ceiling> {
  const problem = 'is neither a number from 0 nor "none"';
  const number = v.pipe(v.number(), v.finite(problem), v.minValue(0, problem));
  const schema = v.union([number, v.literal('none')], problem);
  return {
    schema,
    tighter: (a, b) => (a === 'none' ? b : b === 'none' ? a : Math.min(a, b)),
    words: limit => (limit === 'none' ? 'no limit' : `at most ${unit(amount(limit))}`),
  };
}

/** Everything that is on the list counts: the longer list is the tighter one. */
export const requiredNames: LimitKind<readonly string[]> = {
  schema: names,
  tighter: union,
  words: list => (list.length === 0 ? 'none required' : `all of ${list.join(', ')}`),
};

const port = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535));

export const closedPorts: LimitKind<readonly number[]> = {
  schema: v.array(port),
  tighter: union,
  words: list => (list.length === 0 ? 'any' : `not port ${list.join(', ')}`),
};

export type Permitted = 'forbidden' | 'allowed';

export function permitted(what: string): LimitKind<Permitted> {
  const schema = v.picklist(['forbidden', 'allowed'], 'is neither "forbidden" nor "allowed"');
  return {
    schema,
    tighter: (a, b) => (a === 'forbidden' ? a : b),
    words: limit => (limit === 'forbidden' ? `no ${what}` : `${what} allowed`),
  };
}

function union<T>(a: readonly T[], b: readonly T[]): T[] {
  return [...new Set([...a, ...b])];
}

function sameItems(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}

/** Whether each list has a pattern for it; case does not matter, as it does not for AWS's own names. */
export function isAllowed(lists: AllowLists, ...candidates: readonly string[]): boolean {
  return lists.every(list =>
    list.some(pattern => candidates.some(candidate => matchesPattern(pattern, candidate))),
  );
}

/** `*` is any part. Linear: the pattern may come from a file that an agent wrote. */
export function matchesPattern(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.toLowerCase().split('*');
  const lower = text.toLowerCase();
  if (rest.length === 0) return lower === first;
  if (!lower.startsWith(first)) return false;
  const last = rest.pop() ?? '';
  let from = first.length;
  for (const part of rest) {
    const found = lower.indexOf(part, from);
    if (found === -1) return false;
    from = found + part.length;
  }
  return lower.length - last.length >= from && lower.endsWith(last);
}
