/** Texts by their bytes in JSON, numbered from 1; 0 is the absent one. */
import { byteAt, decode, endOfString, type Json, jsonIn, QUOTE } from './jsonBytes.ts';
import { SpanMap } from './spanMap.ts';

export class TextTable {
  /** Of the text that was read last: its closing quote. */
  end = 0;
  readonly #spans: SpanMap;
  readonly #texts: string[] = [''];
  #sent = 1;

  constructor(seed: number) {
    this.#spans = new SpanMap(seed, WINDOW);
  }

  /** @param at - after the opening quote. @throws DamagedJson when there is no closing one. */
  read(json: Json, at: number, limit: number): number {
    const { words } = json;
    const guess = this.#spans.guess(words, at, limit);
    if (guess !== 0) {
      this.end = at + this.#spans.lengthOf(guess);
      if (byteAt(words, this.end, limit) === QUOTE) return guess;
    }
    this.end = endOfString(words, at, limit);
    if (this.end === at) return 0;
    const number = this.add(json, at, this.end);
    this.#spans.remember(words, at, limit, number);
    return number;
  }

  /** @param from, to - what stands between the quotes. */
  add(json: Json, from: number, to: number): number {
    const number = this.#spans.add(json.words, from, to);
    if (number > 0) return number;
    this.#texts.push(decode(json.bytes, from, to));
    return -number;
  }

  addText(text: string): number {
    const bytes = Buffer.from(JSON.stringify(text));
    return text === '' ? 0 : this.add(jsonIn(bytes), 1, bytes.length - 1);
  }

  text(number: number): string | undefined {
    return number === 0 ? undefined : this.#texts[number];
  }

  get size(): number {
    return this.#spans.size;
  }

  get count(): number {
    return this.#spans.count;
  }

  /** The texts that are new since it was last called. */
  take(): string[] {
    const added = this.#texts.slice(this.#sent);
    this.#sent = this.#texts.length;
    return added;
  }
}

/** In bytes: where texts are shorter, what follows them repeats as well. */
const WINDOW = 16;
