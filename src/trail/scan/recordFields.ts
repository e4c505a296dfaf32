/**
 * Finds the members of a CloudTrail record that the index reads, so that the rest costs little. Records of one service
 * have their members in one order: after each, the one that came next the last time is expected, and comparing its name
 * is cheaper than looking for the name's end.
 */
import {
  afterColon,
  afterMember,
  byteAt,
  endOfKey,
  endOfValue,
  firstMember,
  type Json,
  QUOTE,
  skipSpace,
} from './jsonBytes.ts';
import { Names } from './names.ts';

/** The members that are read, by their place in `RecordFields`. Texts come first. */
export const FIELD = {
  eventName: 0,
  eventType: 1,
  eventSource: 2,
  awsRegion: 3,
  errorCode: 4,
  userAgent: 5,
  recipientAccountId: 6,
  eventCategory: 7,
  sharedEventID: 8,
  sourceIPAddress: 9,
  userIdentity: 10,
  requestParameters: 11,
  eventID: 12,
  eventTime: 13,
  readOnly: 14,
  responseElements: 15,
  resources: 16,
} as const;
export type FieldName = keyof typeof FIELD;

/** What else CloudTrail writes: named here to be stepped over quickly. */
const OTHERS = [
  'eventVersion',
  'requestID',
  'errorMessage',
  'apiVersion',
  'managementEvent',
  'tlsDetails',
  'additionalEventData',
  'sessionCredentialFromConsole',
  'vpcEndpointId',
  'vpcEndpointAccountId',
  'serviceEventDetails',
  'edgeDeviceDetails',
  'addendum',
];

/** Gives values numbers. */
interface Table {
  /** @returns the number of what begins at `at`. @throws DamagedJson */
  read(json: Json, at: number, limit: number): number;
  /** Where that ended: a text at its closing quote, an identity before the next byte. */
  readonly end: number;
}

export interface Readers {
  readonly text: Table;
  readonly origin: Table;
  readonly identity: Table;
  /** @returns the byte after it. @throws DamagedJson */
  readonly request: { read(json: Json, at: number, limit: number): number };
}

export class RecordFields {
  /** Where each value begins and ends; `to` 0 when the record has no such member. */
  readonly from = new Int32Array(READ);
  readonly to = new Int32Array(READ);
  /** The numbers of texts, of the origin and of the identity; 0 when absent. */
  readonly number = new Int32Array(READ);
  readonly #readers: Readers;
  /** Which member came after each. */
  readonly #after = new Uint8Array(UNKNOWN + 2).fill(UNKNOWN);
  #valueAt = 0;

  constructor(readers: Readers) {
    this.#readers = readers;
  }

  /** @param at - the record's opening brace. @returns the byte after its closing one. @throws DamagedJson */
  read(json: Json, at: number, end: number): number {
    for (let place = 0; place < READ; place++) {
      this.to[place] = 0;
      this.number[place] = 0;
    }
    const { words } = json;
    let index = firstMember(words, at, end);
    let name = FIRST;
    while (index >= 0) {
      name = this.#name(words, index, end, name);
      const from = this.#valueAt;
      const to = name < READ ? this.#value(json, name, from, end) : endOfValue(words, from, end);
      index = afterMember(words, to, end);
    }
    return ~index;
  }

  /** @returns the member whose name stands at `at`. */
  #name(words: DataView, at: number, end: number, before: number): number {
    const expected = this.#after[before] ?? UNKNOWN;
    const after = NAMES.after(expected, words, at, end);
    if (after !== 0) {
      this.#valueAt = skipSpace(words, after, end);
      return expected;
    }
    const to = endOfKey(words, at, end) + 1;
    this.#valueAt = afterColon(words, to, end);
    const name = NAMES.find(words, at, to);
    if (name !== UNKNOWN) this.#after[before] = name;
    return name;
  }

  #value(json: Json, field: number, from: number, end: number): number {
    const { text, origin, identity, request } = this.#readers;
    let to: number;
    this.from[field] = from;
    if (field < FIELD.sourceIPAddress) to = this.#text(json, text, field, from, end);
    else if (field === FIELD.sourceIPAddress) to = this.#text(json, origin, field, from, end);
    else if (field === FIELD.userIdentity) {
      this.number[field] = identity.read(json, from, end);
      to = identity.end;
    } else if (field === FIELD.requestParameters) to = request.read(json, from, end);
    else to = endOfValue(json.words, from, end);
    this.to[field] = to;
    return to;
  }

  #text(json: Json, table: Table, field: number, from: number, end: number): number {
    if (byteAt(json.words, from, end) !== QUOTE) {
      this.number[field] = 0;
      return endOfValue(json.words, from, end);
    }
    this.number[field] = table.read(json, from + 1, end);
    return table.end + 1;
  }
}

const READ = Object.keys(FIELD).length;
const NAMES = new Names([...Object.keys(FIELD), ...OTHERS]);
const UNKNOWN = NAMES.count;
/** In the place of the member before the first. */
const FIRST = UNKNOWN + 1;
