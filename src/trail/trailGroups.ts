/** Events in groups, with their counts: out of the roll-ups, and event by event only where these cannot tell. */
import * as v from 'valibot';
import { formatAccount } from '../base/arn.ts';
import { HOUR } from '../base/clock.ts';
import type { Database, Row } from '../store/database.ts';
import { ACTOR_KINDS, actorLabel } from './attribution/attribution.ts';
import { type Searched, selective } from './index/search.ts';
import { tally } from './index/tally.ts';
import { conditions, type GroupBy, type GroupKey, startOfDay, type TrailFilter } from './trailFilter.ts';

export interface EventGroup {
  readonly key: GroupKey;
  readonly label: string;
  readonly count: number;
  readonly errors: number;
  /** The newest event's time. */
  readonly latest: number;
}

/** Newest first. */
export function queryGroups(index: Searched, by: GroupBy, filter: TrailFilter): EventGroup[] {
  const counted = COUNT[by](index.db, filter) ?? countEvents(index, by, filter);
  const groups = counted
    .toSorted((a, b) => b.latest - a.latest || rank(a.key) - rank(b.key))
    .map(({ key, count, errors, latest }) => ({ key, label: labelOf(key), count, errors, latest }));
  return toldApart(groups);
}

/** Where two actors have one name, their accounts stand with it. */
function toldApart(groups: readonly EventGroup[]): EventGroup[] {
  const times = new Map<string, number>();
  for (const { label } of groups) times.set(label, (times.get(label) ?? 0) + 1);
  return groups.map(group =>
    group.key.by === 'actor' && group.key.accountId !== '' && (times.get(group.label) ?? 0) > 1
      ? { ...group, label: `${group.label} (${formatAccount(group.key.accountId)})` }
      : group,
  );
}

type Counted = Omit<EventGroup, 'label'>;

/** Each gives undefined when roll-ups cannot tell. */
const COUNT: Readonly<Record<GroupBy, (db: Database, filter: TrailFilter) => Counted[] | undefined>> = {
  actor: countActors,
  deployment: countDeployments,
  day: countDays,
};

const SUMS = `sum(events) AS count, sum(iif(call.error <> '', events, 0)) AS errors, max(latest) AS latest`;

function countActors(db: Database, filter: TrailFilter): Counted[] | undefined {
  const counted = tally(filter);
  return (
    counted &&
    db
      .all(
        `SELECT actor.kind, actor.name, on_behalf_of, actor.account_id, ${SUMS} FROM ${counted.from} GROUP BY counted.actor`,
        ...counted.values,
      )
      .map(row => ({ key: actorKey(row), ...v.parse(Totals, row) }))
  );
}

/** What is outside of deployments is the rest of all: most events are, and need not be looked at. */
function countDeployments(db: Database, filter: TrailFilter): Counted[] | undefined {
  const counted = tally(filter);
  if (!counted) return undefined;
  const sums = `SELECT coalesce(sum(events), 0) AS count, coalesce(sum(iif(call.error <> '', events, 0)), 0) AS errors
    FROM ${counted.from}`;
  const all = v.parse(Sums, db.get(sums, ...counted.values));
  const inside = insideDeployments(db, filter);
  const count = all.count - inside.reduce((sum, group) => sum + group.count, 0);
  const errors = all.errors - inside.reduce((sum, group) => sum + group.errors, 0);
  if (count <= 0) return inside;
  const key = { by: 'deployment' } as const;
  const { sql, values } = conditions(filter, key);
  const latest = db.get(`SELECT time FROM event WHERE ${sql} ORDER BY time DESC LIMIT 1`, ...values)?.[
    'time'
  ];
  return [...inside, { key, count, errors, latest: Number(latest ?? 0) }];
}

/** A caller's events are among those of its actor, between its first and its last. */
function insideDeployments(db: Database, filter: TrailFilter): Counted[] {
  const { sql, values } = conditions(filter);
  return db
    .all(
      `SELECT deployment_id, count(*) AS count, count(nullif(call.error, '')) AS errors, max(event.time) AS latest
       FROM caller CROSS JOIN actor_event AS own ON own.actor = caller.actor
         AND own.time BETWEEN first_time AND last_time AND own.caller = caller.id
       CROSS JOIN event ON event.seq = own.seq
       JOIN call ON call.id = event.call
       WHERE deployment_id IS NOT NULL AND ${sql} GROUP BY deployment_id`,
      ...values,
    )
    .map(row => ({ key: deploymentKey(row), ...v.parse(Totals, row) }));
}

function countDays(db: Database, filter: TrailFilter): Counted[] | undefined {
  const { actorKind, errorsOnly, ...rest } = filter;
  if (Object.values(rest).some(value => value !== undefined && value !== '')) return undefined;
  const hours = v.parse(
    Hours,
    db.all(
      `SELECT hour, sum(${errorsOnly ? 'errors' : 'events'}) AS count, sum(errors) AS errors FROM activity
       WHERE ${actorKind === undefined ? '?1 IS NULL' : 'kind = ?1'} GROUP BY hour HAVING count > 0 ORDER BY hour`,
      actorKind ?? null,
    ),
  );
  const days = new Map<string, { count: number; errors: number }>();
  for (const { hour, count, errors } of hours) {
    const day = dayOf(hour * HOUR);
    // An hour that belongs to two days: the calendar there does not begin its days on the hour.
    if (dayOf(hour * HOUR + HOUR - 1) !== day) return undefined;
    const sums = days.get(day) ?? { count: 0, errors: 0 };
    days.set(day, { count: sums.count + count, errors: sums.errors + errors });
  }
  return [...days].map(([day, sums]) => {
    const key = { by: 'day', day } as const;
    return { key, ...sums, latest: latestOf(db, filter, day) };
  });
}

function latestOf(db: Database, filter: TrailFilter, day: string): number {
  const { sql, values } = conditions(filter, { by: 'day', day });
  const row = db.get(`SELECT time FROM event WHERE ${sql} ORDER BY time DESC LIMIT 1`, ...values);
  return Number(row?.['time'] ?? startOfDay(day, 0));
}

function dayOf(time: number): string {
  const date = new Date(time);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${String(date.getFullYear()).padStart(4, '0')}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

function countEvents(index: Searched, by: GroupBy, filter: TrailFilter): Counted[] {
  const { columns, groupBy, key } = GROUPINGS[by];
  const { sql, values } = conditions(filter);
  const few = selective(index, filter);
  return index.db
    .all(
      `SELECT ${columns}, count(*) AS count, count(nullif(error, '')) AS errors, max(time) AS latest
       FROM event JOIN caller ON caller.id = event.caller JOIN actor ON actor.id = event.actor
       JOIN call ON call.id = event.call
       WHERE ${few?.sql ?? 'TRUE'} AND ${sql} GROUP BY ${groupBy}`,
      ...(few?.values ?? []),
      ...values,
    )
    .map(row => ({ key: key(row), ...v.parse(Totals, row) }));
}

const Totals = v.object({ count: v.number(), errors: v.number(), latest: v.number() });
const Sums = v.object({ count: v.number(), errors: v.number() });
const Hours = v.array(v.object({ hour: v.number(), count: v.number(), errors: v.number() }));

interface Grouping {
  readonly columns: string;
  readonly groupBy: string;
  readonly key: (row: Row) => GroupKey;
}

const GROUPINGS: Readonly<Record<GroupBy, Grouping>> = {
  deployment: { columns: 'deployment_id', groupBy: 'deployment_id', key: deploymentKey },
  actor: {
    columns: 'actor.kind, actor.name, on_behalf_of, actor.account_id',
    groupBy: 'event.actor',
    key: actorKey,
  },
  day: {
    columns: "date(time / 1000, 'unixepoch', 'localtime') AS day",
    groupBy: 'day',
    key: row => ({ by: 'day', day: v.parse(DayRow, row).day }),
  },
};

const DeploymentRow = v.object({ deployment_id: v.nullable(v.string()) });
const ActorRow = v.object({
  kind: v.picklist(ACTOR_KINDS),
  name: v.string(),
  on_behalf_of: v.string(),
  account_id: v.string(),
});
const DayRow = v.object({ day: v.string() });

function deploymentKey(row: Row): GroupKey {
  const { deployment_id } = v.parse(DeploymentRow, row);
  return { by: 'deployment', ...(deployment_id === null ? {} : { deploymentId: deployment_id }) };
}

function actorKey(row: Row): GroupKey {
  const { kind, name, on_behalf_of, account_id } = v.parse(ActorRow, row);
  return { by: 'actor', kind, name, onBehalfOf: on_behalf_of, accountId: account_id };
}

/** Of groups that are equally new. */
function rank(key: GroupKey): number {
  return key.by === 'deployment' && key.deploymentId === undefined ? 0 : 1;
}

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
