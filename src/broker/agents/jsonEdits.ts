/**
 * Edits of a JSON text that touch nothing else: `jsonc-parser` says where things stand, but its own `modify` lays out the
 * neighbours anew. A property is put first, which leaves the commas and comments of the others alone, and what was put
 * in can be taken out to the byte.
 */
import { createScanner, findNodeAtLocation, type Node, parseTree, type SyntaxKind } from 'jsonc-parser';
import { lineEnd, Unreadable } from './environmentFormat.ts';

type Path = readonly string[];

export function replaceValue(text: string, path: Path, value: string): string {
  const { offset, length } = nodeAt(text, path);
  return spliced(text, offset, offset + length, JSON.stringify(value));
}

/** @param value a text, or an object of texts. */
export function insertProperty(
  text: string,
  path: Path,
  name: string,
  value: string | Readonly<Record<string, string>>,
): string {
  const { offset, length } = nodeAt(text, path);
  const inner = text.slice(offset + 1, offset + length - 1);
  const depth = path.length + 1;
  if (inner.trim() === '') {
    const base = `${lineEnd(text)}${indent(text).repeat(path.length)}`;
    const lead = `${base}${indent(text)}`;
    const property = `${lead}${written(name, value, text, depth)}${base}`;
    return spliced(text, offset + 1, offset + length - 1, property);
  }
  const lead = /^\s*/.exec(inner)?.[0] ?? '';
  const at = offset + 1 + lead.length;
  const property = lead.includes('\n')
    ? written(name, value, text, depth)
    : `${JSON.stringify(name)}: ${JSON.stringify(value)}`;
  return spliced(text, at, at, `${property},${lead}`);
}

export function removeProperty(text: string, path: Path): string {
  const property = nodeAt(text, path).parent;
  const object = property?.parent;
  if (!property || !object) throw new Unreadable('a property has no place');
  const end = property.offset + property.length;
  const comma = commaAfter(text, end);
  const index = object.children?.indexOf(property) ?? 0;
  const before = object.children?.[index - 1];
  if (comma === undefined && before) return withoutLast(text, before, property);
  const from = property.offset;
  const to = comma === undefined ? end : comma + 1 + spaces(text.slice(comma + 1));
  const left = spliced(text, from, to, '');
  const rest = left.slice(object.offset + 1, object.offset + object.length - 1 - (to - from));
  return rest.trim() === '' ? spliced(left, object.offset + 1, object.offset + 1 + rest.length, '') : left;
}

/** The last property goes with the comma before it, where no other comma follows. */
function withoutLast(text: string, before: Node, property: Node): string {
  const lead = /\s*$/.exec(text.slice(0, property.offset))?.[0] ?? '';
  const left = spliced(text, property.offset - lead.length, property.offset + property.length, '');
  const comma = commaAfter(text, before.offset + before.length);
  return comma === undefined ? left : spliced(left, comma, comma + 1, '');
}

function nodeAt(text: string, path: Path): Node {
  const root = parseTree(text, [], { allowTrailingComma: true });
  const node = root && findNodeAtLocation(root, [...path]);
  if (!node) throw new Unreadable('a property cannot be found');
  return node;
}

function commaAfter(text: string, offset: number): number | undefined {
  const scanner = createScanner(text, true);
  scanner.setPosition(offset);
  return scanner.scan() === COMMA ? scanner.getTokenOffset() : undefined;
}

/** `SyntaxKind.CommaToken`; a const enum of another module is not there when types are stripped. */
const COMMA: SyntaxKind = 5;

function written(
  name: string,
  value: string | Readonly<Record<string, string>>,
  text: string,
  depth: number,
): string {
  const json = JSON.stringify(value, undefined, indent(text));
  const base = indent(text).repeat(depth);
  return `${JSON.stringify(name)}: ${json.replaceAll('\n', `${lineEnd(text)}${base}`)}`;
}

function indent(text: string): string {
  return /\n([ \t]+)\S/.exec(text)?.[1] ?? '  ';
}

function spaces(text: string): number {
  return /^\s*/.exec(text)?.[0].length ?? 0;
}

function spliced(text: string, from: number, to: number, part: string): string {
  return text.slice(0, from) + part + text.slice(to);
}
