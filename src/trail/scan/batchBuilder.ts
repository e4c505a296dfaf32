/**
 * Reads CloudTrail records out of bytes into a batch. It means what `parseTrailEvent` means and is held against it by a
 * test; it is faster because it makes no values of what the index does not keep, and recognises by its bytes what it has
 * seen before.
 */
import { createHash } from 'node:crypto';
import { sessionIn } from '../attribution/mintedSession.ts';
import { eventTime, parseReadOnly } from '../trailEvent.ts';
import type { Batch, PlaceName, StartedSession } from './batch.ts';
import { Columns } from './columns.ts';
import { writeUuid } from './eventId.ts';
import { createTimeReader } from './eventTime.ts';
import { type Json, jsonIn, parseSpan, QUOTE } from './jsonBytes.ts';
import type { Span } from './members.ts';
import { Pairs } from './pairs.ts';
import { FIELD, type FieldName, RecordFields } from './recordFields.ts';
import { ResourceReader } from './resourceReader.ts';
import { StartedSessions } from './startedSession.ts';
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
  readonly #fields: RecordFields;
  readonly #columns = new Columns();
  readonly #started = new StartedSessions();
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
  /** The piece that the record at hand is in. */
  #json = NOTHING;

  constructor(seed: number) {
    this.#words = new TextTable(seed);
    this.#identities = new IdentityTable(seed);
    this.#origins = new TextTable(seed);
    this.#resources = new ResourceReader(seed);
    this.#calls = new CallTable(this.#words);
    this.#callers = new CallerTable(this.#words, this.#identities);
    this.#fields = new RecordFields({
      text: this.#words,
      origin: this.#origins,
      identity: this.#identities,
      request: this.#resources,
    });
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
    // Made once for all the records of a piece.
    if (bytes !== this.#json.bytes) this.#json = jsonIn(bytes);
    this.#resources.begin();
    const end = this.#fields.read(this.#json, from, limit);
    if (this.#isInsight()) return { end, time: undefined };
    const time = this.#time(found);
    if (found.since !== undefined && time < found.since) return { end, time };
    const event = this.#columns.next(time, found.unit, found.position);
    this.#addEvent(event, time, found);
    this.#writeId(event, from, end, found.id);
    return { end, time };
  }

  #addEvent(event: number, time: number, found: FoundRecord): void {
    const identity = this.#number('userIdentity');
    const account = this.#account(identity, found);
    const call = this.#call();
    const sharedEventId = this.#number('sharedEventID');
    this.#columns.place[event] = this.#place(account, found.region);
    this.#columns.call[event] = call.number;
    this.#columns.origin[event] = this.#number('sourceIPAddress');
    this.#columns.caller[event] = this.#callers.add(this.#fields, account, call.sourceWord);
    this.#resources.add(this.#json, this.#from('resources'), this.#to('resources'), this.#columns);
    if (sharedEventId !== 0)
      this.#shared.push({ event, sharedEventId: this.#words.text(sharedEventId) ?? '' });
    if (call.mayStartSession) this.#startSession({ event, time, identity, account, call });
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
    this.#json = NOTHING;
    return batch;
  }

  #from(field: FieldName): number {
    return this.#fields.from[FIELD[field]] ?? 0;
  }

  #to(field: FieldName): number {
    return this.#fields.to[FIELD[field]] ?? 0;
  }

  #number(field: FieldName): number {
    return this.#fields.number[FIELD[field]] ?? 0;
  }

  #value(field: FieldName): unknown {
    const to = this.#to(field);
    return to === 0 ? undefined : parseSpan(this.#json.bytes, this.#from(field), to);
  }

  #isInsight(): boolean {
    return (
      this.#words.text(this.#number('eventType')) === 'AwsCloudTrailInsight' ||
      this.#words.text(this.#number('eventCategory')) === 'Insight'
    );
  }

  #account(identity: number, { accountId, otherwiseAccountId }: FoundRecord): number {
    if (accountId !== undefined) return this.#words.addText(accountId);
    const recipient = this.#number('recipientAccountId');
    if (recipient !== 0) return recipient;
    return this.#words.addText(
      otherwiseAccountId ?? this.#identities.principal(identity).accountId ?? 'unknown',
    );
  }

  #place(account: number, otherwise: string): number {
    const region = this.#number('awsRegion') || this.#words.addText(otherwise);
    const known = this.#places.find(account, region);
    if (known !== 0) return known;
    return this.#places.add(account, region, {
      accountId: this.#words.text(account) ?? '',
      region: this.#words.text(region) ?? '',
    });
  }

  #call(): KnownCall {
    return this.#calls.add(
      this.#number('eventName') || this.#number('eventType') || this.#words.addText('Unknown'),
      this.#number('eventSource') || this.#words.addText('unknown'),
      this.#number('errorCode'),
      this.#readOnly(),
    );
  }

  #readOnly(): boolean | undefined {
    const to = this.#to('readOnly');
    if (to === 0) return undefined;
    const first = this.#json.words.getUint8(this.#from('readOnly'));
    if (first === QUOTE) return parseReadOnly(this.#value('readOnly'));
    return first === TRUE || (first === FALSE ? false : undefined);
  }

  #time(found: FoundRecord): number {
    const time = this.#timeOf(this.#json.words, this.#from('eventTime') + 1, this.#to('eventTime') - 1);
    if (!Number.isNaN(time)) return eventTime(time) ?? found.time;
    const text = this.#value('eventTime');
    return eventTime(typeof text === 'string' ? Date.parse(text) : Number.NaN) ?? found.time;
  }

  #writeId(event: number, from: number, end: number, otherwise: string | undefined): void {
    const { bytes } = this.#json;
    const [start, stop] = [this.#from('eventID') + 1, this.#to('eventID') - 1];
    if (writeUuid(bytes, start, stop, this.#columns.id, event * 16)) return;
    const own = this.#value('eventID');
    const id = typeof own === 'string' && own !== '' ? own : otherwise;
    this.#columns.writeId(event, id ?? createHash('sha256').update(bytes.subarray(from, end)).digest('hex'));
  }

  #startSession(at: {
    event: number;
    time: number;
    identity: number;
    account: number;
    call: KnownCall;
  }): void {
    const request = this.#span('requestParameters');
    const asked = this.#started.read(this.#json, at.call, request, this.#span('responseElements'));
    if (asked === undefined) return;
    const minted = sessionIn({
      requestedSession: asked,
      principal: this.#identities.principal(at.identity),
      time: at.time,
      accountId: this.#words.text(at.account) ?? '',
    });
    this.#sessions.push({ event: at.event, asked, error: at.call.error, minted });
  }

  #span(field: FieldName): Span {
    return { from: this.#from(field), to: this.#to(field) };
  }
}

const NOTHING: Json = jsonIn(Buffer.alloc(0));
const TRUE = 't'.charCodeAt(0);
const FALSE = 'f'.charCodeAt(0);
