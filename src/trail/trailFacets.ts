/** Which values a filter could have, with how many events each: out of the roll-ups, so at once. */
import * as v from 'valibot';
import type { Database, Row } from '../store/database.ts';
import { ACTOR_KINDS, type ActorKind } from './attribution/attribution.ts';
import type { Searched } from './index/events/selection.ts';
import { tally } from './index/tally.ts';
import type { TrailFilter } from './trailFilter.ts';

export const FACETS = ['actor', 'service', 'event', 'error', 'account', 'region'] as const;
export type Facet = (typeof FACETS)[number];

export interface FacetValue {
  readonly value: string;
  readonly events: number;
  readonly errors: number;
  /** Of an actor. */
  readonly kind?: ActorKind;
}

/** More than anybody looks through; what is rarer is found by typing it. */
const MOST = 500;

/** The most frequent first, among the events of `filter` as far as they are counted: not by text, deployment or leak. */
export function queryFacet(index: Searched, facet: Facet, filter: TrailFilter): FacetValue[] {
  const { text: _text, deploymentId: _deployment, among: _among, ...counted } = filter;
  return QUERIES[facet](index, counted);
}

type Query = (index: Searched, filter: TrailFilter) => FacetValue[];

const QUERIES: Readonly<Record<Facet, Query>> = {
  actor: (index, { actor: _, ...filter }) => byCall(index, filter, 'actor.name', 'actor.kind'),
  service: (index, { service: _, ...filter }) => byCall(index, filter, 'call.source'),
  event: (index, { event: _, ...filter }) => byCall(index, filter, 'call.name'),
  error: (index, { error: _, ...filter }) => byCall(index, { ...filter, errorsOnly: true }, 'call.error'),
  account: ({ db }) => byPlace(db, 'account_id'),
  region: ({ db }) => byPlace(db, 'region'),
};

function byCall(index: Searched, filter: TrailFilter, column: string, kind = 'NULL'): FacetValue[] {
  const counted = tally(index, filter);
  if (!counted) return [];
  const rows = index.db.all(
    `SELECT ${column} AS value, ${kind} AS kind, sum(events) AS events, sum(iif(call.error <> '', events, 0)) AS errors
     FROM ${counted.from} GROUP BY 1, 2 ORDER BY events DESC, value LIMIT ${MOST}`,
    ...counted.values,
  );
  return parsed(rows);
}

/** Of all there is: what is counted by call is not counted by place as well. */
function byPlace(db: Database, column: 'account_id' | 'region'): FacetValue[] {
  const rows = db.all(
    `SELECT ${column} AS value, NULL AS kind, sum(events) AS events, sum(iif(call.error <> '', events, 0)) AS errors
     FROM total JOIN place ON place.id = total.place JOIN call ON call.id = total.call
     GROUP BY 1 ORDER BY events DESC, value LIMIT ${MOST}`,
  );
  return parsed(rows);
}

const Rows = v.array(
  v.object({
    value: v.string(),
    kind: v.nullable(v.picklist(ACTOR_KINDS)),
    events: v.number(),
    errors: v.number(),
  }),
);

function parsed(rows: readonly Row[]): FacetValue[] {
  return v
    .parse(Rows, rows)
    .map(({ kind, ...rest }) => ({ ...rest, ...(kind === null ? {} : { kind }) }))
    .filter(({ value }) => value !== '');
}
