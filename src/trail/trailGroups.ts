/** Events in groups, with their counts: out of the roll-ups, and event by event only where these cannot tell. */
import * as v from 'valibot';
import { formatAccount } from '../base/arn.ts';
import { HOUR } from '../base/clock.ts';
import type { Row } from '../store/database.ts';
import { ACTOR_KINDS, actorLabel } from './attribution/attribution.ts';
import { eachEvent, newest, type Selection } from './index/events/scan.ts';
import { failedCalls, inDeployments, type Searched, selectionOf } from './index/events/selection.ts';
import { tally } from './index/tally.ts';
import type { GroupBy, GroupKey, TrailFilter } from './trailFilter.ts';

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
  const counted = COUNT[by](index, filter) ?? countEvents(index, by, selectionOf(index, filter));
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
const COUNT: Readonly<Record<GroupBy, (index: Searched, filter: TrailFilter) => Counted[] | undefined>> = {
  actor: countActors,
  deployment: countDeployments,
  day: countDays,
};

function countActors(index: Searched, filter: TrailFilter): Counted[] | undefined {
  const counted = tally(index, filter);
  return (
    counted &&
    index.db
      .all(
        `SELECT kind, name, on_behalf_of, account_id, count, errors, latest
         FROM (${counted.byActor}) AS counted CROSS JOIN actor ON actor.id = counted.actor`,
        ...counted.values,
      )
      .map(row => ({ key: actorKey(row), ...v.parse(Totals, row) }))
  );
}

/** What is outside of deployments is the rest of all: most events are, and need not be looked at. */
function countDeployments(index: Searched, filter: TrailFilter): Counted[] | undefined {
  const counted = tally(index, filter);
  if (!counted) return undefined;
  const sums = `SELECT coalesce(sum(events), 0) AS count, coalesce(sum(iif(call.error <> '', events, 0)), 0) AS errors
    FROM ${counted.from}`;
  const all = v.parse(Sums, index.db.get(sums, ...counted.values));
  const inside = insideDeployments(index, filter);
  const count = all.count - inside.reduce((sum, group) => sum + group.count, 0);
  const errors = all.errors - inside.reduce((sum, group) => sum + group.errors, 0);
  if (count <= 0) return inside;
  const key = { by: 'deployment' } as const;
  const [last] = newest(index.segments(), selectionOf(index, filter, key), 1);
  const latest = last ? (index.segments().times(last.segment)[last.at] ?? 0) : 0;
  return [...inside, { key, count, errors, latest }];
}

function insideDeployments(index: Searched, filter: TrailFilter): Counted[] {
  return countEvents(index, 'deployment', inDeployments(index, filter));
}

function countDays({ db }: Searched, filter: TrailFilter): Counted[] | undefined {
  const { actorKind, errorsOnly, ...rest } = filter;
  if (Object.values(rest).some(value => value !== undefined && value !== '')) return undefined;
  const hours = v.parse(
    Hours,
    db.all(
      `SELECT hour, sum(${errorsOnly ? 'errors' : 'events'}) AS count, sum(errors) AS errors,
         max(${errorsOnly ? 'latest_error' : 'latest'}) AS latest FROM activity
       WHERE ${actorKind === undefined ? '?1 IS NULL' : 'kind = ?1'} GROUP BY hour HAVING count > 0 ORDER BY hour`,
      actorKind ?? null,
    ),
  );
  // An hour that belongs to two days: the calendar there does not begin its days on the hour.
  if (hours.some(({ hour }) => dayOf(hour * HOUR) !== dayOf(hour * HOUR + HOUR - 1))) return undefined;
  return byDay(hours.map(({ hour, ...sums }) => ({ time: hour * HOUR, ...sums })));
}

/** What is counted of one time, of which a day has several. */
interface Counting {
  readonly time: number;
  readonly count: number;
  readonly errors: number;
  readonly latest: number;
}

/** Days have their names here, not from SQLite, which has none for some years. */
function byDay(parts: Iterable<Counting>): Counted[] {
  const days = new Map<string, Counted>();
  const names = new Map<number, string>();
  for (const { time, count, errors, latest } of parts) {
    const day = names.get(time) ?? dayOf(time);
    names.set(time, day);
    const sums = days.get(day);
    days.set(day, {
      key: { by: 'day', day },
      count: count + (sums?.count ?? 0),
      errors: errors + (sums?.errors ?? 0),
      latest: Math.max(latest, sums?.latest ?? latest),
    });
  }
  return [...days.values()];
}

function dayOf(time: number): string {
  const date = new Date(time);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${String(date.getFullYear()).padStart(4, '0')}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** Events of one caller, of a quarter of an hour where that matters: every calendar has its days begin with one. */
type Lot = [caller: number, failed: 0 | 1, quarter: number, events: number, latest: number];

const QUARTER = HOUR / 4;

function countEvents(index: Searched, by: GroupBy, selection: Selection): Counted[] {
  if (by === 'day') return byDay(lotsOf(index, selection, QUARTER).map(ofQuarter));
  const { columns, groupBy, key } = GROUPINGS[by];
  return index.db
    .all(
      `SELECT ${columns}, sum(lot.value ->> 3) AS count, sum(iif(lot.value ->> 1, lot.value ->> 3, 0)) AS errors,
         max(lot.value ->> 4) AS latest
       FROM json_each(?) AS lot CROSS JOIN caller ON caller.id = lot.value ->> 0
       CROSS JOIN actor ON actor.id = caller.actor GROUP BY ${groupBy}`,
      JSON.stringify(lotsOf(index, selection, undefined)),
    )
    .map(row => ({ key: key(row), ...v.parse(Totals, row) }));
}

function ofQuarter([, failed, quarter, count, latest]: Lot): Counting {
  return { time: quarter * QUARTER, count, errors: failed * count, latest };
}

function lotsOf({ db, segments }: Searched, selection: Selection, step: number | undefined): Lot[] {
  const failed = failedCalls(db);
  const lots = new Map<number, Lot>();
  eachEvent(segments(), selection, segment => {
    const times = segments().times(segment);
    const [callers, calls] = [segments().numbers(segment, 'caller'), segments().numbers(segment, 'call')];
    return at => {
      const [time, caller] = [times[at] ?? 0, callers[at] ?? 0];
      const isFailed = failed.has(calls[at] ?? 0) ? 1 : 0;
      const quarter = step === undefined ? 0 : Math.floor(time / step);
      // Days do not ask who it was.
      const key = step === undefined ? caller * 2 + isFailed : quarter * 2 + isFailed;
      const lot = lots.get(key) ?? [caller, isFailed, quarter, 0, time];
      lot[3]++;
      lot[4] = Math.max(lot[4], time);
      lots.set(key, lot);
    };
  });
  return [...lots.values()];
}

const Totals = v.object({ count: v.number(), errors: v.number(), latest: v.number() });
const Sums = v.object({ count: v.number(), errors: v.number() });
const Hours = v.array(
  v.object({ hour: v.number(), count: v.number(), errors: v.number(), latest: v.number() }),
);

interface Grouping {
  readonly columns: string;
  readonly groupBy: string;
  readonly key: (row: Row) => GroupKey;
}

const GROUPINGS: Readonly<Record<Exclude<GroupBy, 'day'>, Grouping>> = {
  deployment: { columns: 'deployment_id', groupBy: 'deployment_id', key: deploymentKey },
  actor: {
    columns: 'actor.kind, actor.name, on_behalf_of, actor.account_id',
    groupBy: 'actor.id',
    key: actorKey,
  },
};

const DeploymentRow = v.object({ deployment_id: v.nullable(v.string()) });
const ActorRow = v.object({
  kind: v.picklist(ACTOR_KINDS),
  name: v.string(),
  on_behalf_of: v.string(),
  account_id: v.string(),
});

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
