/**
 * Finds the records in a CloudTrail file that comes piece by piece: in `{"Records": [...]}`, in an array, or one after
 * another. Memory is bounded by the largest record, whatever the file is.
 */
import {
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  DamagedJson,
  endOfString,
  endOfValue,
  OPEN_ARRAY,
  OPEN_OBJECT,
  QUOTE,
  skipSpace,
} from './jsonBytes.ts';

/** CloudTrail's own limit is 256 KB an event. */
const LARGEST_RECORD = 8 << 20;

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
  #rest: Buffer = Buffer.alloc(0);
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
    this.#rest = bytes.subarray(at);
    if (this.#rest.length > LARGEST_RECORD) throw new DamagedJson(this.#passed);
  }

  /** @returns how far it came. */
  #scan(bytes: Buffer): number {
    let at = 0;
    for (;;) {
      try {
        const next = this.#step(bytes, at);
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
  #step(bytes: Buffer, at: number): number | undefined {
    switch (this.#state) {
      case 'start':
        return this.#start(bytes, at);
      case 'records':
      case 'lines':
        return this.#record(bytes, at);
      case 'end':
        // What follows the array says nothing of records.
        return undefined;
    }
  }

  #start(bytes: Buffer, from: number): number {
    const at = skipSpace(bytes, from + (isMark(bytes, from) ? 3 : 0), bytes.length);
    if (bytes[at] === OPEN_ARRAY) return this.#begin('records', at + 1);
    if (bytes[at] !== OPEN_OBJECT) throw new DamagedJson(at);
    const keys = new Set<string>();
    let index = skipSpace(bytes, at + 1, bytes.length);
    while (bytes[index] !== CLOSE_OBJECT) {
      if (bytes[index] !== QUOTE) throw new DamagedJson(index);
      const keyEnd = endOfString(bytes, index + 1, bytes.length);
      const key = bytes.toString('utf8', index + 1, keyEnd);
      const colon = skipSpace(bytes, keyEnd + 1, bytes.length);
      if (bytes[colon] !== COLON) throw new DamagedJson(colon);
      const value = skipSpace(bytes, colon + 1, bytes.length);
      if (key === 'Records' && bytes[value] === OPEN_ARRAY) return this.#begin('records', value + 1);
      keys.add(key);
      index = skipSpace(bytes, endOfValue(bytes, value, bytes.length), bytes.length);
      if (bytes[index] === COMMA) index = skipSpace(bytes, index + 1, bytes.length);
      else if (bytes[index] !== CLOSE_OBJECT) throw new DamagedJson(index);
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

  #record(bytes: Buffer, from: number): number | undefined {
    const at = skipSpace(bytes, from, bytes.length);
    if (at >= bytes.length) {
      if (this.#state === 'records' && this.#isLast) throw new DamagedJson(at);
      return undefined;
    }
    if (this.#state === 'records') {
      if (bytes[at] === CLOSE_ARRAY) {
        this.#state = 'end';
        return at + 1;
      }
      if (this.#isAfterEntry !== (bytes[at] === COMMA)) throw new DamagedJson(at);
    }
    if (bytes[at] === COMMA) {
      this.#isAfterEntry = false;
      return at + 1;
    }
    const end = this.#entry(bytes, at);
    this.position++;
    this.#isAfterEntry = true;
    return end;
  }

  #entry(bytes: Buffer, at: number): number {
    if (bytes[at] === OPEN_OBJECT) return this.#take(bytes, at, bytes.length, this.position);
    const end = endOfValue(bytes, at, bytes.length);
    // A number or word that reaches the end may go on in the next piece.
    if (end === bytes.length) throw new DamagedJson(end);
    this.odd++;
    return end;
  }
}

/** A byte order mark. */
function isMark(bytes: Buffer, at: number): boolean {
  return bytes[at] === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf;
}
