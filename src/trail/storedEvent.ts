/** An event as the store keeps it and lists show it: parsed when it is read, like everything from outside. */
import * as v from 'valibot';
import { UserError } from '../base/userError.ts';
import type { Row } from '../store/database.ts';
import { Attribution } from './attribution/attribution.ts';
import { LISTED, listed } from './index/events/listed.ts';
import type { Position } from './index/events/positions.ts';
import type { Searched } from './index/events/selection.ts';

const json = v.pipe(v.string(), v.parseJson());
const maybe = v.nullable(v.string());

const StoredRow = v.pipe(
  v.object({
    seq: v.number(),
    account_id: v.string(),
    event_id: v.string(),
    time: v.number(),
    region: v.string(),
    name: v.string(),
    source: v.string(),
    read_only: v.nullable(v.number()),
    error: maybe,
    access_key_id: maybe,
    session_name: maybe,
    resources: v.pipe(json, v.array(v.string())),
    deployment_id: maybe,
    attribution: v.pipe(json, Attribution),
  }),
  v.transform(row => ({
    seq: row.seq,
    accountId: row.account_id,
    eventId: row.event_id,
    time: row.time,
    region: row.region,
    name: row.name,
    source: row.source,
    readOnly: row.read_only === null ? undefined : row.read_only === 1,
    error: row.error ?? undefined,
    accessKeyId: row.access_key_id ?? undefined,
    sessionName: row.session_name ?? undefined,
    resources: row.resources,
    deploymentId: row.deployment_id ?? undefined,
    attribution: row.attribution,
  })),
);

export type StoredEvent = Readonly<v.InferOutput<typeof StoredRow>>;

/** In the same order. @throws UserError `store.row` */
export function storedEvents({ db, segments }: Searched, positions: readonly Position[]): StoredEvent[] {
  return positions.length === 0 ? [] : db.all(SELECT, listed(segments(), positions)).map(parseStoredEvent);
}

const SELECT = `
  SELECT event.seq, account_id, event.id AS event_id, event.time, region, call.name, source, nullif(read_only, -1) AS read_only,
    nullif(error, '') AS error, access_key_id, session_name, deployment_id, attribution,
    (SELECT json_group_array(resource.name) FROM json_each(event.resources) AS listed
     JOIN resource ON resource.id = listed.value) AS resources
  FROM ${LISTED}
  CROSS JOIN place ON place.id = event.place
  CROSS JOIN call ON call.id = event.call
  CROSS JOIN caller ON caller.id = event.caller`;

function parseStoredEvent(row: Row): StoredEvent {
  const result = v.safeParse(StoredRow, row);
  if (result.success) return result.output;
  throw new UserError('store.row', 'No Wing found an event in its database that it cannot read.', {
    hint: 'Another version of No Wing may have written it. Update No Wing in this editor.',
    cause: new Error(v.summarize(result.issues)),
  });
}
