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

/** The same bytes twice: to take texts out of, and to look through, which is several times as fast four at a time. */
export interface Json {
  readonly bytes: Buffer;
  readonly words: DataView;
}

export function jsonIn(bytes: Buffer): Json {
  return { bytes, words: new DataView(bytes.buffer, bytes.byteOffset, bytes.length) };
}

export const QUOTE = 0x22;
export const COMMA = 0x2c;
export const COLON = 0x3a;
export const OPEN_ARRAY = 0x5b;
export const CLOSE_ARRAY = 0x5d;
export const OPEN_OBJECT = 0x7b;
export const CLOSE_OBJECT = 0x7d;
const SPACE = 0x20;
/** Set in a bracket, it becomes a brace: one comparison for both. */
const BRACE = 0x20;

/** @returns the byte at `at`; 0 when that is the end. */
export function byteAt(words: DataView, at: number, end: number): number {
  return at < end ? words.getUint8(at) : 0;
}

/** @returns the first byte from `at` that is no white space; `end` when there is none. */
export function skipSpace(words: DataView, at: number, end: number): number {
  let index = at;
  for (; index < end; index++) {
    const byte = words.getUint8(index);
    if (byte > SPACE || (byte !== SPACE && byte !== 0x0a && byte !== 0x0d && byte !== 0x09)) break;
  }
  return index;
}

/** @param at - after the opening quote. @returns the closing quote. @throws DamagedJson when there is none. */
export function endOfString(words: DataView, at: number, end: number): number {
  let index = at;
  for (; index + 4 <= end; index += 4) {
    // Quotes and backslashes become bytes of 0, which borrow from the highest bit: Warren, "Hacker's Delight", 6-1.
    const word = words.getInt32(index, true);
    const quotes = word ^ 0x22222222;
    const slashes = word ^ 0x5c5c5c5c;
    const hits = (((quotes - ONES) & ~quotes) | ((slashes - ONES) & ~slashes)) & HIGHEST;
    if (hits === 0) continue;
    // The first hit is one; those above may be borrowed.
    index += (31 - Math.clz32(hits & -hits)) >> 3;
    if (words.getUint8(index) === QUOTE) return index;
    index -= 2;
  }
  for (; index < end; index++) {
    const byte = words.getUint8(index);
    if (byte === QUOTE) return index;
    if (byte === BACKSLASH) index++;
  }
  throw new DamagedJson(end);
}

const BACKSLASH = 0x5c;
const ONES = 0x01010101;
const HIGHEST = 0x80808080;

/** @returns the byte after the value that begins at `at`. @throws DamagedJson */
export function endOfValue(words: DataView, at: number, end: number): number {
  const first = byteAt(words, at, end);
  if (first === QUOTE) return endOfString(words, at + 1, end) + 1;
  return (first | BRACE) === OPEN_OBJECT ? endOfNested(words, at, end) : endOfWord(words, at, end);
}

function endOfNested(words: DataView, at: number, end: number): number {
  let depth = 0;
  for (let index = at; index < end; index++) {
    const byte = words.getUint8(index);
    if (byte === QUOTE) index = endOfString(words, index + 1, end);
    else if ((byte | BRACE) === OPEN_OBJECT) depth++;
    else if ((byte | BRACE) === CLOSE_OBJECT && --depth === 0) return index + 1;
  }
  throw new DamagedJson(end);
}

/** A number, `true`, `false` or `null`. */
function endOfWord(words: DataView, at: number, end: number): number {
  let index = at;
  for (; index < end; index++) if (!isWordByte(words.getUint8(index))) break;
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
 * With `endOfKey`, `afterColon`, `endOfValue` and `afterMember`, walks an object's own members.
 * @param at - its opening brace.
 * @returns where the first member begins; `~` the byte after the object when there is none.
 */
export function firstMember(words: DataView, at: number, end: number): number {
  const index = skipSpace(words, at + 1, end);
  return byteAt(words, index, end) === CLOSE_OBJECT ? ~(index + 1) : index;
}

/** @param at - where a member begins. @returns its key's closing quote. @throws DamagedJson */
export function endOfKey(words: DataView, at: number, end: number): number {
  if (byteAt(words, at, end) !== QUOTE) throw new DamagedJson(at);
  return endOfString(words, at + 1, end);
}

/** @param at - the byte after a key. @returns where its value begins. @throws DamagedJson */
export function afterColon(words: DataView, at: number, end: number): number {
  const colon = skipSpace(words, at, end);
  if (byteAt(words, colon, end) !== COLON) throw new DamagedJson(colon);
  return skipSpace(words, colon + 1, end);
}

/**
 * @param at - the byte after a member's value.
 * @returns where the next member begins; `~` the byte after the object when there is none. @throws DamagedJson
 */
export function afterMember(words: DataView, at: number, end: number): number {
  const index = skipSpace(words, at, end);
  const byte = byteAt(words, index, end);
  if (byte === COMMA) return skipSpace(words, index + 1, end);
  if (byte === CLOSE_OBJECT) return ~(index + 1);
  throw new DamagedJson(index);
}

/** The text of a value or a part of it. Bytes that are not UTF-8 become replacement characters. */
export function textOf(bytes: Buffer, from: number, to: number): string {
  return bytes.toString('utf8', from, to);
}

/** @param from, to - what stands between the quotes. */
export function decode(bytes: Buffer, from: number, to: number): string {
  const text = textOf(bytes, from, to);
  if (!text.includes('\\')) return text;
  const parsed = parseSpan(bytes, from - 1, to + 1);
  return typeof parsed === 'string' ? parsed : text;
}

/** @returns undefined when the bytes are no JSON after all. */
export function parseSpan(bytes: Buffer, from: number, to: number): unknown {
  try {
    return JSON.parse(textOf(bytes, from, to));
  } catch {
    return undefined;
  }
}
