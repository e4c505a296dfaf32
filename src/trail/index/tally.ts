/**
 * Counts per actor, call and place of what a filter lets through, out of the roll-ups where they can tell, so that a
 * million events cost no more than the few thousand rows they were counted in. SQL text with its values.
 */
import { HOUR } from '../../base/clock.ts';
import type { TrailFilter } from '../trailFilter.ts';

export interface Tally {
  /** A sub-query `counted` with `actor, call, events, latest`, one row for each pair, and the two tables joined. */
  readonly from: string;
  readonly values: readonly (string | number)[];
}

/** @returns undefined when the filter asks for what is not counted. */
export function tally(filter: TrailFilter): Tally | undefined {
  if (filter.text?.trim() || filter.deploymentId !== undefined || filter.among) return undefined;
  const counted = countedIn(filter);
  const conditions = conditionsOf(filter);
  const where = conditions.map(([sql]) => sql).join(' AND ') || 'TRUE';
  return {
    from: `(
        SELECT actor, call, sum(events) AS events, max(latest) AS latest FROM (${counted.sql}) WHERE ${where}
        GROUP BY actor, call
      ) AS counted
      JOIN actor ON actor.id = counted.actor
      JOIN call ON call.id = counted.call`,
    values: [...counted.values, ...conditions.flatMap(([, ...values]) => values)],
  };
}

interface Part {
  readonly sql: string;
  readonly values: readonly number[];
}

function countedIn({ from, to }: TrailFilter): Part {
  if (from === undefined && to === undefined)
    return { sql: 'SELECT actor, call, place, events, latest FROM total', values: [] };
  const start = from ?? Number.MIN_SAFE_INTEGER;
  const end = to ?? Number.MAX_SAFE_INTEGER;
  const firstHour = Math.ceil(start / HOUR);
  const lastHour = Math.floor(end / HOUR);
  if (firstHour >= lastHour) return single(start, end);
  const parts: Part[] = [
    {
      sql: 'SELECT actor, call, place, events, latest FROM rollup WHERE hour >= ? AND hour < ?',
      values: [firstHour, lastHour],
    },
    ...(firstHour * HOUR > start ? [single(start, firstHour * HOUR)] : []),
    ...(lastHour * HOUR < end ? [single(lastHour * HOUR, end)] : []),
  ];
  return {
    sql: parts.map(({ sql }) => sql).join(' UNION ALL '),
    values: parts.flatMap(({ values }) => values),
  };
}

/** Hours of which only a part is wanted are counted event by event. */
function single(from: number, to: number): Part {
  return {
    sql: 'SELECT actor, call, place, 1 AS events, time AS latest FROM event WHERE time >= ? AND time < ?',
    values: [from, to],
  };
}

type Condition = readonly [sql: string, ...values: string[]];

function conditionsOf(filter: TrailFilter): Condition[] {
  const { actorKind, actor, event, service, errorsOnly, error, accountId, region } = filter;
  return [
    ...(actor === undefined
      ? []
      : [['actor IN (SELECT id FROM actor WHERE name = ? OR on_behalf_of = ?)', actor, actor] as const]),
    ...(event === undefined ? [] : [['call IN (SELECT id FROM call WHERE name = ?)', event] as const]),
    ...(actorKind === undefined
      ? []
      : [['actor IN (SELECT id FROM actor WHERE kind = ?)', actorKind] as const]),
    ...(service === undefined ? [] : [['call IN (SELECT id FROM call WHERE source = ?)', service] as const]),
    ...(error === undefined ? [] : [['call IN (SELECT id FROM call WHERE error = ?)', error] as const]),
    ...(errorsOnly ? [["call IN (SELECT id FROM call WHERE error <> '')"] as const] : []),
    ...(accountId === undefined
      ? []
      : [['place IN (SELECT id FROM place WHERE account_id = ?)', accountId] as const]),
    ...(region === undefined ? [] : [['place IN (SELECT id FROM place WHERE region = ?)', region] as const]),
  ];
}
