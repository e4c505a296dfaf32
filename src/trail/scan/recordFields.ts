/** Finds the members of a CloudTrail record that the index reads: only where they are, so that the rest costs nothing. */
import { eachMember } from './jsonBytes.ts';

const NAMES = [
  'eventID',
  'eventTime',
  'eventName',
  'eventType',
  'eventSource',
  'awsRegion',
  'readOnly',
  'errorCode',
  'userAgent',
  'sourceIPAddress',
  'userIdentity',
  'requestParameters',
  'responseElements',
  'resources',
  'recipientAccountId',
  'sharedEventID',
  'eventCategory',
] as const;
export type FieldName = (typeof NAMES)[number];

/** The place of each in `Spans`. */
export const FIELD: Readonly<Record<FieldName, number>> = Object.fromEntries(
  NAMES.map((name, place) => [name, place]),
) as Record<FieldName, number>;

export interface Spans {
  /** Where the value begins and ends; `to` 0 when the record has no such member. */
  readonly from: Int32Array;
  readonly to: Int32Array;
}

export function newSpans(): Spans {
  return { from: new Int32Array(NAMES.length), to: new Int32Array(NAMES.length) };
}

/** @param at - the record's opening brace. @returns the byte after its closing one. @throws DamagedJson */
export function readFields(bytes: Uint8Array, at: number, end: number, spans: Spans): number {
  spans.to.fill(0);
  return eachMember(bytes, at, end, (keyFrom, keyTo, from, to) => {
    const place = fieldOf(bytes, keyFrom, keyTo);
    if (place < 0) return;
    spans.from[place] = from;
    spans.to[place] = to;
  });
}

const ENCODED: readonly Buffer[] = NAMES.map(name => Buffer.from(name));

/** By length, first letter and the third from the end: these tell all names apart. Then every byte is compared. */
const BY_LOOK = new Int8Array(1 << 10).fill(-1);
for (const [place, name] of ENCODED.entries()) BY_LOOK[look(name, 0, name.length)] = place;

function look(bytes: Uint8Array, from: number, to: number): number {
  return ((to - from) * 37 + (bytes[from] ?? 0) * 5 + (bytes[to - 3] ?? 0)) & 1023;
}

function fieldOf(bytes: Uint8Array, from: number, to: number): number {
  const place = BY_LOOK[look(bytes, from, to)] ?? -1;
  const name = ENCODED[place];
  if (name === undefined || name.length !== to - from) return -1;
  for (let index = 0; index < name.length; index++) if (name[index] !== bytes[from + index]) return -1;
  return place;
}
