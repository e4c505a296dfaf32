/** Some names of members, recognised by their bytes. */
import { isSame } from './words.ts';

export class Names {
  /** How many; what is none of them has this place. */
  readonly count: number;
  /** As they stand in an object: `"name":`, one after the other. */
  readonly #kept: DataView;
  /** Where each begins. */
  readonly #starts: Uint16Array;
  /** The places of the names that are as long, as they stand there. */
  readonly #ofLength: readonly (readonly number[])[];

  constructor(names: readonly string[]) {
    const written = names.map(name => `"${name}":`);
    this.count = names.length;
    this.#kept = new DataView(new TextEncoder().encode(written.join('')).buffer);
    this.#starts = Uint16Array.from(
      Array.from({ length: names.length + 1 }, (_, place) => written.slice(0, place).join('').length),
    );
    const longest = Math.max(...written.map(({ length }) => length));
    this.#ofLength = Array.from({ length: longest + 1 }, (_, length) =>
      [...written.keys()].filter(place => written[place]?.length === length),
    );
  }

  /** @returns the byte after the name's colon when it stands at `at`; else 0. */
  after(name: number, words: DataView, at: number, end: number): number {
    if (name >= this.count) return 0;
    const start = this.#starts[name] ?? 0;
    const length = (this.#starts[name + 1] ?? 0) - start;
    return at + length <= end && isSame(words, at, this.#kept, start, length) ? at + length : 0;
  }

  /** @param from, to - with its quotes. @returns its place; `count` when it is none of them. */
  find(words: DataView, from: number, to: number): number {
    const length = to - from;
    const places = this.#ofLength[length + 1] ?? NONE;
    for (let index = 0; index < places.length; index++) {
      const name = places[index] ?? 0;
      if (isSame(words, from, this.#kept, this.#starts[name] ?? 0, length)) return name;
    }
    return this.count;
  }
}

const NONE: readonly number[] = [];
