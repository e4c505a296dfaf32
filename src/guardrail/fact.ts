/** What is known of a planned resource, or why it is not: something unknown is never counted as fine. Pure. */
import * as v from 'valibot';

export type Fact<T> = { readonly value: T } | { readonly unknown: string };

/** The schema of a fact; the reason is a clause for a person: "its subnet is chosen while AWS executes". */
export function factOf<T>(schema: v.GenericSchema<unknown, T>): v.GenericSchema<unknown, Fact<T>> {
  return v.union([
    v.pipe(v.strictObject({ value: schema }), v.readonly()),
    v.pipe(v.strictObject({ unknown: v.string() }), v.readonly()),
  ]);
}

export const known = <T>(value: T): Fact<T> => ({ value });
export const unknown = <T>(why: string): Fact<T> => ({ unknown: why });

export function isKnown<T>(fact: Fact<T>): fact is { readonly value: T } {
  return 'value' in fact;
}

export function mapFact<T, U>(fact: Fact<T>, change: (value: T) => U): Fact<U> {
  return isKnown(fact) ? known(change(fact.value)) : fact;
}

/** The one or the other, known or not, as text for a person. */
export function factText<T>(fact: Fact<T>, show: (value: T) => string = String): string {
  return isKnown(fact) ? show(fact.value) : `unknown: ${fact.unknown}`;
}
