/** Which events to list: filters and groups, and the SQL conditions they mean. Values are always bound, never written in. */
import type { ActorKind } from './attribution/attribution.ts';
import { packEventId } from './scan/eventId.ts';

export interface TrailFilter {
  /** Every word must occur, in any of the texts of an event. */
  readonly text?: string;
  readonly actorKind?: ActorKind;
  /** The name of an actor, or of whom it acted for. */
  readonly actor?: string;
  /** The name of the call: `PutObject`. */
  readonly event?: string;
  /** As CloudTrail writes it: `s3.amazonaws.com`. */
  readonly service?: string;
  readonly errorsOnly?: boolean;
  /** The code of an error: `AccessDenied`. */
  readonly error?: string;
  readonly deploymentId?: string;
  readonly accountId?: string;
  readonly region?: string;
  /** Milliseconds since the epoch, half-open. */
  readonly from?: number;
  readonly to?: number;
  /** These events alone: those of a leak. */
  readonly among?: readonly EventName[];
}

/** What names an event: its id is unique within an account's trail. */
export interface EventName {
  readonly accountId: string;
  readonly eventId: string;
}

export type GroupBy = 'deployment' | 'actor' | 'day';

export type GroupKey =
  | {
      readonly by: 'deployment' /** Absent: events outside of any deployment. */;
      readonly deploymentId?: string;
    }
  | {
      readonly by: 'actor';
      readonly kind: ActorKind;
      readonly name: string;
      /** Empty when the actor acted for itself. */
      readonly onBehalfOf: string;
      /** The account it is of; empty for a service, and when the record does not say. */
      readonly accountId: string;
    }
  /** A day of the person's own calendar: `2026-03-29`. */
  | { readonly by: 'day'; readonly day: string };

export interface Conditions {
  /** For a WHERE clause. */
  readonly sql: string;
  readonly values: readonly Value[];
}

type Value = string | number | Uint8Array;

type Condition = readonly [sql: string, ...values: Value[]];

/** On `event`, by numbers that the filter's names have in the index's small tables. */
export function conditions(filter: TrailFilter, group?: GroupKey): Conditions {
  const all = [...filterConditions(filter), ...(group ? groupConditions(group) : [])];
  return {
    sql: all.length === 0 ? 'TRUE' : all.map(([sql]) => sql).join(' AND '),
    values: all.flatMap(([, ...values]) => values),
  };
}

function filterConditions(filter: TrailFilter): Condition[] {
  return [
    ...words(filter.text).map(textCondition),
    ...when(filter.actorKind, kind => ['event.actor IN (SELECT id FROM actor WHERE kind = ?)', kind]),
    ...when(filter.actor, name => [
      'event.actor IN (SELECT id FROM actor WHERE name = ? OR on_behalf_of = ?)',
      name,
      name,
    ]),
    ...when(filter.event, name => ['event.call IN (SELECT id FROM call WHERE name = ?)', name]),
    ...when(filter.service, service => ['event.call IN (SELECT id FROM call WHERE source = ?)', service]),
    ...when(filter.errorsOnly || undefined, () => [FAILED]),
    ...when(filter.error, code => ['event.call IN (SELECT id FROM call WHERE error = ?)', code]),
    ...when(filter.deploymentId, id => [OF_DEPLOYMENT, id]),
    ...when(filter.accountId, id => ['event.place IN (SELECT id FROM place WHERE account_id = ?)', id]),
    ...when(filter.region, region => ['event.place IN (SELECT id FROM place WHERE region = ?)', region]),
    ...when(filter.from, from => ['event.time >= ?', from]),
    ...when(filter.to, to => ['event.time < ?', to]),
  ];
}

const FAILED = "event.call IN (SELECT id FROM call WHERE error <> '')";
const OF_DEPLOYMENT = 'event.caller IN (SELECT id FROM caller WHERE deployment_id = ?)';

function groupConditions(group: GroupKey): Condition[] {
  switch (group.by) {
    case 'deployment':
      return [
        group.deploymentId === undefined
          ? ['event.caller NOT IN (SELECT id FROM caller WHERE deployment_id IS NOT NULL)']
          : [OF_DEPLOYMENT, group.deploymentId],
      ];
    case 'actor':
      return [
        [
          'event.actor = (SELECT id FROM actor WHERE kind = ? AND name = ? AND on_behalf_of = ? AND account_id = ?)',
          group.kind,
          group.name,
          group.onBehalfOf,
          group.accountId,
        ],
      ];
    case 'day':
      return [
        ['event.time >= ?', startOfDay(group.day, 0)],
        ['event.time < ?', startOfDay(group.day, 1)],
      ];
  }
}

/** By the local calendar, so that a day of 23 or 25 hours is whole. */
export function startOfDay(day: string, daysLater: number): number {
  const [year = 1970, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date + daysLater).getTime();
}

function when<T>(value: T | undefined, condition: (value: T) => Condition): Condition[] {
  return value === undefined ? [] : [condition(value)];
}

export function words(text: string | undefined): string[] {
  return (text ?? '').toLowerCase().split(/\s+/).filter(Boolean);
}

/** A word may stand in any text of an event, each of which is in a table of its own; an event's id only as a whole. */
function textCondition(word: string): Condition {
  const pattern = likePattern(word);
  return [
    `(${WORD_IN.map(([sql]) => sql).join(' OR ')} OR event.id = ?)`,
    ...WORD_IN.flatMap(([, times]) => Array<string>(times).fill(pattern)),
    packEventId(word),
  ];
}

/** For LIKE with a backslash to escape. */
export function likePattern(word: string): string {
  return `%${word.replace(/[%_\\]/g, sign => `\\${sign}`)}%`;
}

/** Each with how often it needs the pattern. */
const WORD_IN: readonly (readonly [sql: string, times: number])[] = [
  [`event.call IN (SELECT id FROM call WHERE ${like('name', 'source', 'error')})`, 3],
  [`event.place IN (SELECT id FROM place WHERE ${like('account_id', 'region')})`, 2],
  [`event.caller IN (SELECT id FROM caller WHERE ${like('search')})`, 1],
  [`event.actor IN (SELECT id FROM actor WHERE ${like('name', 'on_behalf_of')})`, 2],
  [`event.origin IN (SELECT id FROM origin WHERE ${like('address')})`, 1],
  [
    `event.seq IN (SELECT seq FROM event_resource WHERE resource IN (SELECT id FROM resource WHERE ${like('name')}))`,
    1,
  ],
];

function like(...columns: readonly string[]): string {
  return columns.map(column => `${column} LIKE ? ESCAPE '\\'`).join(' OR ');
}
