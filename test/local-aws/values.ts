/** Reading values of unknown shape (parameters, parsed XML and JSON) without trusting them. */

export type Fields = Record<string, unknown>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {});

export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** Absent is an empty list, and one thing is a list of one: XML cannot tell them apart. */
export function listOf(value: unknown): unknown[] {
  if (value === undefined || value === null || value === '') return [];
  return Array.isArray(value) ? value : [value];
}

export const textsOf = (value: unknown): string[] =>
  listOf(value).flatMap(item => {
    const text = textOf(item);
    return text === undefined ? [] : [text];
  });

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Follows names into nested fields: `dig(value, 'Role', 'Arn')`. */
export const dig = (value: unknown, ...path: string[]): unknown =>
  path.reduce<unknown>((at, name) => fieldsOf(at)[name], value);
