/** Events and coverage in the index. A page and what it completes are kept in one transaction, so neither is without the other. */
import type { Known } from './attribution/attribution.ts';
import { cover, readCoverage } from './coverage.ts';
import { readRecord } from './import/readRecord.ts';
import { createEventKeys } from './index/eventKeys.ts';
import { recordPlace } from './index/files.ts';
import type { TrailIndex } from './index/openIndex.ts';
import { createWriter, type IndexWriter } from './index/writer.ts';
import type { Period } from './period.ts';
import { type BatchBuilder, createBatchBuilder } from './scan/batchBuilder.ts';
import { DamagedJson, OPEN_OBJECT } from './scan/jsonBytes.ts';
import type { TrailEvent } from './trailEvent.ts';

export interface Place {
  readonly accountId: string;
  readonly region: string;
}

/** What is kept of an event comes out of its record; the rest is for what the record does not say. */
export type KeptEvent = Pick<TrailEvent, 'json' | 'id' | 'time' | 'accountId' | 'region'>;

export interface TrailStore {
  /** @returns how many of the events were not there before. @throws what SQLite does; then nothing was kept */
  keep(events: readonly KeptEvent[], known: Known, covered?: Place & { readonly period: Period }): number;
  coverage(place: Place): Period[];
  /** The whole record as JSON text, of an event that came from LookupEvents. */
  record(accountId: string, eventId: string): string | undefined;
  /** The whole record as JSON text, wherever it is. @throws UserError `trail.recordGone` */
  readRecord(accountId: string, eventId: string): Promise<string | undefined>;
  size(): number;
}

export function createTrailStore(index: TrailIndex, writer: IndexWriter = createWriter(index)): TrailStore {
  const { db } = index;
  const keys = createEventKeys(index);
  const bodyOf = (seq: number | undefined): string | undefined => {
    const body =
      seq === undefined ? undefined : db.get('SELECT body FROM record WHERE seq = ?', seq)?.['body'];
    return typeof body === 'string' ? body : undefined;
  };
  return {
    keep(events, known, covered) {
      const builder = createBatchBuilder(SEED);
      const bodies = events.filter(event => addEvent(builder, event)).map(({ json }) => json);
      const batch = builder.take();
      return writer.transaction(() => {
        const added = batch.count === 0 ? 0 : writer.write(batch, known, { fileOf: () => 0, bodies });
        if (covered) cover(db, covered, covered.period);
        return added;
      });
    },
    coverage: place => readCoverage(db, place),
    record: (accountId, eventId) => bodyOf(keys.find(accountId, eventId)),
    async readRecord(accountId, eventId) {
      const seq = keys.find(accountId, eventId);
      const place = seq === undefined ? undefined : recordPlace(index, seq);
      return bodyOf(seq) ?? (place && (await readRecord({ ...place, accountId, eventId })));
    },
    size: () => Number(db.get('SELECT coalesce(sum(events), 0) AS n FROM segment')?.['n'] ?? 0),
  };
}

/** A page has fifty events: nothing to gain for who makes their hashes collide. */
const SEED = 1;

/** @returns whether it is one. A record that cannot be read is kept for what CloudTrail said beside it. */
function addEvent(builder: BatchBuilder, { json, id, time, accountId, region }: KeptEvent): boolean {
  const found = { id, time, accountId, region, unit: 0, position: 0 };
  const bytes = Buffer.from(json.trim());
  try {
    if (bytes[0] !== OPEN_OBJECT) throw new DamagedJson(0);
    return builder.add(bytes, 0, bytes.length, found).time !== undefined;
  } catch (error) {
    if (!(error instanceof DamagedJson)) throw error;
    return builder.add(Buffer.from('{}'), 0, 2, found).time !== undefined;
  }
}
