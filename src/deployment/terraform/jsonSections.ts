/** The sections of a file in HCL's JSON syntax: at every level one object, or a list of them. */
import { type Node, type ParseError, parseTree } from 'jsonc-parser';
import * as v from 'valibot';
import { type Section, type Sections, TYPES, UNREADABLE } from './section.ts';

const things = v.record(v.string(), v.unknown());
type Things = v.InferOutput<typeof things>;

export function inJson(text: string): Sections {
  if (!isUnambiguous(text)) return UNREADABLE;
  const bodies = several(JSON.parse(text));
  const found = bodies?.map(body => sectionsIn(body, TYPES));
  if (found === undefined || found.includes(undefined)) return UNREADABLE;
  return { sections: found.flatMap(sections => sections ?? []), isWhole: true };
}

/** Of a key that is there twice, one reader takes the first, another the last, a third both. */
function isUnambiguous(text: string): boolean {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { disallowComments: true });
  return root !== undefined && errors.length === 0 && hasOwnKeys(root);
}

function hasOwnKeys({ type, children = [] }: Node): boolean {
  const keys = type === 'object' ? children.map(({ children: [key] = [] }) => String(key?.value)) : [];
  return new Set(keys).size === keys.length && children.every(hasOwnKeys);
}

/** @returns undefined when something is not as the syntax wants it. */
function sectionsIn(body: Things, types: Readonly<Record<string, number>>): Section[] | undefined {
  const found = Object.entries(types).map(([type, labels]) =>
    Object.hasOwn(body, type) ? labelled(type, [], labels, body[type]) : [],
  );
  return found.includes(undefined) ? undefined : found.flatMap(sections => sections ?? []);
}

function labelled(
  type: string,
  labels: readonly string[],
  missing: number,
  value: unknown,
): Section[] | undefined {
  const bodies = several(value);
  if (bodies === undefined) return undefined;
  if (missing === 0) return bodies.map(body => sectionOf(type, labels, body));
  const below = bodies
    .flatMap(body => Object.entries(body))
    .filter(([label]) => label !== '//')
    .map(([label, inner]) => labelled(type, [...labels, label], missing - 1, inner));
  return below.includes(undefined) ? undefined : below.flatMap(sections => sections ?? []);
}

function sectionOf(type: string, labels: readonly string[], body: Things): Section {
  return {
    type,
    labels,
    names: Object.keys(body),
    raw: name => (Object.hasOwn(body, name) ? JSON.stringify(body[name]) : undefined),
    literal: name => {
      const text = Object.hasOwn(body, name) ? body[name] : undefined;
      return typeof text === 'string' && !/[$%]\{/.test(text) ? text : undefined;
    },
    inside: (inner, count) => sectionsIn(body, { [inner]: count }) ?? [],
  };
}

function several(value: unknown): Things[] | undefined {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.every(item => v.is(things, item) && !Array.isArray(item))
    ? list.filter(item => v.is(things, item))
    : undefined;
}
