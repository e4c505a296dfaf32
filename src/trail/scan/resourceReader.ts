/** What a record says was acted upon: the resources it lists, then the names and ids in its request. */
import { resourceNames } from '../trailEvent.ts';
import type { Columns } from './columns.ts';
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
  parseSpan,
  QUOTE,
} from './jsonBytes.ts';
import { SpanMap } from './spanMap.ts';
import { TextTable } from './textTable.ts';

/** As `parseTrailEvent` has them. */
export const MOST_RESOURCES = 12;
export const LONGEST_RESOURCE = 512;

export class ResourceReader {
  readonly texts: TextTable;
  readonly #lists: SpanMap;
  readonly #listed: (readonly number[])[] = [[]];
  /** Where the texts in the request begin and end that may name what was acted upon. */
  #named = new Int32Array(64);
  #namedCount = 0;
  /** Of the record at hand. */
  readonly #found = new Int32Array(MOST_RESOURCES);
  #foundCount = 0;

  constructor(seed: number) {
    this.texts = new TextTable(seed);
    this.#lists = new SpanMap(seed);
  }

  /** For a record that may have no request. */
  begin(): void {
    this.#namedCount = 0;
  }

  /** Walks through a request. @returns the byte after it. @throws DamagedJson */
  read({ words }: Json, at: number, end: number): number {
    this.#namedCount = 0;
    if (byteAt(words, at, end) !== OPEN_OBJECT) return endOfValue(words, at, end);
    let index = firstMember(words, at, end);
    while (index >= 0) {
      const keyTo = endOfKey(words, index, end);
      const from = afterColon(words, keyTo + 1, end);
      const to = endOfValue(words, from, end);
      if (words.getUint8(from) === QUOTE && to - from > 2 && namesResource(words, keyTo))
        this.#note(from + 1, to - 1);
      index = afterMember(words, to, end);
    }
    return ~index;
  }

  #note(from: number, to: number): void {
    if (this.#namedCount === this.#named.length) {
      const more = new Int32Array(this.#named.length * 2);
      more.set(this.#named);
      this.#named = more;
    }
    this.#named[this.#namedCount++] = from;
    this.#named[this.#namedCount++] = to;
  }

  add(json: Json, listFrom: number, listTo: number, columns: Columns): void {
    this.#foundCount = 0;
    if (listTo !== 0) {
      const list = this.#list(json, listFrom, listTo);
      for (let index = 0; index < list.length; index++) this.#add(list[index] ?? 0);
    }
    // A request may have any number of names: those beyond the cap are not put into the table.
    for (let index = 0; index < this.#namedCount && this.#foundCount < MOST_RESOURCES; index += 2)
      this.#add(this.#text(json, this.#named[index] ?? 0, this.#named[index + 1] ?? 0));
    for (let index = 0; index < this.#foundCount; index++) columns.addResource(this.#found[index] ?? 0);
  }

  #text(json: Json, from: number, to: number): number {
    return to - from <= LONGEST_RESOURCE
      ? this.texts.add(json, from, to)
      : this.texts.addText(cut(decode(json.bytes, from, to)));
  }

  #add(text: number): void {
    for (let index = 0; index < this.#foundCount; index++) if (this.#found[index] === text) return;
    this.#found[this.#foundCount++] = text;
  }

  /** Lists repeat: a bucket is acted upon again and again. */
  #list({ bytes, words }: Json, from: number, to: number): readonly number[] {
    const number = this.#lists.add(words, from, to);
    if (number > 0) return this.#listed[number] ?? [];
    const names = new Set(resourceNames(parseSpan(bytes, from, to)).map(cut));
    const texts = [...names].slice(0, MOST_RESOURCES).map(name => this.texts.addText(name));
    this.#listed.push(texts);
    return texts;
  }

  get size(): number {
    return this.texts.size + this.#lists.size;
  }

  get count(): number {
    return Math.max(this.texts.count, this.#lists.count);
  }
}

function cut(text: unknown): string {
  return typeof text === 'string' ? text.slice(0, LONGEST_RESOURCE) : '';
}

/** Whether a key ends with `name`, `arn`, `id`, `url` or `key`, in capitals or not. @param to - its closing quote. */
function namesResource(words: DataView, to: number): boolean {
  // A shorter key shows its opening quote, which is no letter.
  const ending = words.getInt32(to - 4, true) | 0x20202020;
  if (ending === NAME || ending >>> 16 === ID) return true;
  const three = ending >>> 8;
  return three === ARN || three === URL || three === KEY;
}

const NAME = lettersOf('name');
const ARN = lettersOf('arn');
const ID = lettersOf('id');
const URL = lettersOf('url');
const KEY = lettersOf('key');

function lettersOf(ending: string): number {
  return [...ending].reduce((word, letter, index) => word | (letter.charCodeAt(0) << (8 * index)), 0);
}
