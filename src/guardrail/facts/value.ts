/**
 * A resource's properties as an engine could resolve them: plain JSON in which whatever is known only later is `Unresolved`.
 * Every reading keeps that difference: what is absent is `undefined`, what cannot be told is a fact without a value.
 */
import { type Fact, isKnown, known, unknown } from '../fact.ts';

export class Unresolved {
  /** A clause for a person: "the value of Subnet is chosen while AWS executes". */
  readonly why: string;

  constructor(why: string) {
    this.why = why;
  }
}

export type Value = string | number | boolean | null | Unresolved | readonly Value[] | Properties;
export interface Properties {
  readonly [name: string]: Value;
}

/** Deeper than any documented property; a hostile file goes on until the stack ends. */
const DEPTH = 40;

/** What JSON or YAML gave. */
export function valueFrom(read: unknown, depth = DEPTH): Value {
  if (depth === 0) return new Unresolved('it is nested too deeply');
  if (typeof read === 'string' || typeof read === 'number' || typeof read === 'boolean') return read;
  if (read === null || read === undefined) return null;
  if (Array.isArray(read)) return read.map(item => valueFrom(item, depth - 1));
  if (typeof read !== 'object') return new Unresolved('it is not a value of JSON');
  return Object.fromEntries(Object.entries(read).map(([name, item]) => [name, valueFrom(item, depth - 1)]));
}

export function isProperties(value: Value | undefined): value is Properties {
  return typeof value === 'object' && value !== null && !isList(value) && !(value instanceof Unresolved);
}

export function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

/** What stands under a name; undefined also for what is not a map. Names of the prototype are names like others. */
export function at(value: Value | undefined, ...path: readonly string[]): Value | undefined {
  let found = value;
  for (const name of path) {
    if (found instanceof Unresolved) return found;
    found = isProperties(found) && Object.hasOwn(found, name) ? found[name] : undefined;
  }
  return found === null ? undefined : found;
}

/** @param absent what it is when nothing is said. */
export function textOf(value: Value | undefined, absent: Fact<string>): Fact<string> {
  if (value === undefined || value === null) return absent;
  if (value instanceof Unresolved) return unknown(value.why);
  if (typeof value === 'object') return unknown('it is not a text');
  return known(String(value));
}

export function numberOf(value: Value | undefined, absent: Fact<number>): Fact<number> {
  if (value === undefined || value === null) return absent;
  if (value instanceof Unresolved) return unknown(value.why);
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number)
    ? known(number)
    : unknown('it is not a number');
}

export function booleanOf(value: Value | undefined, absent: Fact<boolean>): Fact<boolean> {
  if (value === undefined || value === null) return absent;
  if (value instanceof Unresolved) return unknown(value.why);
  if (value === true || value === 'true') return known(true);
  if (value === false || value === 'false') return known(false);
  return unknown('it is neither true nor false');
}

/** A single item counts as a list of one, as in policies. */
export function itemsOf(value: Value | undefined): Fact<readonly Value[]> {
  if (value === undefined || value === null) return known([]);
  if (value instanceof Unresolved) return unknown(value.why);
  return known(isList(value) ? value : [value]);
}

export function textsOf(value: Value | undefined): Fact<readonly Fact<string>[]> {
  const items = itemsOf(value);
  if (!isKnown(items)) return items;
  return known(items.value.map(item => textOf(item, unknown('it is empty'))));
}
