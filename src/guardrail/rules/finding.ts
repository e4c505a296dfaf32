/** What a rule finds: a breach, or something that it cannot know. Pure. */
import { type Fact, isKnown } from '../fact.ts';
import type { GuardedResource } from '../guardedResource.ts';
import type { Cost } from '../guardrailResult.ts';

export interface Finding {
  readonly kind: 'broken' | 'unknown';
  /** Absent when it is about the whole plan. */
  readonly resource?: GuardedResource;
  readonly value: string;
}

/** What a rule looks at. */
export interface Planned {
  readonly region: string;
  readonly resources: readonly GuardedResource[];
  readonly cost: Cost;
}

export interface Check<L> {
  findings(limit: L, planned: Planned): Finding[];
  /** What there was when nothing was found: "3 machines". */
  summary(limit: L, planned: Planned): string;
}

export function broken(value: string, resource?: GuardedResource): Finding {
  return { kind: 'broken', value, ...(resource === undefined ? {} : { resource }) };
}

export function notKnown(why: string, resource?: GuardedResource): Finding {
  return { kind: 'unknown', value: `unknown: ${why}`, ...(resource === undefined ? {} : { resource }) };
}

/** What the plan makes or changes, and leaves standing. */
export function isMade({ action }: GuardedResource): boolean {
  return action !== 'remove' && action !== 'unchanged';
}

export function isStanding({ action }: GuardedResource): boolean {
  return action !== 'remove';
}

export function isTouched({ action }: GuardedResource): boolean {
  return action !== 'unchanged';
}

/** One finding for what a resource hides, or what the fact says. */
export function examine<T>(
  resource: GuardedResource,
  fact: Fact<T> | undefined,
  judge: (value: T) => readonly Finding[],
): Finding[] {
  const { unreadable } = resource.facts;
  if (unreadable !== undefined) return [notKnown(unreadable, resource)];
  if (fact === undefined) return [];
  return isKnown(fact) ? [...judge(fact.value)] : [notKnown(fact.unknown, resource)];
}
