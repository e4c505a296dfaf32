/** The rows of the Audit Trail view as the tree knows them, and what a row action speaks of. Pure. */
import type { Leak } from '../trail/leaks/leakStore.ts';
import type { StoredEvent } from '../trail/storedEvent.ts';
import type { EventGroup } from '../trail/trailGroups.ts';

export type TrailNode =
  | { readonly is: 'group'; readonly group: EventGroup }
  | { readonly is: 'leaks'; readonly leaks: readonly Leak[] }
  | { readonly is: 'leak'; readonly leak: Leak }
  | { readonly is: 'event'; readonly event: StoredEvent; readonly group: EventGroup }
  /** Further events of a group, or further groups. */
  | { readonly is: 'more'; readonly group: EventGroup; readonly shown: number }
  | { readonly is: 'moreGroups'; readonly hidden: number };

/** The event that a row action speaks of. */
export function eventOf(argument: unknown): StoredEvent | undefined {
  return isNode(argument) && argument.is === 'event' ? argument.event : undefined;
}

export function leakOf(argument: unknown): Leak | undefined {
  return isNode(argument) && argument.is === 'leak' ? argument.leak : undefined;
}

/** Of a group's own row, and of the rows below it. */
export function groupOf(argument: unknown): EventGroup | undefined {
  return isNode(argument) && 'group' in argument ? argument.group : undefined;
}

/** What a row that shows more shows more of. */
export function moreOf(argument: unknown): Extract<TrailNode, { is: 'more' | 'moreGroups' }> | undefined {
  return isNode(argument) && (argument.is === 'more' || argument.is === 'moreGroups') ? argument : undefined;
}

/** The tree gives its own rows to its actions; everything else that reaches them has another form. */
function isNode(value: unknown): value is TrailNode {
  return typeof value === 'object' && value !== null && 'is' in value;
}
