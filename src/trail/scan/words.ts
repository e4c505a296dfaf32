/** Bytes compared, copied and hashed four at a time: V8 does that several times as fast as one by one. */

/** Whether the same bytes stand in two places. Both must have so many. */
export function isSame(
  one: DataView,
  from: number,
  other: DataView,
  otherFrom: number,
  length: number,
): boolean {
  if (length < 4) return isSameShort(one, from, other, otherFrom, length);
  const last = length - 4;
  for (let index = 0; index < last; index += 4)
    if (one.getInt32(from + index, true) !== other.getInt32(otherFrom + index, true)) return false;
  // The last four may overlap those before.
  return one.getInt32(from + last, true) === other.getInt32(otherFrom + last, true);
}

function isSameShort(
  one: DataView,
  from: number,
  other: DataView,
  otherFrom: number,
  length: number,
): boolean {
  for (let index = 0; index < length; index++)
    if (one.getUint8(from + index) !== other.getUint8(otherFrom + index)) return false;
  return true;
}

/** Both must have room for so many. */
export function copy(from: DataView, at: number, length: number, to: DataView, toAt: number): void {
  let index = 0;
  for (; index + 4 <= length; index += 4) to.setInt32(toAt + index, from.getInt32(at + index, true), true);
  for (; index < length; index++) to.setUint8(toAt + index, from.getUint8(at + index));
}

/** @param seed - what hostile bytes would have to know to collide. */
export function hashOf(words: DataView, from: number, to: number, seed: number): number {
  let hash = seed ^ (to - from);
  let index = from;
  for (; index + 4 <= to; index += 4) {
    hash = Math.imul(hash ^ words.getInt32(index, true), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  for (; index < to; index++) hash = Math.imul(hash ^ words.getUint8(index), 0x01000193);
  hash ^= hash >>> 13;
  return Math.imul(hash, 0x85ebca6b) ^ (hash >>> 16);
}
