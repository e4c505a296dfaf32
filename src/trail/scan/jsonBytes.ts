/**
 * JSON as bytes: where a value ends, without making it. CloudTrail files are gigabytes of which an index needs a few
 * hundred bytes a record; the rest is stepped over. Tolerant inside of values: what is taken out is parsed for itself.
 */

/** The text does not go on as JSON does; `at` is where, in bytes. */
export class DamagedJson extends Error {
  override readonly name = 'DamagedJson';
  readonly at: number;

  constructor(at: number) {
    super(`not JSON at byte ${at}`);
    this.at = at;
  }
}

export const QUOTE = 0x22;
export const COMMA = 0x2c;
export const COLON = 0x3a;
export const OPEN_ARRAY = 0x5b;
export const CLOSE_ARRAY = 0x5d;
export const OPEN_OBJECT = 0x7b;
export const CLOSE_OBJECT = 0x7d;
const BACKSLASH = 0x5c;
/** Set in a bracket, it becomes a brace: one comparison for both. */
const BRACE = 0x20;

/** @returns the first byte from `at` that is no white space; `end` when there is none. */
export function skipSpace(bytes: Uint8Array, at: number, end: number): number {
  let index = at;
  for (; index < end; index++) {
    const byte = bytes[index] ?? 0;
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break;
  }
  return index;
}

/** @param at - after the opening quote. @returns the closing quote. @throws DamagedJson when there is none. */
export function endOfString(bytes: Uint8Array, at: number, end: number): number {
  let index = at;
  while (index < end) {
    const byte = bytes[index];
    if (byte === QUOTE) return index;
    index += byte === BACKSLASH ? 2 : 1;
  }
  throw new DamagedJson(end);
}

/** @returns the byte after the value that begins at `at`. @throws DamagedJson */
export function endOfValue(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at] ?? 0;
  if (first === QUOTE) return endOfString(bytes, at + 1, end) + 1;
  return (first | BRACE) === OPEN_OBJECT ? endOfNested(bytes, at, end) : endOfWord(bytes, at, end);
}

function endOfNested(bytes: Uint8Array, at: number, end: number): number {
  let depth = 0;
  for (let index = at; index < end; index++) {
    const byte = bytes[index] ?? 0;
    if (byte === QUOTE) index = endOfString(bytes, index + 1, end);
    else if ((byte | BRACE) === OPEN_OBJECT) depth++;
    else if ((byte | BRACE) === CLOSE_OBJECT && --depth === 0) return index + 1;
  }
  throw new DamagedJson(end);
}

/** A number, `true`, `false` or `null`. */
function endOfWord(bytes: Uint8Array, at: number, end: number): number {
  let index = at;
  for (; index < end; index++) if (!isWordByte(bytes[index] ?? 0)) break;
  if (index === at) throw new DamagedJson(at);
  return index;
}

function isWordByte(byte: number): boolean {
  return (
    (byte >= 0x61 && byte <= 0x7a) ||
    (byte >= 0x30 && byte <= 0x39) ||
    byte === 0x2d ||
    byte === 0x2b ||
    byte === 0x2e ||
    byte === 0x45
  );
}

/**
 * Walks an object's own members; `member` gets where key (without quotes) and value begin and end.
 * @param at - its opening brace. @returns the byte after its closing one. @throws DamagedJson
 */
export function eachMember(
  bytes: Uint8Array,
  at: number,
  end: number,
  member: (keyFrom: number, keyTo: number, from: number, to: number) => void,
): number {
  let index = skipSpace(bytes, at + 1, end);
  if (bytes[index] === CLOSE_OBJECT) return index + 1;
  for (;;) {
    if (index >= end || bytes[index] !== QUOTE) throw new DamagedJson(index);
    const keyFrom = index + 1;
    const keyTo = endOfString(bytes, keyFrom, end);
    index = skipSpace(bytes, keyTo + 1, end);
    if (bytes[index] !== COLON) throw new DamagedJson(index);
    const from = skipSpace(bytes, index + 1, end);
    const to = endOfValue(bytes, from, end);
    member(keyFrom, keyTo, from, to);
    index = skipSpace(bytes, to, end);
    if (bytes[index] === CLOSE_OBJECT) return index + 1;
    if (index >= end || bytes[index] !== COMMA) throw new DamagedJson(index);
    index = skipSpace(bytes, index + 1, end);
  }
}

/** The text of a value or a part of it. Bytes that are not UTF-8 become replacement characters. */
export function textOf(bytes: Buffer, from: number, to: number): string {
  return bytes.toString('utf8', from, to);
}

/** @returns undefined when the bytes are no JSON after all. */
export function parseSpan(bytes: Buffer, from: number, to: number): unknown {
  try {
    return JSON.parse(textOf(bytes, from, to));
  } catch {
    return undefined;
  }
}
