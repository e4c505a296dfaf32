/** What the tree asks of the store: groups with their counts, and the events of one, page by page, newest first. */
import * as v from 'valibot';
import type { Database, Row } from '../store/database.ts';
import { ACTOR_KINDS, actorLabel } from './attribution/attribution.ts';
import { parseStoredEvent, STORED_COLUMNS, type StoredEvent } from './storedEvent.ts';
import { conditions, type GroupBy, type GroupKey, type TrailFilter } from './trailFilter.ts';

export interface EventGroup {
  readonly key: GroupKey;
  readonly label: string;
  readonly count: number;
  readonly errors: number;
  /** The newest event's time. */
  readonly latest: number;
}

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

/** Newest first. */
export function queryGroups(db: Database, by: GroupBy, filter: TrailFilter): EventGroup[] {
  const { columns, groupBy, key } = GROUPINGS[by];
  const { sql, values } = conditions(filter);
  return db
    .all(
      `SELECT ${columns}, count(*) AS count, count(error) AS errors, max(time) AS latest
       FROM trail_event WHERE ${sql} GROUP BY ${groupBy} ORDER BY latest DESC`,
      ...values,
    )
    .map(row => {
      const group = key(row);
      return { key: group, label: labelOf(group), ...v.parse(Totals, row) };
    });
}

export function queryEvents(db: Database, { group, filter = {}, limit, after }: EventsAsk): EventPage {
  const { sql, values } = conditions(filter, group);
  const rows = db.all(
    `SELECT ${STORED_COLUMNS} FROM trail_event
     WHERE ${sql} AND (time, seq) < (?, ?) ORDER BY time DESC, seq DESC LIMIT ?`,
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

const Totals = v.object({ count: v.number(), errors: v.number(), latest: v.number() });

interface Grouping {
  readonly columns: string;
  readonly groupBy: string;
  readonly key: (row: Row) => GroupKey;
}

const DeploymentRow = v.object({ deployment_id: v.nullable(v.string()) });
const ActorRow = v.object({
  actor_kind: v.picklist(ACTOR_KINDS),
  actor_name: v.string(),
  on_behalf_of: v.string(),
});
const DayRow = v.object({ day: v.string() });

const GROUPINGS: Readonly<Record<GroupBy, Grouping>> = {
  deployment: {
    columns: 'deployment_id',
    groupBy: 'deployment_id',
    key: row => {
      const { deployment_id } = v.parse(DeploymentRow, row);
      return { by: 'deployment', ...(deployment_id === null ? {} : { deploymentId: deployment_id }) };
    },
  },
  actor: {
    columns: 'actor_kind, actor_name, on_behalf_of',
    groupBy: 'actor_kind, actor_name, on_behalf_of',
    key: row => {
      const { actor_kind, actor_name, on_behalf_of } = v.parse(ActorRow, row);
      return { by: 'actor', kind: actor_kind, name: actor_name, onBehalfOf: on_behalf_of };
    },
  },
  day: {
    columns: "date(time / 1000, 'unixepoch', 'localtime') AS day",
    groupBy: 'day',
    key: row => ({ by: 'day', day: v.parse(DayRow, row).day }),
  },
};

function labelOf(key: GroupKey): string {
  switch (key.by) {
    case 'deployment':
      return key.deploymentId ?? 'Outside deployments';
    case 'actor':
      return actorLabel(key);
    case 'day':
      return key.day;
  }
}
