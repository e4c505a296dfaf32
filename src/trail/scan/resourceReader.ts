/** What a record says was acted upon: the resources it lists, then the names and ids in its request. */
import { resourceNames } from '../trailEvent.ts';
import type { Columns } from './columns.ts';
import { eachMember, OPEN_OBJECT, parseSpan, QUOTE } from './jsonBytes.ts';
import { FIELD, type Spans } from './recordFields.ts';
import { SpanMap } from './spanMap.ts';
import { TextTable } from './textTable.ts';

/** As `parseTrailEvent` has them. */
export const MOST_RESOURCES = 12;
export const LONGEST_RESOURCE = 512;

export class ResourceReader {
  readonly texts: TextTable;
  readonly #lists: SpanMap;
  readonly #listed: (readonly number[])[] = [[]];
  /** Of the record at hand. */
  readonly #found: number[] = [];

  constructor(seed: number) {
    this.texts = new TextTable(seed);
    this.#lists = new SpanMap(seed);
  }

  read(bytes: Buffer, { from, to }: Spans, columns: Columns): void {
    this.#found.length = 0;
    const listEnd = to[FIELD.resources] ?? 0;
    if (listEnd !== 0)
      for (const text of this.#list(bytes, from[FIELD.resources] ?? 0, listEnd)) this.#add(text);
    const request = from[FIELD.requestParameters] ?? 0;
    const requestEnd = to[FIELD.requestParameters] ?? 0;
    if (requestEnd !== 0 && bytes[request] === OPEN_OBJECT) this.#readRequest(bytes, request, requestEnd);
    for (const text of this.#found) columns.addResource(text);
  }

  #readRequest(bytes: Buffer, at: number, end: number): void {
    eachMember(bytes, at, end, (keyFrom, keyTo, from, to) => {
      if (bytes[from] !== QUOTE || to - from <= 2 || !namesResource(bytes, keyFrom, keyTo)) return;
      this.#add(
        to - from - 2 <= LONGEST_RESOURCE
          ? this.texts.add(bytes, from + 1, to - 1)
          : this.texts.addText(cut(parseSpan(bytes, from, to))),
      );
    });
  }

  #add(text: number): void {
    if (this.#found.length < MOST_RESOURCES && !this.#found.includes(text)) this.#found.push(text);
  }

  /** Lists repeat: a bucket is acted upon again and again. */
  #list(bytes: Buffer, from: number, to: number): readonly number[] {
    const number = this.#lists.add(bytes, from, to);
    if (number > 0) return this.#listed[number] ?? [];
    const texts = resourceNames(parseSpan(bytes, from, to)).map(name => this.texts.addText(cut(name)));
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

const ENDINGS: readonly Buffer[] = ['name', 'arn', 'id', 'url', 'key'].map(ending => Buffer.from(ending));

function namesResource(bytes: Uint8Array, from: number, to: number): boolean {
  for (const ending of ENDINGS) if (endsWith(bytes, from, to, ending)) return true;
  return false;
}

/** In capitals or not. */
function endsWith(bytes: Uint8Array, from: number, to: number, ending: Uint8Array): boolean {
  const start = to - ending.length;
  if (start < from) return false;
  for (let index = 0; index < ending.length; index++)
    if (((bytes[start + index] ?? 0) | 0x20) !== ending[index]) return false;
  return true;
}
