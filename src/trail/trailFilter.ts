/** Which events to list: filters and groups, and the SQL conditions they mean. Values are always bound, never written in. */
import type { ActorKind } from './attribution/attribution.ts';

export interface TrailFilter {
  /** Every word must occur, in any of the texts of an event. */
  readonly text?: string;
  readonly actorKind?: ActorKind;
  /** As CloudTrail writes it: `s3.amazonaws.com`. */
  readonly service?: string;
  readonly errorsOnly?: boolean;
  readonly deploymentId?: string;
  readonly accountId?: string;
  readonly region?: string;
  /** Milliseconds since the epoch, half-open. */
  readonly from?: number;
  readonly to?: number;
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
    }
  /** A day of the person's own calendar: `2026-03-29`. */
  | { readonly by: 'day'; readonly day: string };

export interface Conditions {
  /** For a WHERE clause. */
  readonly sql: string;
  readonly values: readonly (string | number)[];
}

type Condition = readonly [sql: string, ...values: (string | number)[]];

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
    ...when(filter.actorKind, kind => ['actor_kind = ?', kind]),
    ...when(filter.service, service => ['source = ?', service]),
    ...when(filter.errorsOnly || undefined, () => ['error IS NOT NULL']),
    ...when(filter.deploymentId, id => ['deployment_id = ?', id]),
    ...when(filter.accountId, id => ['account_id = ?', id]),
    ...when(filter.region, region => ['region = ?', region]),
    ...when(filter.from, from => ['time >= ?', from]),
    ...when(filter.to, to => ['time < ?', to]),
  ];
}

function groupConditions(group: GroupKey): Condition[] {
  switch (group.by) {
    case 'deployment':
      return [
        group.deploymentId === undefined
          ? ['deployment_id IS NULL']
          : ['deployment_id = ?', group.deploymentId],
      ];
    case 'actor':
      return [
        ['actor_kind = ?', group.kind],
        ['actor_name = ?', group.name],
        ['on_behalf_of = ?', group.onBehalfOf],
      ];
    case 'day':
      return [
        ['time >= ?', startOfDay(group.day, 0)],
        ['time < ?', startOfDay(group.day, 1)],
      ];
  }
}

/** By the local calendar, so that a day of 23 or 25 hours is whole. */
function startOfDay(day: string, daysLater: number): number {
  const [year = 1970, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date + daysLater).getTime();
}

function when<T>(value: T | undefined, condition: (value: T) => Condition): Condition[] {
  return value === undefined ? [] : [condition(value)];
}

function words(text: string | undefined): string[] {
  return (text ?? '').toLowerCase().split(/\s+/).filter(Boolean);
}

function textCondition(word: string): Condition {
  return [
    '(instr(search, ?) > 0 OR instr(lower(actor_name), ?) > 0 OR instr(lower(on_behalf_of), ?) > 0)',
    word,
    word,
    word,
  ];
}
