/** An event as the index keeps it and lists show it. What stands in its tables is parsed when it is read: once for each name. */
import * as v from 'valibot';
import { UserError } from '../base/userError.ts';
import type { Database } from '../store/database.ts';
import { Attribution } from './attribution/attribution.ts';
import { eventIdAt, type Position, seqAt } from './index/events/positions.ts';
import type { NumberColumn } from './index/events/segments.ts';
import type { Searched } from './index/events/selection.ts';

export interface StoredEvent {
  readonly seq: number;
  readonly accountId: string;
  readonly eventId: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly region: string;
  readonly name: string;
  readonly source: string;
  readonly readOnly: boolean | undefined;
  readonly error: string | undefined;
  readonly accessKeyId: string | undefined;
  readonly sessionName: string | undefined;
  readonly resources: readonly string[];
  readonly deploymentId: string | undefined;
  readonly attribution: Attribution;
}

/** In the same order. @throws UserError `store.row` */
export function storedEvents({ db, segments }: Searched, positions: readonly Position[]): StoredEvent[] {
  const number = (column: NumberColumn, { segment, at }: Position): number =>
    segments().numbers(segment, column)[at] ?? 0;
  const resourcesOf = (position: Position): number[] => {
    const [all, from] = [segments().numbers(position.segment, 'resources'), number('resourceFrom', position)];
    return [...all.subarray(from, number('resourceFrom', { ...position, at: position.at + 1 }))];
  };
  const numbersOf = (column: NumberColumn): number[] => positions.map(position => number(column, position));
  const place = named(db, PLACES, Place, numbersOf('place'));
  const call = named(db, CALLS, Call, numbersOf('call'));
  const caller = named(db, CALLERS, Caller, numbersOf('caller'));
  const resource = named(db, RESOURCES, Resource, positions.flatMap(resourcesOf));
  return positions.map(position => ({
    seq: seqAt(segments(), position),
    eventId: eventIdAt(segments(), position),
    time: segments().times(position.segment)[position.at] ?? 0,
    ...place(number('place', position)),
    ...call(number('call', position)),
    ...caller(number('caller', position)),
    resources: resourcesOf(position).map(id => resource(id).name),
  }));
}

const AMONG = 'WHERE id IN (SELECT value FROM json_each(?))';
const PLACES = `SELECT id, account_id, region FROM place ${AMONG}`;
const CALLS = `SELECT id, name, source, read_only, error FROM call ${AMONG}`;
const CALLERS = `SELECT id, access_key_id, session_name, deployment_id, attribution FROM caller ${AMONG}`;
const RESOURCES = `SELECT id, name FROM resource ${AMONG}`;

const id = v.number();
const maybe = v.pipe(
  v.nullable(v.string()),
  v.transform(text => text ?? undefined),
);

const Place = v.pipe(
  v.object({ id, account_id: v.string(), region: v.string() }),
  v.transform(row => ({ id: row.id, name: { accountId: row.account_id, region: row.region } })),
);

const Call = v.pipe(
  v.object({
    id,
    name: v.string(),
    source: v.string(),
    read_only: v.picklist([-1, 0, 1]),
    error: v.string(),
  }),
  v.transform(({ id, name, source, read_only, error }) => ({
    id,
    name: {
      ...{ name, source, error: error === '' ? undefined : error },
      readOnly: read_only === -1 ? undefined : read_only === 1,
    },
  })),
);

const Caller = v.pipe(
  v.object({
    ...{ id, access_key_id: maybe, session_name: maybe, deployment_id: maybe },
    attribution: v.pipe(v.string(), v.parseJson(), Attribution),
  }),
  v.transform(({ id, attribution, ...row }) => ({
    id,
    name: {
      attribution,
      accessKeyId: row.access_key_id,
      sessionName: row.session_name,
      deploymentId: row.deployment_id,
    },
  })),
);

const Resource = v.pipe(
  v.object({ id, name: v.string() }),
  v.transform(({ id, name }) => ({ id, name: { name } })),
);

/** @returns what a number of a small table stands for. @throws UserError `store.row` */
function named<T>(
  db: Database,
  sql: string,
  schema: v.GenericSchema<unknown, { id: number; name: T }>,
  numbers: readonly number[],
): (number: number) => T {
  const rows = db.all(sql, JSON.stringify([...new Set(numbers)]));
  const names = new Map(
    rows.map(row => {
      const result = v.safeParse(schema, row);
      if (!result.success) throw unreadable(v.summarize(result.issues));
      return [result.output.id, result.output.name];
    }),
  );
  return number => {
    const name = names.get(number);
    if (name === undefined) throw unreadable(`nothing has the number ${number}`);
    return name;
  };
}

function unreadable(why: string): UserError {
  return new UserError('store.row', 'No Wing found an event in its database that it cannot read.', {
    hint: 'Another version of No Wing may have written it. Update No Wing in this editor.',
    cause: new Error(why),
  });
}
