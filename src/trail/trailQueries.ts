/** The events of a group or a filter, page by page, newest first. */
import { type Searched, selective } from './index/search.ts';
import { parseStoredEvent, SELECT_STORED, type StoredEvent, selectStored } from './storedEvent.ts';
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
  const from = !few && group?.by === 'actor' ? ofActor(index, group) : EVERYBODY;
  const { by } = from;
  const rows = index.db.all(
    `${from.select}
     WHERE ${from.where} AND ${few?.sql ?? 'TRUE'} AND ${sql}
       AND (${few ? '+' : ''}${by}.time, ${by}.seq) < (?, ?) ORDER BY ${by}.time DESC, ${by}.seq DESC LIMIT ?`,
    ...from.values,
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

interface From {
  readonly select: string;
  /** The table that has them in order of time. */
  readonly by: string;
  readonly where: string;
  readonly values: readonly number[];
}

const EVERYBODY: From = { select: SELECT_STORED, by: 'event', where: 'TRUE', values: [] };
const OF_ACTOR = selectStored('actor_event AS own CROSS JOIN event ON event.seq = own.seq');

function ofActor(
  { db }: Searched,
  { kind, name, onBehalfOf, accountId }: Extract<GroupKey, { by: 'actor' }>,
): From {
  const row = db.get(
    'SELECT id FROM actor WHERE kind = ? AND name = ? AND on_behalf_of = ? AND account_id = ?',
    kind,
    name,
    onBehalfOf,
    accountId,
  );
  return { select: OF_ACTOR, by: 'own', where: 'own.actor = ?', values: [Number(row?.['id'] ?? 0)] };
}
