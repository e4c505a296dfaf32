/**
 * The outline of a file in HCL: its blocks and attributes, without reading any expression. Enough to know what a
 * configuration declares before a tool may touch it. Syntax: HCL native syntax specification.
 */
export interface Block {
  readonly kind: 'block';
  readonly type: string;
  readonly labels: readonly string[];
  readonly body: string;
}

export interface Attribute {
  readonly kind: 'attribute';
  readonly name: string;
  /** The expression as it is written. */
  readonly value: string;
  /** From its name to the end of its expression. */
  readonly start: number;
  readonly end: number;
}

export interface Outline {
  readonly items: readonly (Block | Attribute)[];
  /** False when something could not be read: nothing is told of what comes behind it. */
  readonly isWhole: boolean;
}

export function outlineOf(text: string): Outline {
  const items: (Block | Attribute)[] = [];
  let at = skipSpace(text, 0);
  while (at < text.length) {
    const read = itemAt(text, at);
    if (read === undefined) return { items, isWhole: false };
    items.push(read.item);
    at = skipSpace(text, read.end);
  }
  return { items, isWhole: true };
}

export function blocksOf(text: string, type: string): Block[] {
  return outlineOf(text).items.filter((item): item is Block => item.kind === 'block' && item.type === type);
}

export function attributeOf(body: string, name: string): string | undefined {
  const found = outlineOf(body).items.find(item => item.kind === 'attribute' && item.name === name);
  return found?.kind === 'attribute' ? found.value : undefined;
}

/** The text of a literal without templates; undefined for any other expression. */
export function literalText(expression: string | undefined): string | undefined {
  const text = /^"((?:[^"\\$%]|\\.)*)"$/.exec(expression ?? '')?.[1];
  return text?.replace(/\\(["\\])/g, '$1');
}

const SPACE = /(?:\s+|#[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/y;
const NAME = /[\p{L}_][\p{L}\p{N}_-]*/uy;
const LABEL = /(?:[ \t]|\/\*(?:[^*]|\*(?!\/))*\*\/)*(?:"((?:[^"\\]|\\.)*)"|([\p{L}_][\p{L}\p{N}_-]*))/uy;

function skipSpace(text: string, from: number): number {
  SPACE.lastIndex = from;
  SPACE.exec(text);
  return SPACE.lastIndex;
}

function itemAt(text: string, start: number): { item: Block | Attribute; end: number } | undefined {
  NAME.lastIndex = start;
  const name = NAME.exec(text)?.[0];
  if (name === undefined) return undefined;
  const labels: string[] = [];
  for (let at = start + name.length; ; ) {
    const next = skipSpace(text, at);
    if (text[next] === '{') return blockAt(text, next, name, labels);
    if (text[next] === '=' && labels.length === 0) return attributeAt(text, start, next + 1, name);
    LABEL.lastIndex = at;
    const label = LABEL.exec(text);
    if (label === null) return undefined;
    labels.push(label[1] ?? label[2] ?? '');
    at = LABEL.lastIndex;
  }
}

function blockAt(
  text: string,
  open: number,
  type: string,
  labels: readonly string[],
): { item: Block; end: number } | undefined {
  const close = closing(text, open);
  if (close === undefined) return undefined;
  return { item: { kind: 'block', type, labels, body: text.slice(open + 1, close) }, end: close + 1 };
}

function attributeAt(
  text: string,
  start: number,
  from: number,
  name: string,
): { item: Attribute; end: number } | undefined {
  const end = expressionEnd(text, from);
  if (end === undefined) return undefined;
  return { item: { kind: 'attribute', name, value: text.slice(from, end).trim(), start, end }, end };
}

/** One step of an expression: a string, a comment, a heredoc, a bracketed part, or any other character. */
function expressionEnd(text: string, from: number): number | undefined {
  for (let at = from; at < text.length; ) {
    if (text[at] === '\n' || text[at] === '}') return at;
    const next = stepOver(text, at);
    if (next === undefined) return undefined;
    at = next;
  }
  return text.length;
}

/** Where the bracket at `open` is closed. */
function closing(text: string, open: number): number | undefined {
  for (let at = open + 1; at < text.length; ) {
    if (/[)\]}]/.test(text.charAt(at))) return at;
    const next = stepOver(text, at);
    if (next === undefined) return undefined;
    at = next;
  }
  return undefined;
}

function stepOver(text: string, at: number): number | undefined {
  const character = text.charAt(at);
  if (character === '"') return stringEnd(text, at);
  if (/[([{]/.test(character)) return after(closing(text, at));
  if (character === '#' || text.startsWith('//', at)) return lineEnd(text, at);
  if (text.startsWith('/*', at)) return commentEnd(text, at);
  if (text.startsWith('<<', at)) return heredocEnd(text, at);
  return at + 1;
}

function after(position: number | undefined): number | undefined {
  return position === undefined ? undefined : position + 1;
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

function commentEnd(text: string, at: number): number | undefined {
  const end = text.indexOf('*/', at + 2);
  return end < 0 ? undefined : end + 2;
}

function stringEnd(text: string, open: number): number | undefined {
  for (let at = open + 1; at < text.length; ) {
    const character = text.charAt(at);
    if (character === '"') return at + 1;
    if (character === '\n') return undefined;
    if (character === '\\') at += 2;
    else if (/^(?:\$\$|%%)\{/.test(text.slice(at, at + 3))) at += 3;
    else if (/^[$%]\{/.test(text.slice(at, at + 2))) {
      const close = closing(text, at + 1);
      if (close === undefined) return undefined;
      at = close + 1;
    } else at += 1;
  }
  return undefined;
}

const HEREDOC = /<<-?([\p{L}_][\p{L}\p{N}_-]*)[ \t]*\r?\n/uy;

/** A line of the word alone ends it, unless that stands in an expression, which is read as one. */
function heredocEnd(text: string, at: number): number | undefined {
  HEREDOC.lastIndex = at;
  const word = HEREDOC.exec(text)?.[1];
  if (word === undefined) return at + 2;
  for (let line = HEREDOC.lastIndex; line < text.length; ) {
    const end = lineEnd(text, line);
    if (text.slice(line, end).trim() === word) return end;
    const next = templateLineEnd(text, line);
    if (next === undefined) return undefined;
    line = next + 1;
  }
  return undefined;
}

/** Where the line ends on which the last expression of this one does. */
function templateLineEnd(text: string, from: number): number | undefined {
  for (let at = from; at < text.length; ) {
    if (text[at] === '\n') return at;
    if (/^(?:\$\$|%%)\{/.test(text.slice(at, at + 3))) at += 3;
    else if (/^[$%]\{/.test(text.slice(at, at + 2))) {
      const close = closing(text, at + 1);
      if (close === undefined) return undefined;
      at = close + 1;
    } else at += 1;
  }
  return text.length;
}
