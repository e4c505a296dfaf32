/** Each mark is two bits of 16 million. */
const BITS = 2 ** 24;

/**
 * Which hashes were added, in two megabytes however many: it may say so of one that was not. Of a million marks, that is
 * one in eighty. A Bloom filter: Bloom, "Space/Time Trade-offs in Hash Coding with Allowable Errors", 1970.
 */
export class Marks {
  readonly #bits = new Uint8Array(BITS / 8);

  /** @param hash - a whole number of 52 bits. */
  add(hash: number): void {
    this.#set(hash % BITS);
    this.#set(Math.floor(hash / BITS) % BITS);
  }

  has(hash: number): boolean {
    return this.#isSet(hash % BITS) && this.#isSet(Math.floor(hash / BITS) % BITS);
  }

  #set(bit: number): void {
    this.#bits[bit >>> 3] = (this.#bits[bit >>> 3] ?? 0) | (1 << (bit & 7));
  }

  #isSet(bit: number): boolean {
    return ((this.#bits[bit >>> 3] ?? 0) & (1 << (bit & 7))) !== 0;
  }
}
