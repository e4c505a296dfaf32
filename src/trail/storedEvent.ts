/** An event as the store keeps it and lists show it: parsed when it is read, like everything from outside. */
import * as v from 'valibot';
import { UserError } from '../base/userError.ts';
import type { Row } from '../store/database.ts';
import { Attribution } from './attribution/attribution.ts';
import { unpackEventId } from './scan/eventId.ts';

const json = v.pipe(v.string(), v.parseJson());
const maybe = v.nullable(v.string());

const StoredRow = v.pipe(
  v.object({
    seq: v.number(),
    account_id: v.string(),
    event_id: v.pipe(
      v.union([v.string(), v.instance(Uint8Array)]),
      v.transform(id => unpackEventId(id)),
    ),
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

/** What `parseStoredEvent` reads, of `event`; order and conditions follow. */
export const SELECT_STORED = selectStored('event');

/** @param from - `event`, or what it is joined to. */
export function selectStored(from: string): string {
  return `
  SELECT event.seq, account_id, event.id AS event_id, event.time, region, call.name, source, nullif(read_only, -1) AS read_only,
    nullif(error, '') AS error, access_key_id, session_name, deployment_id, attribution,
    (SELECT json_group_array(resource.name) FROM json_each(event.resources) AS listed
     JOIN resource ON resource.id = listed.value) AS resources
  FROM ${from}
  JOIN place ON place.id = event.place
  JOIN call ON call.id = event.call
  JOIN caller ON caller.id = event.caller`;
}

/** @throws UserError `store.row` */
export function parseStoredEvent(row: Row): StoredEvent {
  const result = v.safeParse(StoredRow, row);
  if (result.success) return result.output;
  throw new UserError('store.row', 'No Wing found an event in its database that it cannot read.', {
    hint: 'Another version of No Wing may have written it. Update No Wing in this editor.',
    cause: new Error(v.summarize(result.issues)),
  });
}
