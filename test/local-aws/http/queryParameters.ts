/** `Tags.member.1.Key=a` and its kind, to and from nested values. */
import { type Fields, fieldsOf, isFields, textOf } from '../values.ts';

export function nested(form: URLSearchParams): Fields {
  const root: Fields = {};
  for (const [path, value] of form) {
    if (path !== 'Action' && path !== 'Version' && !path.startsWith('X-Amz-'))
      place(root, path.split('.'), value);
  }
  return fieldsOf(tidied(root));
}

export function flatForm(operation: string, version: string, parameters: Fields): string {
  const form = new URLSearchParams({ Action: operation, Version: version });
  append(form, '', parameters);
  return form.toString();
}

function place(root: Fields, path: readonly string[], value: string): void {
  let at = root;
  for (const step of path.slice(0, -1)) {
    const next = fieldsOf(at[step]);
    at[step] = next;
    at = next;
  }
  at[path.at(-1) ?? ''] = value;
}

/** Numbered fields become lists, `entry` lists of key and value become maps. */
function tidied(value: unknown): unknown {
  if (!isFields(value)) return value;
  const names = Object.keys(value);
  if (names.length === 1 && names[0] === 'member') return tidied(value['member']);
  if (names.length === 1 && names[0] === 'entry') return asMap(tidied(value['entry']));
  if (names.length > 0 && names.every(name => /^\d+$/.test(name))) {
    return names.sort((a, b) => Number(a) - Number(b)).map(name => tidied(value[name]));
  }
  return Object.fromEntries(names.map(name => [name, tidied(value[name])]));
}

function asMap(entries: unknown): Fields {
  const list = Array.isArray(entries) ? entries.map(fieldsOf) : [];
  return Object.fromEntries(list.map(entry => [textOf(entry['key']) ?? '', entry['value']]));
}

function append(form: URLSearchParams, prefix: string, value: unknown): void {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) append(form, `${prefix}.member.${index + 1}`, item);
  } else if (isFields(value)) {
    for (const [name, inner] of Object.entries(value))
      append(form, prefix === '' ? name : `${prefix}.${name}`, inner);
  } else if (value !== undefined) {
    form.append(prefix, String(value));
  }
}
