/** What charts show: activity over time, and who called what. Out of the roll-ups alone, so at once. */
import * as v from 'valibot';
import { DAY, HOUR } from '../base/clock.ts';
import type { Database } from '../store/database.ts';
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
  const rows = index.db.all(
    `SELECT actor.kind, actor.name AS actor, on_behalf_of, actor.account_id, source, call.name AS name, sum(events) AS events,
       sum(iif(error <> '', events, 0)) AS errors
     FROM ${cells.from} GROUP BY counted.actor, source, call.name ORDER BY events DESC`,
    ...cells.values,
  );
  return v.parse(Cells, rows);
}

const Kind = v.picklist(ACTOR_KINDS);

const Bars = v.array(v.object({ time: v.number(), kind: Kind, events: v.number(), errors: v.number() }));

const Cells = v.array(
  v.pipe(
    v.object({
      kind: Kind,
      actor: v.string(),
      on_behalf_of: v.string(),
      account_id: v.string(),
      source: v.string(),
      name: v.string(),
      events: v.number(),
      errors: v.number(),
    }),
    v.transform(({ kind, actor, on_behalf_of, account_id, source, name, events, errors }) => ({
      actor: { kind, name: actor, onBehalfOf: on_behalf_of, accountId: account_id },
      source,
      name,
      events,
      errors,
    })),
  ),
);
