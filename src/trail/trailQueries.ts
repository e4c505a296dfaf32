/** The events of a group or a filter, page by page, newest first. */
import { type Searched, selective } from './index/search.ts';
import { parseStoredEvent, SELECT_STORED, type StoredEvent } from './storedEvent.ts';
import { conditions, type GroupKey, type TrailFilter } from './trailFilter.ts';

/** Where the next page begins: after this event. */
export interface Cursor {
  readonly time: number;
  readonly seq: number;
}

export interface EventPage {
  readonly events: readonly StoredEvent[];
  readonly next?: Cursor;
}

export interface EventsAsk {
  readonly group?: GroupKey;
  readonly filter?: TrailFilter;
  readonly limit: number;
  readonly after?: Cursor;
}

export function queryEvents(index: Searched, { group, filter = {}, limit, after }: EventsAsk): EventPage {
  const { sql, values } = conditions(filter, group);
  const few = selective(index, filter, group);
  const rows = index.db.all(
    `${SELECT_STORED}
     WHERE ${few?.sql ?? 'TRUE'} AND ${sql}
       AND (${few ? '+' : ''}event.time, event.seq) < (?, ?) ORDER BY event.time DESC, event.seq DESC LIMIT ?`,
    ...(few?.values ?? []),
    ...values,
    after?.time ?? Number.MAX_SAFE_INTEGER,
    after?.seq ?? Number.MAX_SAFE_INTEGER,
    limit,
  );
  const events = rows.map(parseStoredEvent);
  const last = events.at(-1);
  return {
    events,
    ...(last && events.length === limit ? { next: { time: last.time, seq: last.seq } } : {}),
  };
}
