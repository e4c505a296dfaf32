/**
 * Finds the records in a CloudTrail file that comes piece by piece: in `{"Records": [...]}`, in an array, or one after
 * another. Memory is bounded by the largest record, whatever the file is.
 */
import {
  afterColon,
  byteAt,
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COMMA,
  DamagedJson,
  endOfString,
  endOfValue,
  type Json,
  jsonIn,
  OPEN_ARRAY,
  OPEN_OBJECT,
  QUOTE,
  skipSpace,
} from './jsonBytes.ts';

/** CloudTrail's own limit is 256 KB an event. */
const LARGEST_RECORD = 8 << 20;
const NOTHING = Buffer.alloc(0);

export type DocumentKind = 'records' | 'digest' | 'other';

/** @returns the byte after the record. @throws DamagedJson */
export type TakeRecord = (bytes: Buffer, from: number, end: number, position: number) => number;

export class DocumentScanner {
  kind: DocumentKind | undefined;
  /** Where the next record would be counted. */
  position = 0;
  /** Entries that are no objects. */
  odd = 0;
  readonly #take: TakeRecord;
  #state: 'start' | 'records' | 'lines' | 'end' = 'start';
  /** In an array, between an entry and the next. */
  #isAfterEntry = false;
  #isLast = false;
  #rest: Buffer = NOTHING;
  /** Bytes before `#rest`. */
  #passed = 0;

  constructor(take: TakeRecord) {
    this.#take = take;
  }

  /** @throws DamagedJson, with the place in the whole file; all records before it were taken. */
  push(piece: Buffer, isLast: boolean): void {
    const bytes = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece]);
    this.#isLast = isLast;
    const at = this.#scan(bytes);
    this.#passed += at;
    this.#rest = at === bytes.length ? NOTHING : bytes.subarray(at);
    if (this.#rest.length > LARGEST_RECORD) throw new DamagedJson(this.#passed);
  }

  /** @returns how far it came. */
  #scan(bytes: Buffer): number {
    const json = jsonIn(bytes);
    let at = 0;
    for (;;) {
      try {
        const next = this.#step(json, at);
        if (next === undefined) return bytes.length;
        at = next;
      } catch (error) {
        if (!(error instanceof DamagedJson)) throw error;
        // What ends too early may go on in the next piece.
        if (error.at >= bytes.length && !this.#isLast) return at;
        throw new DamagedJson(this.#passed + Math.min(error.at, bytes.length));
      }
    }
  }

  /** @returns the byte it came to; undefined when nothing is left. */
  #step(json: Json, at: number): number | undefined {
    switch (this.#state) {
      case 'start':
        return this.#start(json, at);
      case 'records':
      case 'lines':
        return this.#record(json, at);
      case 'end':
        // What follows the array says nothing of records.
        return undefined;
    }
  }

  #start({ bytes, words }: Json, from: number): number {
    const end = bytes.length;
    const at = skipSpace(words, from + (isMark(bytes, from) ? 3 : 0), end);
    if (byteAt(words, at, end) === OPEN_ARRAY) return this.#begin('records', at + 1);
    if (byteAt(words, at, end) !== OPEN_OBJECT) throw new DamagedJson(at);
    const keys = new Set<string>();
    let index = skipSpace(words, at + 1, end);
    while (byteAt(words, index, end) !== CLOSE_OBJECT) {
      if (bytes[index] !== QUOTE) throw new DamagedJson(index);
      const keyEnd = endOfString(words, index + 1, end);
      const key = bytes.toString('utf8', index + 1, keyEnd);
      const value = afterColon(words, keyEnd + 1, end);
      if (key === 'Records' && byteAt(words, value, end) === OPEN_ARRAY)
        return this.#begin('records', value + 1);
      keys.add(key);
      index = skipSpace(words, endOfValue(words, value, end), end);
      if (byteAt(words, index, end) === COMMA) index = skipSpace(words, index + 1, end);
      else if (byteAt(words, index, end) !== CLOSE_OBJECT) throw new DamagedJson(index);
    }
    return this.#withoutRecords(keys, at, index + 1);
  }

  #begin(state: 'records' | 'lines', at: number): number {
    this.kind = 'records';
    this.#state = state;
    return at;
  }

  /** A record by itself, a digest of CloudTrail's, or something of somebody else's. */
  #withoutRecords(keys: ReadonlySet<string>, from: number, end: number): number {
    if (keys.has('eventTime') || keys.has('eventName') || keys.has('eventID'))
      return this.#begin('lines', from);
    this.kind = keys.has('digestEndTime') ? 'digest' : 'other';
    this.#state = 'end';
    return end;
  }

  #record(json: Json, from: number): number | undefined {
    const { words } = json;
    const end = words.byteLength;
    const at = skipSpace(words, from, end);
    if (at >= end) {
      if (this.#state === 'records' && this.#isLast) throw new DamagedJson(at);
      return undefined;
    }
    const byte = words.getUint8(at);
    if (this.#state === 'records') {
      if (byte === CLOSE_ARRAY) {
        this.#state = 'end';
        return at + 1;
      }
      if (this.#isAfterEntry !== (byte === COMMA)) throw new DamagedJson(at);
    }
    if (byte === COMMA) {
      this.#isAfterEntry = false;
      return at + 1;
    }
    const next = this.#entry(json, at, end);
    this.position++;
    this.#isAfterEntry = true;
    return next;
  }

  #entry({ bytes, words }: Json, at: number, end: number): number {
    if (words.getUint8(at) === OPEN_OBJECT) return this.#take(bytes, at, end, this.position);
    const next = endOfValue(words, at, end);
    // A number or word that reaches the end may go on in the next piece.
    if (next === end) throw new DamagedJson(next);
    this.odd++;
    return next;
  }
}

/** A byte order mark. */
function isMark(bytes: Buffer, at: number): boolean {
  return bytes[at] === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf;
}
