/** Holds the scanner against `parseTrailEvent`: both must say the same of a record. */
import assert from 'node:assert/strict';
import { agentMark } from '../../../../src/trail/attribution/userAgent.ts';
import type { Batch } from '../../../../src/trail/scan/batch.ts';
import { createBatchBuilder } from '../../../../src/trail/scan/batchBuilder.ts';
import { unpackEventId } from '../../../../src/trail/scan/eventId.ts';
import { parseTrailEvent, type TrailEvent } from '../../../../src/trail/trailEvent.ts';

export const FOUND = { accountId: '111122223333', region: 'eu-west-1', at: 1_700_000_000_000 };

export function scan(texts: readonly string[]): Batch {
  const builder = createBatchBuilder(5);
  for (const [position, text] of texts.entries()) {
    const bytes = Buffer.from(text);
    const { end } = builder.add(bytes, 0, bytes.length, {
      ...FOUND,
      unit: 0,
      position,
      id: `id-${position}`,
      time: FOUND.at,
    });
    assert.equal(end, bytes.length);
  }
  return builder.take();
}

/** What the index keeps of an event, out of a batch. */
function scanned(batch: Batch, event: number) {
  const { names } = batch;
  const place = names.places[(batch.place[event] ?? 0) - 1];
  const call = names.calls[(batch.call[event] ?? 0) - 1];
  const evidence = names.callers[(batch.caller[event] ?? 0) - 1];
  const session = batch.sessions.find(each => each.event === event);
  return {
    id: batch.oddIds.get(event) ?? unpackEventId(batch.id.subarray(event * 16, event * 16 + 16)),
    time: batch.time[event],
    accountId: place?.accountId,
    region: place?.region,
    name: call?.name,
    source: call?.source,
    readOnly: call?.readOnly,
    error: call?.error,
    principal: evidence?.principal,
    userAgent: evidence?.userAgent,
    sourceIp: names.origins[(batch.origin[event] ?? 0) - 1],
    resources: Array.from(
      batch.resources.slice(batch.resourceFrom[event], batch.resourceFrom[event + 1]),
      text => names.texts[text - 1],
    ),
    sharedEventId: batch.shared.find(each => each.event === event)?.sharedEventId,
    requestedSession: session?.asked,
  };
}

function parsed(event: TrailEvent) {
  const { id, time, accountId, region, name, source, readOnly, error, principal, sourceIp } = event;
  const { resources, sharedEventId, requestedSession, userAgent } = event;
  return {
    ...{ id, time, accountId, region, name, source, readOnly, error, principal },
    userAgent: agentMark(userAgent),
    ...{ sourceIp, resources: [...resources], sharedEventId, requestedSession },
  };
}

/** @param indent - of the text */
export function agree(records: readonly unknown[], indent?: number): void {
  agreeOnTexts(records.map(each => JSON.stringify(each, null, indent)));
}

export function agreeOnTexts(texts: readonly string[]): void {
  const batch = scan(texts);
  for (const [index, json] of texts.entries())
    assert.deepEqual(
      scanned(batch, index),
      parsed(parseTrailEvent({ json, id: `id-${index}`, time: FOUND.at }, FOUND)),
      json,
    );
}
