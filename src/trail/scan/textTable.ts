/** Texts by their bytes in JSON, numbered from 1; 0 is the absent one. */
import { parseSpan, textOf } from './jsonBytes.ts';
import { SpanMap } from './spanMap.ts';

export class TextTable {
  readonly #spans: SpanMap;
  readonly #texts: string[] = [''];
  #sent = 1;

  constructor(seed: number) {
    this.#spans = new SpanMap(seed);
  }

  /** @param from, to - what stands between the quotes. */
  add(bytes: Buffer, from: number, to: number): number {
    const number = this.#spans.add(bytes, from, to);
    if (number > 0) return number;
    this.#texts.push(decode(bytes, from, to));
    return -number;
  }

  is(number: number, bytes: Buffer, from: number, to: number): boolean {
    return this.#spans.is(number, bytes, from, to);
  }

  addText(text: string): number {
    const bytes = Buffer.from(JSON.stringify(text));
    return text === '' ? 0 : this.add(bytes, 1, bytes.length - 1);
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

const BACKSLASH = 0x5c;

function decode(bytes: Buffer, from: number, to: number): string {
  const escaped = bytes.indexOf(BACKSLASH, from);
  if (escaped === -1 || escaped >= to) return textOf(bytes, from, to);
  const text = parseSpan(bytes, from - 1, to + 1);
  return typeof text === 'string' ? text : textOf(bytes, from, to);
}
