/** The events of a group or a filter, page by page, newest first. */
import { type Cursor, newest } from './index/events/scan.ts';
import { type Searched, selectionOf } from './index/events/selection.ts';
import { type StoredEvent, storedEvents } from './storedEvent.ts';
import type { GroupKey, TrailFilter } from './trailFilter.ts';

export type { Cursor };

export interface EventPage {
  readonly events: readonly StoredEvent[];
  readonly next?: Cursor;
}

export interface EventsAsk {
  readonly group?: GroupKey;
  readonly filter?: TrailFilter;
  readonly limit: number;
  /** Where the page begins: after this event. */
  readonly after?: Cursor;
}

export function queryEvents(index: Searched, { group, filter = {}, limit, after }: EventsAsk): EventPage {
  const positions = newest(index.segments(), selectionOf(index, filter, group), limit, after);
  const events = storedEvents(index, positions);
  const last = events.at(-1);
  return {
    events,
    ...(last && events.length === limit ? { next: { time: last.time, seq: last.seq } } : {}),
  };
}
