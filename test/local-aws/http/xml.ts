/** XML in both directions, with lists and names as AWS's protocols write them. */
import { XMLParser } from 'fast-xml-parser';
import { type Fields, fieldsOf, isFields } from '../values.ts';

const parser = new XMLParser({ ignoreAttributes: true, parseTagValue: false, trimValues: true });
const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#13;',
};

export const escapeXml = (text: string): string =>
  text.replace(/[&<>"\r]/g, found => escapes[found] ?? found);

/** Lists become `<member>` elements (or repeat `itemName`), absent values vanish. */
export function toXml(value: unknown, itemName = 'member'): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value))
    return value.map(item => `<${itemName}>${toXml(item, itemName)}</${itemName}>`).join('');
  if (value instanceof Date) return value.toISOString();
  if (!isFields(value)) return escapeXml(String(value));
  return Object.entries(value)
    .filter(([, inner]) => inner !== undefined)
    .map(([name, inner]) => `<${name}>${toXml(inner, itemName)}</${name}>`)
    .join('');
}

/** For S3's bodies, whose lists repeat the element itself. */
export function toFlatXml(value: unknown): string {
  if (!isFields(value)) return toXml(value);
  return Object.entries(value)
    .flatMap(([name, inner]) => (Array.isArray(inner) ? inner : [inner]).map(item => ({ name, item })))
    .filter(({ item }) => item !== undefined)
    .map(({ name, item }) => `<${name}>${toFlatXml(item)}</${name}>`)
    .join('');
}

/** The root element's content, with `member` lists flattened. */
export function parseXml(text: string): Fields {
  const parsed = fieldsOf(parser.parse(text));
  const root = Object.entries(parsed).find(([name]) => !name.startsWith('?'));
  return fieldsOf(flattened(root?.[1]));
}

function flattened(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(flattened);
  if (!isFields(value)) return value;
  const names = Object.keys(value);
  if (names.length === 1 && (names[0] === 'member' || names[0] === 'item')) {
    const inner = Object.values(value)[0];
    return (Array.isArray(inner) ? inner : [inner]).map(flattened);
  }
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, flattened(inner)]));
}
