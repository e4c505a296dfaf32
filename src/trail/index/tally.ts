/**
 * Counts per actor, call and place of what a filter lets through, out of the roll-ups where they can tell, so that a
 * million events cost no more than the few thousand rows they were counted in. SQL text with its values.
 */
import { HOUR } from '../../base/clock.ts';
import type { TrailFilter } from '../trailFilter.ts';
import { eachEvent } from './events/scan.ts';
import type { Searched } from './events/selection.ts';

export interface Tally {
  /** A sub-query `counted` with `actor, call, events, latest`, one row for each pair, and the two tables joined. */
  readonly from: string;
  /** A query of one row for each actor: `actor, count, errors, latest`. */
  readonly byActor: string;
  readonly values: readonly (string | number)[];
}

/** @returns undefined when the filter asks for what is not counted. */
export function tally(index: Searched, filter: TrailFilter): Tally | undefined {
  if (filter.text?.trim() || filter.deploymentId !== undefined || filter.among) return undefined;
  const counted = countedIn(index, filter);
  const conditions = conditionsOf(filter);
  const where = conditions.map(([sql]) => sql).join(' AND ') || 'TRUE';
  const rows = `(${counted.sql}) WHERE ${where}`;
  return {
    byActor: isOfActors(filter)
      ? `SELECT actor, count, latest, errors FROM (${ACTORS}) WHERE ${where}`
      : `
      SELECT actor, sum(events) AS count, max(latest) AS latest,
        sum(iif(call IN (SELECT id FROM call WHERE error <> ''), events, 0)) AS errors
      FROM ${rows} GROUP BY actor`,
    from: `(
        SELECT actor, call, sum(events) AS events, max(latest) AS latest FROM ${rows}
        GROUP BY actor, call
      ) AS counted
      JOIN actor ON actor.id = counted.actor
      JOIN call ON call.id = counted.call`,
    values: [...counted.values, ...conditions.flatMap(([, ...values]) => values)],
  };
}

/** It asks for nothing but actors, who know what they did in all. */
function isOfActors({ actor: _actor, actorKind: _kind, ...rest }: TrailFilter): boolean {
  return Object.values(rest).every(value => value === undefined || value === false || value === '');
}

const ACTORS = `
  SELECT id AS actor, all_events AS count, all_latest AS latest, all_errors AS errors FROM actor WHERE all_events > 0`;

interface Part {
  readonly sql: string;
  readonly values: readonly (string | number)[];
}

function countedIn(index: Searched, { from, to }: TrailFilter): Part {
  if (from === undefined && to === undefined)
    return { sql: 'SELECT actor, call, place, events, latest FROM total', values: [] };
  const start = from ?? Number.MIN_SAFE_INTEGER;
  const end = to ?? Number.MAX_SAFE_INTEGER;
  const firstHour = Math.ceil(start / HOUR);
  const lastHour = Math.floor(end / HOUR);
  if (firstHour >= lastHour) return single(index, start, end);
  const parts: Part[] = [
    {
      sql: 'SELECT actor, call, place, events, latest FROM rollup WHERE hour >= ? AND hour < ?',
      values: [firstHour, lastHour],
    },
    ...(firstHour * HOUR > start ? [single(index, start, firstHour * HOUR)] : []),
    ...(lastHour * HOUR < end ? [single(index, lastHour * HOUR, end)] : []),
  ];
  return {
    sql: parts.map(({ sql }) => sql).join(' UNION ALL '),
    values: parts.flatMap(({ values }) => values),
  };
}

/** Hours of which only a part is wanted are counted event by event. */
function single({ segments }: Searched, from: number, to: number): Part {
  const counts = new Map<
    string,
    [caller: number, call: number, place: number, events: number, latest: number]
  >();
  eachEvent(segments(), { from, to }, segment => {
    const times = segments().times(segment);
    const [callers, calls] = [segments().numbers(segment, 'caller'), segments().numbers(segment, 'call')];
    const places = segments().numbers(segment, 'place');
    return at => {
      const [time, caller] = [times[at] ?? 0, callers[at] ?? 0];
      const [call, place] = [calls[at] ?? 0, places[at] ?? 0];
      const key = `${caller} ${call} ${place}`;
      const known = counts.get(key) ?? [caller, call, place, 0, time];
      known[3]++;
      known[4] = Math.max(known[4], time);
      counts.set(key, known);
    };
  });
  return {
    sql: `SELECT caller.actor, value ->> 1 AS call, value ->> 2 AS place, value ->> 3 AS events, value ->> 4 AS latest
          FROM json_each(?) JOIN caller ON caller.id = value ->> 0`,
    values: [JSON.stringify([...counts.values()])],
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
