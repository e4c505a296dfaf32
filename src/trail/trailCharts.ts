/** What charts show: activity over time, and who called what. Out of the roll-ups alone, so at once. */
import * as v from 'valibot';
import { DAY, HOUR } from '../base/clock.ts';
import type { Database, Row } from '../store/database.ts';
import { ACTOR_KINDS, type ActorKind } from './attribution/attribution.ts';
import type { Searched } from './index/events/selection.ts';
import { tally } from './index/tally.ts';
import type { TrailFilter } from './trailFilter.ts';

export interface TimelineAsk {
  /** Milliseconds since the epoch; counted by whole hours. */
  readonly from: number;
  readonly to: number;
}

export interface TimelineBar {
  /** Its beginning; milliseconds since the epoch. */
  readonly time: number;
  readonly kind: ActorKind;
  readonly events: number;
  readonly errors: number;
}

export interface Timeline {
  /** Milliseconds that a bar stands for: an hour, or a day when the period is long. */
  readonly step: number;
  /** Oldest first; what has no event is left out. */
  readonly bars: readonly TimelineBar[];
}

/** A longer period is shown by days, of UTC. */
const LONGEST_BY_HOURS = 14 * DAY;

export function queryTimeline(db: Database, { from, to }: TimelineAsk): Timeline {
  const step = to - from > LONGEST_BY_HOURS ? DAY : HOUR;
  const hours = step / HOUR;
  // Written into the text: a number that is bound is not a whole one to SQLite, and would not round.
  const rows = db.all(
    `SELECT (hour / ${hours}) * ${step} AS time, kind, sum(events) AS events, sum(errors) AS errors
     FROM activity WHERE hour >= ? AND hour < ? GROUP BY 1, kind ORDER BY 1`,
    Math.floor(from / HOUR),
    Math.ceil(to / HOUR),
  );
  return { step, bars: v.parse(Bars, rows) };
}

export interface MatrixCell {
  readonly actor: {
    readonly kind: ActorKind;
    readonly name: string;
    readonly onBehalfOf: string;
    /** The account it is of: dave of one is somebody else than dave of another. Empty for a service, or when unknown. */
    readonly accountId: string;
  };
  readonly source: string;
  readonly name: string;
  readonly events: number;
  readonly errors: number;
}

/** Actors by event names, the most frequent first. Text and deployment of the filter are not looked at. */
export function queryMatrix(index: Searched, filter: TrailFilter = {}): MatrixCell[] {
  const { text: _text, deploymentId: _deployment, ...counted } = filter;
  const cells = tally(index, counted);
  if (!cells) return [];
  // Numbers alone, in lists: there are many, and a row for each would take longer than counting them.
  const { actor, call, events } = v.parse(
    Counted,
    index.db.get(
      `SELECT json_group_array(counted.actor) AS actor, json_group_array(counted.call) AS call,
         json_group_array(events) AS events FROM ${cells.from}`,
      ...cells.values,
    ),
  );
  const actors = new Map(v.parse(Actors, named(index.db, ACTORS, actor)).map(one => [one.id, one.actor]));
  const calls = new Map(v.parse(Calls, named(index.db, CALLS, call)).map(one => [one.id, one]));
  const matrix = new Matrix();
  for (const [index, count] of events.entries()) {
    const who = actors.get(actor[index] ?? 0);
    const what = calls.get(call[index] ?? 0);
    if (who !== undefined && what !== undefined) matrix.add(who, what, count);
  }
  return matrix.cells.sort((one, other) => other.events - one.events);
}

type Adding = { -readonly [Key in keyof MatrixCell]: MatrixCell[Key] };

class Matrix {
  readonly cells: Adding[] = [];
  readonly #byActor = new Map<MatrixCell['actor'], Map<string, Adding>>();

  /** A call that failed is another call, of the same name. */
  add(actor: MatrixCell['actor'], { key, source, name, error }: Call, events: number): void {
    const own = this.#byActor.get(actor) ?? new Map<string, Adding>();
    this.#byActor.set(actor, own);
    const errors = error === '' ? 0 : events;
    const cell = own.get(key);
    if (cell === undefined) {
      const made = { actor, source, name, events, errors };
      own.set(key, made);
      this.cells.push(made);
      return;
    }
    cell.events += events;
    cell.errors += errors;
  }
}

const ACTORS = 'id, kind, name, on_behalf_of, account_id FROM actor';
const CALLS = 'id, source, name, error FROM call';

function named(db: Database, from: string, ids: readonly number[]): Row[] {
  const which = JSON.stringify([...new Set(ids)]);
  return db.all(`SELECT ${from} WHERE id IN (SELECT value FROM json_each(?))`, which);
}

const Kind = v.picklist(ACTOR_KINDS);

const Bars = v.array(v.object({ time: v.number(), kind: Kind, events: v.number(), errors: v.number() }));

const Numbers = v.pipe(v.string(), v.parseJson(), v.array(v.number()));
const Counted = v.object({ actor: Numbers, call: Numbers, events: Numbers });

const Actors = v.array(
  v.pipe(
    v.object({
      id: v.number(),
      kind: Kind,
      name: v.string(),
      on_behalf_of: v.string(),
      account_id: v.string(),
    }),
    v.transform(({ id, kind, name, on_behalf_of, account_id }) => ({
      id,
      actor: { kind, name, onBehalfOf: on_behalf_of, accountId: account_id },
    })),
  ),
);

const Calls = v.array(
  v.pipe(
    v.object({ id: v.number(), source: v.string(), name: v.string(), error: v.string() }),
    v.transform(call => ({ ...call, key: JSON.stringify([call.source, call.name]) })),
  ),
);
type Call = v.InferOutput<typeof Calls>[number];
