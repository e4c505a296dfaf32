/** Where in an object some of its members are, by the places of their names. */
import {
  afterColon,
  afterMember,
  byteAt,
  decode,
  endOfKey,
  endOfValue,
  firstMember,
  type Json,
  OPEN_OBJECT,
  QUOTE,
} from './jsonBytes.ts';
import { Names } from './names.ts';

/** Where a value begins and ends; `to` 0 when there is none. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export class Members {
  readonly #names: Names;
  readonly #from: Int32Array;
  readonly #to: Int32Array;

  constructor(names: readonly string[]) {
    this.#names = new Names(names);
    this.#from = new Int32Array(names.length);
    this.#to = new Int32Array(names.length);
  }

  /** What is no object has none. @returns itself, until it is read again. @throws DamagedJson */
  read({ words }: Json, { from: at, to: end }: Span): this {
    this.#to.fill(0);
    if (byteAt(words, at, end) !== OPEN_OBJECT) return this;
    for (let index = firstMember(words, at, end); index >= 0; ) {
      const keyTo = endOfKey(words, index, end);
      const from = afterColon(words, keyTo + 1, end);
      const to = endOfValue(words, from, end);
      const name = this.#names.find(words, index, keyTo + 1);
      if (name < this.#names.count) {
        this.#from[name] = from;
        this.#to[name] = to;
      }
      index = afterMember(words, to, end);
    }
    return this;
  }

  has(name: number): boolean {
    return (this.#to[name] ?? 0) !== 0;
  }

  span(name: number): Span {
    return { from: this.#from[name] ?? 0, to: this.#to[name] ?? 0 };
  }

  /** @returns undefined for what is no text. */
  text({ bytes, words }: Json, name: number): string | undefined {
    const { from, to } = this.span(name);
    return byteAt(words, from, to) === QUOTE ? decode(bytes, from + 1, to - 1) : undefined;
  }
}
