/**
 * Byte sequences numbered in the order they were first seen, from 1. CloudTrail repeats itself: the same user, Region or
 * bucket comes thousands of times, and recognising its bytes is much cheaper than parsing them again.
 */
import { copy, hashOf, isSame } from './words.ts';

export class SpanMap {
  /** How many bytes it keeps. */
  size = 0;
  count = 0;
  /** What hostile bytes would have to know to collide. */
  readonly #seed: number;
  /** How many bytes tell which sequence is likely to begin with them. */
  readonly #window: number;
  /** By the hash of a window, the sequence that last began with it. */
  readonly #recent: Int32Array;
  #slots = new Int32Array(1 << 10);
  #hashes = new Int32Array(1 << 9);
  #starts = new Int32Array(1 << 9);
  #kept = new DataView(new ArrayBuffer(1 << 14));

  /** @param window - for `guess`; a multiple of four. 0 where nothing is guessed. */
  constructor(seed: number, window = 0) {
    this.#seed = seed | 0;
    this.#window = window;
    this.#recent = new Int32Array(window === 0 ? 1 : 1 << RECENT_BITS);
  }

  /**
   * The sequence that stands at `at`, where that shows without looking for its end; 0 where it does not. Whether it ends
   * there is for the caller to know: what begins like one may go on.
   */
  guess(words: DataView, at: number, limit: number): number {
    if (at + this.#window > limit) return 0;
    const number = this.#recent[this.#recentOf(words, at)] ?? 0;
    if (number === 0) return 0;
    const start = this.#starts[number] ?? 0;
    const length = (this.#starts[number + 1] ?? 0) - start;
    return at + length <= limit && isSame(words, at, this.#kept, start, length) ? number : 0;
  }

  /** That many bytes has the sequence. */
  lengthOf(number: number): number {
    return (this.#starts[number + 1] ?? 0) - (this.#starts[number] ?? 0);
  }

  /** The next guess where the same bytes begin. */
  remember(words: DataView, at: number, limit: number, number: number): void {
    if (at + this.#window <= limit) this.#recent[this.#recentOf(words, at)] = number;
  }

  /** @returns its number; negative when it is new. */
  add(words: DataView, from: number, to: number): number {
    const hash = hashOf(words, from, to, this.#seed);
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (; ; slot = (slot + 1) & mask) {
      const entry = this.#slots[slot] ?? 0;
      if (entry === 0) break;
      if (this.#hashes[entry] === hash && this.#isEqual(entry, words, from, to)) return entry;
    }
    this.#slots[slot] = this.count + 1;
    this.#keep(hash, words, from, to);
    return -this.count;
  }

  #recentOf(words: DataView, at: number): number {
    let hash = 0;
    for (let index = at; index < at + this.#window; index += 4)
      hash = Math.imul(hash ^ words.getInt32(index, true), 0x9e3779b1);
    // The highest bits depend on all the bytes.
    return hash >>> (32 - RECENT_BITS);
  }

  #keep(hash: number, words: DataView, from: number, to: number): void {
    const length = to - from;
    if (this.count + 2 >= this.#hashes.length) this.#growEntries();
    if (this.size + length > this.#kept.byteLength) this.#growBytes(length);
    const entry = ++this.count;
    this.#hashes[entry] = hash;
    this.#starts[entry] = this.size;
    copy(words, from, length, this.#kept, this.size);
    this.size += length;
    this.#starts[entry + 1] = this.size;
    if (this.count * 2 > this.#slots.length) this.#growSlots();
  }

  #isEqual(entry: number, words: DataView, from: number, to: number): boolean {
    const length = to - from;
    return (
      this.lengthOf(entry) === length && isSame(words, from, this.#kept, this.#starts[entry] ?? 0, length)
    );
  }

  #growEntries(): void {
    this.#hashes = grown(this.#hashes);
    this.#starts = grown(this.#starts);
  }

  #growBytes(atLeast: number): void {
    const kept = new DataView(new ArrayBuffer(Math.max(this.#kept.byteLength * 2, this.size + atLeast)));
    copy(this.#kept, 0, this.size, kept, 0);
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

const RECENT_BITS = 11;

function grown(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}
