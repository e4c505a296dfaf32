/**
 * Reads CloudTrail records out of bytes into a batch. It means what `parseTrailEvent` means and is held against it by a
 * test; it is faster because it makes no values of what the index does not keep, and recognises by its bytes what it has
 * seen before.
 */
import { createHash } from 'node:crypto';
import { sessionIn } from '../attribution/mintedSession.ts';
import { requestedSession } from '../requestedSession.ts';
import { parseReadOnly } from '../trailEvent.ts';
import type { Batch, PlaceName, StartedSession } from './batch.ts';
import { Columns } from './columns.ts';
import { writeUuid } from './eventId.ts';
import { createTimeReader } from './eventTime.ts';
import { parseSpan, QUOTE } from './jsonBytes.ts';
import { Pairs } from './pairs.ts';
import { FIELD, type FieldName, newSpans, readFields } from './recordFields.ts';
import { ResourceReader } from './resourceReader.ts';
import { CallerTable, CallTable, IdentityTable, type KnownCall } from './tables.ts';
import { TextTable } from './textTable.ts';

/** Where and when a record was found, for what it does not say itself. */
export interface FoundRecord {
  readonly unit: number;
  readonly position: number;
  /** The account whose trail it is; absent where each record says its own. */
  readonly accountId?: string | undefined;
  /** The account when nothing else says it. */
  readonly otherwiseAccountId?: string | undefined;
  readonly region: string;
  readonly id?: string | undefined;
  readonly time: number;
  /** Older events are not taken. Milliseconds since the epoch. */
  readonly since?: number | undefined;
}

export interface Taken {
  /** The byte after the record. */
  readonly end: number;
  /** Its time; undefined for what is no event: an Insight of CloudTrail's own. */
  readonly time: number | undefined;
}

export interface BatchBuilder {
  /** Takes the record whose opening brace is at `from`. @throws DamagedJson; then it took nothing. */
  add(bytes: Buffer, from: number, end: number, found: FoundRecord): Taken;
  count(): number;
  /** What was added since it was last called. */
  take(): Batch;
}

/** Beyond that, numbering begins anew, so that memory is bounded. */
const MOST_TEXTS = 60_000;
const MOST_BYTES = 12 << 20;

/** @param seed - see `SpanMap`. */
export function createBatchBuilder(seed: number): BatchBuilder {
  let reader = new RecordReader(seed);
  let fresh = true;
  return {
    add: (bytes, from, end, found) => reader.add(bytes, from, end, found),
    count: () => reader.count,
    take() {
      const batch = reader.take(fresh);
      fresh = reader.isFull;
      if (fresh) reader = new RecordReader(seed);
      return batch;
    },
  };
}

class RecordReader {
  readonly #spans = newSpans();
  /** Each field's text in the record before. */
  readonly #before = new Int32Array(Object.keys(FIELD).length);
  readonly #columns = new Columns();
  readonly #timeOf = createTimeReader();
  readonly #places = new Pairs<PlaceName>();
  readonly #words: TextTable;
  readonly #identities: IdentityTable;
  readonly #origins: TextTable;
  readonly #resources: ResourceReader;
  readonly #calls: CallTable;
  readonly #callers: CallerTable;
  #sessions: StartedSession[] = [];
  #shared: { event: number; sharedEventId: string }[] = [];

  constructor(seed: number) {
    this.#words = new TextTable(seed);
    this.#identities = new IdentityTable(seed);
    this.#origins = new TextTable(seed);
    this.#resources = new ResourceReader(seed);
    this.#calls = new CallTable(this.#words);
    this.#callers = new CallerTable(this.#words, this.#identities);
  }

  get count(): number {
    return this.#columns.count;
  }

  get isFull(): boolean {
    return [this.#words, this.#identities, this.#origins, this.#resources, this.#callers.callers].some(
      table => table.count > MOST_TEXTS || ('size' in table && table.size > MOST_BYTES),
    );
  }

  add(bytes: Buffer, from: number, limit: number, found: FoundRecord): Taken {
    const end = readFields(bytes, from, limit, this.#spans);
    const eventType = this.#words.text(this.#word(bytes, 'eventType'));
    if (this.#isInsight(bytes, eventType)) return { end, time: undefined };
    const identity = this.#identities.add(bytes, this.#from('userIdentity'), this.#to('userIdentity'));
    const account = this.#account(bytes, identity, found);
    const call = this.#call(bytes, eventType);
    const time = this.#time(bytes, found.time);
    if (found.since !== undefined && time < found.since) return { end, time };
    const event = this.#columns.next(time, found.unit, found.position);
    this.#columns.place[event] = this.#place(bytes, account, found.region);
    this.#columns.call[event] = call.number;
    this.#columns.origin[event] = this.#origin(bytes);
    const sharedEventId = this.#words.text(this.#word(bytes, 'sharedEventID'));
    if (sharedEventId !== undefined) this.#shared.push({ event, sharedEventId });
    this.#columns.caller[event] = this.#callers.add({
      identity,
      account,
      userAgent: this.#word(bytes, 'userAgent'),
      source: call.source,
      eventType,
      sharedEventId,
    });
    this.#writeId(bytes, from, end, event, found.id);
    this.#resources.read(bytes, this.#spans, this.#columns);
    if (call.mayStartSession) this.#startSession(bytes, { event, time, identity, account, call });
    return { end, time };
  }

  take(fresh: boolean): Batch {
    const batch: Batch = {
      ...this.#columns.take(),
      fresh,
      names: {
        texts: this.#resources.texts.take(),
        places: this.#places.take(),
        calls: this.#calls.calls.take(),
        callers: this.#callers.callers.take(),
        origins: this.#origins.take(),
      },
      sessions: this.#sessions,
      shared: this.#shared,
    };
    this.#sessions = [];
    this.#shared = [];
    return batch;
  }

  #from(field: FieldName): number {
    return this.#spans.from[FIELD[field]] ?? 0;
  }

  #to(field: FieldName): number {
    return this.#spans.to[FIELD[field]] ?? 0;
  }

  /** The number of a field's text; 0 when it is absent, empty or no text. */
  #word(bytes: Buffer, field: FieldName): number {
    const from = this.#from(field);
    const to = this.#to(field);
    if (to - from <= 2 || bytes[from] !== QUOTE) return 0;
    const before = this.#before[FIELD[field]] ?? 0;
    if (this.#words.is(before, bytes, from + 1, to - 1)) return before;
    const word = this.#words.add(bytes, from + 1, to - 1);
    this.#before[FIELD[field]] = word;
    return word;
  }

  #origin(bytes: Buffer): number {
    const from = this.#from('sourceIPAddress');
    const to = this.#to('sourceIPAddress');
    return to - from > 2 && bytes[from] === QUOTE ? this.#origins.add(bytes, from + 1, to - 1) : 0;
  }

  #value(bytes: Buffer, field: FieldName): unknown {
    const to = this.#to(field);
    return to === 0 ? undefined : parseSpan(bytes, this.#from(field), to);
  }

  #object(bytes: Buffer, field: FieldName): Record<string, unknown> {
    const value = this.#value(bytes, field);
    return isObject(value) ? value : {};
  }

  #isInsight(bytes: Buffer, eventType: string | undefined): boolean {
    // Every category but that one begins with another letter.
    const mayBe = bytes[this.#from('eventCategory') + 1] === CAPITAL_I;
    return (
      eventType === 'AwsCloudTrailInsight' ||
      (mayBe && this.#words.text(this.#word(bytes, 'eventCategory')) === 'Insight')
    );
  }

  #account(bytes: Buffer, identity: number, { accountId, otherwiseAccountId }: FoundRecord): number {
    if (accountId !== undefined) return this.#words.addText(accountId);
    const recipient = this.#word(bytes, 'recipientAccountId');
    if (recipient !== 0) return recipient;
    return this.#words.addText(
      otherwiseAccountId ?? this.#identities.principal(identity).accountId ?? 'unknown',
    );
  }

  #place(bytes: Buffer, account: number, otherwise: string): number {
    const region = this.#word(bytes, 'awsRegion') || this.#words.addText(otherwise);
    return this.#places.add(account, region, () => ({
      accountId: this.#words.text(account) ?? '',
      region: this.#words.text(region) ?? '',
    }));
  }

  #call(bytes: Buffer, eventType: string | undefined): KnownCall {
    const readOnly = bytes[this.#from('readOnly')];
    return this.#calls.add(
      this.#word(bytes, 'eventName') || this.#words.addText(eventType ?? 'Unknown'),
      this.#word(bytes, 'eventSource') || this.#words.addText('unknown'),
      this.#word(bytes, 'errorCode'),
      this.#to('readOnly') === 0
        ? undefined
        : readOnly === QUOTE
          ? parseReadOnly(this.#value(bytes, 'readOnly'))
          : readOnly === TRUE || (readOnly === FALSE ? false : undefined),
    );
  }

  #time(bytes: Buffer, otherwise: number): number {
    const time = this.#timeOf(bytes, this.#from('eventTime') + 1, this.#to('eventTime') - 1);
    if (!Number.isNaN(time)) return time;
    const text = this.#value(bytes, 'eventTime');
    const parsed = typeof text === 'string' ? Date.parse(text) : Number.NaN;
    return Number.isNaN(parsed) ? otherwise : parsed;
  }

  #writeId(bytes: Buffer, from: number, end: number, event: number, otherwise: string | undefined): void {
    const [start, stop] = [this.#from('eventID') + 1, this.#to('eventID') - 1];
    if (writeUuid(bytes, start, stop, this.#columns.id, event * 16)) return;
    const own = this.#value(bytes, 'eventID');
    const id = typeof own === 'string' && own !== '' ? own : otherwise;
    this.#columns.writeId(event, id ?? createHash('sha256').update(bytes.subarray(from, end)).digest('hex'));
  }

  #startSession(
    bytes: Buffer,
    at: { event: number; time: number; identity: number; account: number; call: KnownCall },
  ): void {
    const asked = requestedSession({
      eventName: at.call.name,
      eventSource: at.call.source,
      requestParameters: this.#object(bytes, 'requestParameters'),
      responseElements: this.#object(bytes, 'responseElements'),
    });
    if (asked === undefined) return;
    const minted = sessionIn({
      requestedSession: asked,
      principal: this.#identities.principal(at.identity),
      time: at.time,
      accountId: this.#words.text(at.account) ?? '',
    });
    this.#sessions.push({ event: at.event, asked, error: at.call.error, minted });
  }
}

const CAPITAL_I = 'I'.charCodeAt(0);
const TRUE = 't'.charCodeAt(0);
const FALSE = 'f'.charCodeAt(0);

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
