/** Where a question of the view is asked: in a thread when it may look at every event; else at once, from the counts. Pure. */
import type { Trail } from '../trail/trail.ts';
import { type GroupBy, type TrailFilter, words } from '../trail/trailFilter.ts';
import type { EventGroup } from '../trail/trailGroups.ts';
import type { EventPage, EventsAsk } from '../trail/trailQueries.ts';

export interface TrailQuestions {
  /** @throws Cancelled, UserError `trail.index*` */
  groups(
    by: GroupBy,
    filter: TrailFilter,
    signal: AbortSignal,
  ): readonly EventGroup[] | Promise<readonly EventGroup[]>;
  /** @throws Cancelled, UserError `trail.index*` */
  events(ask: EventsAsk, signal: AbortSignal): EventPage | Promise<EventPage>;
}

export function trailQuestions(trail: Pick<Trail, 'groups' | 'events' | 'aside'>): TrailQuestions {
  return {
    groups: (by, filter, signal) =>
      mayTakeLong(filter) || (by === 'day' && !isCountedByDay(filter))
        ? trail.aside.groups(by, filter, signal)
        : trail.groups(by, filter),
    events: (ask, signal) => (mayTakeLong(ask.filter) ? trail.aside.events(ask, signal) : trail.events(ask)),
  };
}

function mayTakeLong(filter: TrailFilter = {}): boolean {
  return words(filter.text).length > 0 || filter.among !== undefined;
}

/** Days are counted by kind of actor and by outcome only. */
function isCountedByDay({ actorKind: _kind, errorsOnly: _outcome, ...rest }: TrailFilter): boolean {
  return Object.values(rest).every(value => value === undefined || value === '');
}
