/**
 * What a configuration's files declare, as far as it matters before a tool may touch them: variables, its own backend,
 * local modules, programs that would run on this computer. Of what cannot be read nothing is told: the tool will.
 */
import * as v from 'valibot';
import { attributeOf, blocksOf, literalText } from './hcl.ts';

export interface Variable {
  readonly name: string;
  readonly isSensitive: boolean;
  readonly isRequired: boolean;
  readonly description?: string;
}

export interface Declarations {
  readonly variables: readonly Variable[];
  /** `s3`, `cloud` ... */
  readonly backends: readonly string[];
  /** Sources of modules that are folders. */
  readonly modules: readonly string[];
  /** Addresses of what runs a program while it is planned. */
  readonly programs: readonly string[];
}

const NOTHING: Declarations = { variables: [], backends: [], modules: [], programs: [] };

export function declarationsOf(name: string, text: string): Declarations {
  if (name.endsWith('.tf')) return inHcl(text);
  return name.endsWith('.tf.json') ? inJson(text) : NOTHING;
}

export function allDeclarations(files: readonly { path: string; content: string }[]): Declarations {
  const each = files.map(file => declarationsOf(file.path, file.content));
  return {
    variables: each.flatMap(({ variables }) => variables),
    backends: each.flatMap(({ backends }) => backends),
    modules: each.flatMap(({ modules }) => modules),
    programs: each.flatMap(({ programs }) => programs),
  };
}

export function isLocalSource(source: string): boolean {
  return /^\.\.?(?:\/|$)/.test(source);
}

function inHcl(text: string): Declarations {
  const settings = blocksOf(text, 'terraform');
  return {
    variables: blocksOf(text, 'variable').map(({ labels: [name = ''], body }) => {
      const description = literalText(attributeOf(body, 'description'));
      return {
        name,
        // An expression that is not plainly false counts as true.
        isSensitive: (attributeOf(body, 'sensitive') ?? 'false') !== 'false',
        isRequired: attributeOf(body, 'default') === undefined,
        ...(description === undefined ? {} : { description }),
      };
    }),
    backends: settings.flatMap(({ body }) => [
      ...blocksOf(body, 'backend').map(({ labels }) => labels[0] ?? ''),
      ...blocksOf(body, 'cloud').map(() => 'cloud'),
    ]),
    modules: blocksOf(text, 'module')
      .flatMap(({ body }) => literalText(attributeOf(body, 'source')) ?? [])
      .filter(isLocalSource),
    programs: blocksOf(text, 'data')
      .filter(({ labels }) => labels[0] === 'external')
      .map(({ labels }) => `data.${labels.join('.')}`),
  };
}

const things = v.record(v.string(), v.unknown());
const JsonFile = v.object({
  variable: v.optional(things, {}),
  module: v.optional(things, {}),
  data: v.optional(things, {}),
  terraform: v.optional(v.unknown()),
});

function inJson(text: string): Declarations {
  const read = v.safeParse(JsonFile, parsed(text));
  if (!read.success) return NOTHING;
  const { variable, module, data, terraform } = read.output;
  return {
    variables: Object.entries(variable).map(([name, body]) => jsonVariable(name, body)),
    backends: several(terraform).flatMap(body => [
      ...several(field(body, 'backend')).flatMap(backend => Object.keys(v.parse(things, backend))),
      ...(field(body, 'cloud') === undefined ? [] : ['cloud']),
    ]),
    modules: Object.values(module)
      .map(body => field(body, 'source'))
      .filter((source): source is string => typeof source === 'string' && isLocalSource(source)),
    programs: several(data['external']).flatMap(external =>
      Object.keys(v.is(things, external) ? external : {}).map(name => `data.external.${name}`),
    ),
  };
}

function jsonVariable(name: string, body: unknown): Variable {
  const description = field(body, 'description');
  return {
    name,
    isSensitive: (field(body, 'sensitive') ?? false) !== false,
    isRequired: field(body, 'default') === undefined,
    ...(typeof description === 'string' ? { description } : {}),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** JSON syntax of HCL: a block may be one object or a list of them. */
function several(value: unknown): unknown[] {
  const list = Array.isArray(value) ? value : [value];
  return list.filter(item => v.is(things, item));
}

function field(body: unknown, name: string): unknown {
  const [first] = several(body);
  return v.is(things, first) && Object.hasOwn(first, name) ? first[name] : undefined;
}
