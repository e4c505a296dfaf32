/**
 * What a filter means in numbers: names are looked up once in the index's small tables, and then millions of events are
 * compared by number. SQL here is of those tables alone; values are always bound, never written in.
 */
import * as v from 'valibot';
import type { Database } from '../../../store/database.ts';
import { packEventId } from '../../scan/eventId.ts';
import { type GroupKey, likePattern, startOfDay, type TrailFilter, words } from '../../trailFilter.ts';
import { createEventKeys } from '../eventKeys.ts';
import type { TrailIndex } from '../openIndex.ts';
import type { AnyOf, Numbers, Selection } from './scan.ts';
import type { Segments } from './segments.ts';

export type Searched = Pick<TrailIndex, 'db' | 'hash' | 'segments'>;

export function selectionOf(index: Searched, filter: TrailFilter, group?: GroupKey): Selection {
  return select(index, filter, groupConditions(group), group);
}

/** Of these events those of any deployment. */
export function inDeployments(index: Searched, filter: TrailFilter): Selection {
  return select(index, filter, [['deployment_id IS NOT NULL']]);
}

function select(
  index: Searched,
  filter: TrailFilter,
  ofGroup: readonly Condition[],
  group?: GroupKey,
): Selection {
  const { db } = index;
  const any = words(filter.text).map(word => anyOf(index, word));
  const callers = callersOf(db, [...callerConditions(filter), ...ofGroup]);
  const day = group?.by === 'day' ? group.day : undefined;
  return {
    from: Math.max(filter.from ?? LONG_AGO, callers.from, day === undefined ? LONG_AGO : startOfDay(day, 0)),
    to: Math.min(filter.to ?? FAR_AHEAD, callers.to, day === undefined ? FAR_AHEAD : startOfDay(day, 1)),
    ...(callers.numbers && { callers: callers.numbers }),
    ...numbersOf(db, 'calls', 'call', callConditions(filter)),
    ...numbersOf(db, 'places', 'place', placeConditions(filter)),
    any,
    ...(filter.among && { seqs: seqsOf(index, filter.among) }),
  };
}

export const LONG_AGO = Number.MIN_SAFE_INTEGER;
export const FAR_AHEAD = Number.MAX_SAFE_INTEGER;

/** All events of these callers. */
export function ofCallers(db: Database, ids: readonly number[]): Selection {
  const { numbers, ...time } = callersOf(db, [
    ['caller.id IN (SELECT value FROM json_each(?))', JSON.stringify(ids)],
  ]);
  return { ...time, ...(numbers && { callers: numbers }) };
}

/** The numbers of calls that failed. */
export function failedCalls(db: Database): ReadonlySet<number> {
  const row = db.get("SELECT json_group_array(id) AS ids FROM call WHERE error <> ''");
  return new Set(v.parse(NumberList, v.parse(Ids, row).ids));
}

type Condition = readonly [sql: string, ...values: string[]];

function callerConditions(filter: TrailFilter): Condition[] {
  return [
    ...when(filter.actorKind, kind => ['actor.kind = ?', kind]),
    ...when(filter.actor, name => ['(actor.name = ? OR on_behalf_of = ?)', name, name]),
    ...when(filter.deploymentId, id => ['deployment_id = ?', id]),
  ];
}

function groupConditions(group: GroupKey | undefined): Condition[] {
  switch (group?.by) {
    case 'deployment':
      return [
        group.deploymentId === undefined
          ? ['deployment_id IS NULL']
          : ['deployment_id = ?', group.deploymentId],
      ];
    case 'actor':
      return [
        [
          'actor.kind = ? AND actor.name = ? AND on_behalf_of = ? AND actor.account_id = ?',
          group.kind,
          group.name,
          group.onBehalfOf,
          group.accountId,
        ],
      ];
    case 'day':
    case undefined:
      return [];
  }
}

function callConditions({ event, service, errorsOnly, error }: TrailFilter): Condition[] {
  return [
    ...when(event, name => ['name = ?', name]),
    ...when(service, source => ['source = ?', source]),
    ...when(errorsOnly || undefined, () => ["error <> ''"]),
    ...when(error, code => ['error = ?', code]),
  ];
}

function placeConditions({ accountId, region }: TrailFilter): Condition[] {
  return [...when(accountId, id => ['account_id = ?', id]), ...when(region, name => ['region = ?', name])];
}

function when<T>(value: T | undefined, condition: (value: T) => Condition): Condition[] {
  return value === undefined ? [] : [condition(value)];
}

interface Callers {
  /** Absent for all. */
  readonly numbers?: Numbers;
  /** All their events are in this time, half-open. */
  readonly from: number;
  readonly to: number;
}

const Span = v.object({ ids: v.string(), first: v.nullable(v.number()), last: v.nullable(v.number()) });

function callersOf(db: Database, conditions: readonly Condition[]): Callers {
  if (conditions.length === 0) return { from: LONG_AGO, to: FAR_AHEAD };
  const { where, values } = joined(conditions);
  const { ids, first, last } = v.parse(
    Span,
    db.get(
      `SELECT json_group_array(caller.id) AS ids, min(first_time) AS first, max(last_time) AS last
       FROM caller JOIN actor ON actor.id = caller.actor WHERE events > 0 AND ${where}`,
      ...values,
    ),
  );
  return { numbers: numbersIn(ids), from: first ?? 0, to: (last ?? -1) + 1 };
}

function numbersOf<Name extends 'calls' | 'places'>(
  db: Database,
  name: Name,
  table: string,
  conditions: readonly Condition[],
): { readonly [name in Name]?: Numbers } {
  if (conditions.length === 0) return {};
  const { where, values } = joined(conditions);
  const numbers: { [name in 'calls' | 'places']?: Numbers } = {
    [name]: numbersWhere(db, table, where, values),
  };
  return numbers;
}

function joined(conditions: readonly Condition[]): { where: string; values: string[] } {
  return {
    where: conditions.map(([sql]) => sql).join(' AND '),
    values: conditions.flatMap(([, ...values]) => values),
  };
}

const Ids = v.object({ ids: v.string() });

/** The rows of a small table for which `where` holds. */
export function numbersWhere(db: Database, table: string, where: string, values: readonly string[]): Numbers {
  const row = db.get(`SELECT json_group_array(${table}.id) AS ids FROM ${table} WHERE ${where}`, ...values);
  return numbersIn(v.parse(Ids, row).ids);
}

const NumberList = v.pipe(v.string(), v.parseJson(), v.array(v.number()));

const NONE: Numbers = new Uint8Array();

/** @param ids - JSON: as rows they would take ten times as long. */
function numbersIn(ids: string): Numbers {
  const list = v.parse(NumberList, ids);
  if (list.length === 0) return NONE;
  const numbers = new Uint8Array(list.reduce((most, id) => Math.max(most, id), 0) + 1);
  for (const id of list) numbers[id] = 1;
  return numbers;
}

/** A word may stand in any text of an event, each of which is in a table of its own; an event's id only as a whole. */
function anyOf(index: Searched, word: string): AnyOf {
  const { db } = index;
  const pattern = likePattern(word);
  const found = (table: string, ...columns: string[]): Numbers =>
    numbersWhere(db, table, columns.map(column => `${column} LIKE ?1 ESCAPE '\\'`).join(' OR '), [pattern]);
  return {
    callers: numbersWhere(db, 'caller', CALLER_HAS, [pattern]),
    calls: found('call', 'name', 'source', 'error'),
    places: found('place', 'account_id', 'region'),
    origins: found('origin', 'address'),
    resources: found('resource', 'name'),
    ...ids(index, word),
  };
}

const CALLER_HAS = `search LIKE ?1 ESCAPE '\\' OR actor IN (
  SELECT id FROM actor WHERE name LIKE ?1 ESCAPE '\\' OR on_behalf_of LIKE ?1 ESCAPE '\\')`;

/** Most ids are UUIDs. A word that is none need not be looked up where all are. */
function ids(index: Searched, word: string): Pick<AnyOf, 'seqs'> {
  if (typeof packEventId(word) === 'string' && !hasOddIds(index.segments())) return {};
  const rows = index.db.all('SELECT DISTINCT account_id FROM place');
  const names = rows.map(row => ({ accountId: String(row['account_id']), eventId: word }));
  const seqs = createEventKeys(index).findAll(names);
  return seqs.size === 0 ? {} : { seqs };
}

function hasOddIds(segments: Segments): boolean {
  return segments.within(LONG_AGO, FAR_AHEAD).some(segment => segments.oddIds(segment).size > 0);
}

function seqsOf(index: Searched, among: NonNullable<TrailFilter['among']>): number[] {
  return [...createEventKeys(index).findAll(among)];
}
