/**
 * Byte sequences numbered in the order they were first seen, from 1. CloudTrail repeats itself: the same user, Region or
 * bucket comes thousands of times, and recognising its bytes is much cheaper than parsing them again.
 */
export class SpanMap {
  /** How many bytes it keeps. */
  size = 0;
  count = 0;
  /** What hostile bytes would have to know to collide. */
  readonly #seed: number;
  #slots = new Int32Array(1 << 10);
  #hashes = new Int32Array(1 << 9);
  #starts = new Int32Array(1 << 9);
  #kept = Buffer.allocUnsafe(1 << 14);

  constructor(seed: number) {
    this.#seed = seed | 0;
  }

  /** Whether these are the bytes with that number: cheaper than to look for them, where they come again and again. */
  is(number: number, bytes: Uint8Array, from: number, to: number): boolean {
    return number > 0 && this.#isEqual(number, bytes, from, to);
  }

  /** @returns its number; negative when it is new. */
  add(bytes: Uint8Array, from: number, to: number): number {
    const hash = this.#hash(bytes, from, to);
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (; ; slot = (slot + 1) & mask) {
      const entry = this.#slots[slot] ?? 0;
      if (entry === 0) break;
      if (this.#hashes[entry] === hash && this.#isEqual(entry, bytes, from, to)) return entry;
    }
    this.#slots[slot] = this.count + 1;
    this.#keep(hash, bytes, from, to);
    return -this.count;
  }

  #keep(hash: number, bytes: Uint8Array, from: number, to: number): void {
    const length = to - from;
    if (this.count + 2 >= this.#hashes.length) this.#growEntries();
    if (this.size + length > this.#kept.length) this.#growBytes(length);
    const entry = ++this.count;
    this.#hashes[entry] = hash;
    this.#starts[entry] = this.size;
    this.#kept.set(bytes.subarray(from, to), this.size);
    this.size += length;
    this.#starts[entry + 1] = this.size;
    if (this.count * 2 > this.#slots.length) this.#growSlots();
  }

  #isEqual(entry: number, bytes: Uint8Array, from: number, to: number): boolean {
    const start = this.#starts[entry] ?? 0;
    if ((this.#starts[entry + 1] ?? 0) - start !== to - from) return false;
    const kept = this.#kept;
    // To call it costs as much as some sixty bytes.
    if (to - from > LONG) return kept.compare(bytes, from, to, start, start + to - from) === 0;
    for (let index = from, other = start; index < to; index++, other++)
      if (bytes[index] !== kept[other]) return false;
    return true;
  }

  /** Four bytes at a time: multiplying waits for the product before. */
  #hash(bytes: Uint8Array, from: number, to: number): number {
    let hash = this.#seed ^ (to - from);
    let index = from;
    for (; index + 4 <= to; index += 4) {
      const word =
        (bytes[index] ?? 0) |
        ((bytes[index + 1] ?? 0) << 8) |
        ((bytes[index + 2] ?? 0) << 16) |
        ((bytes[index + 3] ?? 0) << 24);
      hash = Math.imul(hash ^ word, 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    for (; index < to; index++) hash = Math.imul(hash ^ (bytes[index] ?? 0), 0x01000193);
    hash ^= hash >>> 13;
    return Math.imul(hash, 0x85ebca6b) ^ (hash >>> 16);
  }

  #growEntries(): void {
    this.#hashes = grown(this.#hashes);
    this.#starts = grown(this.#starts);
  }

  #growBytes(atLeast: number): void {
    const kept = Buffer.allocUnsafe(Math.max(this.#kept.length * 2, this.size + atLeast));
    kept.set(this.#kept.subarray(0, this.size));
    this.#kept = kept;
  }

  #growSlots(): void {
    const slots = new Int32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let entry = 1; entry <= this.count; entry++) {
      let slot = (this.#hashes[entry] ?? 0) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = entry;
    }
    this.#slots = slots;
  }
}

function grown(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}

/** In bytes. */
const LONG = 96;
