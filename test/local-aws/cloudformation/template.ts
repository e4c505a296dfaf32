/** Reads a template, JSON or YAML with its short forms, and refuses a broken one as CloudFormation does. */
import { isAlias, isMap, isScalar, isSeq, type Node, parseDocument } from 'yaml';
import { validationError } from '../http/awsFault.ts';
import { type Fields, fieldsOf, isFields, textOf, textsOf } from '../values.ts';
import { checkReferences } from './templateReferences.ts';

export interface TemplateResource {
  readonly type: string;
  /** Unresolved. */
  readonly properties: Fields;
  readonly dependsOn: readonly string[];
  readonly condition: string | undefined;
  readonly deletionPolicy: string;
  readonly updateReplacePolicy: string;
  readonly metadata: unknown;
}

export interface Template {
  readonly body: string;
  readonly description: string | undefined;
  readonly parameters: ReadonlyMap<string, Fields>;
  readonly mappings: Fields;
  readonly conditions: Fields;
  readonly resources: ReadonlyMap<string, TemplateResource>;
  readonly outputs: ReadonlyMap<string, Fields>;
  readonly metadata: unknown;
  readonly transforms: readonly string[];
}

export const emptyTemplate: Template = {
  body: '',
  description: undefined,
  parameters: new Map(),
  mappings: {},
  conditions: {},
  resources: new Map(),
  outputs: new Map(),
  metadata: undefined,
  transforms: [],
};

/** @throws AwsFault ValidationError */
export function parseTemplate(body: string): Template {
  const raw = read(body);
  if (!isFields(raw)) throw formatError('unsupported structure.');
  checkSections(raw);
  const template: Template = {
    body,
    description: textOf(raw['Description']),
    parameters: sectionOf(raw, 'Parameters'),
    mappings: fieldsOf(raw['Mappings']),
    conditions: fieldsOf(raw['Conditions']),
    resources: new Map(
      [...sectionOf(raw, 'Resources')].map(([name, resource]) => [name, resourceOf(resource)]),
    ),
    outputs: sectionOf(raw, 'Outputs'),
    metadata: raw['Metadata'],
    transforms: textsOf(raw['Transform']),
  };
  checkReferences(template);
  return template;
}

export const formatError = (message: string) => validationError(`Template format error: ${message}`);

const sections = [
  'AWSTemplateFormatVersion',
  'Description',
  'Parameters',
  'Mappings',
  'Conditions',
  'Resources',
  'Outputs',
  'Metadata',
  'Transform',
  'Rules',
  'Hooks',
];

function checkSections(raw: Fields): void {
  const unknown = Object.keys(raw).filter(name => !sections.includes(name));
  if (unknown.length > 0)
    throw validationError(`Invalid template property or properties [${unknown.join(', ')}]`);
  if (Object.keys(fieldsOf(raw['Resources'])).length === 0)
    throw formatError('At least one Resources member must be defined.');
  const version = textOf(raw['AWSTemplateFormatVersion']);
  if (version !== undefined && version !== '2010-09-09') {
    throw formatError(`Template version is not supported: ${version}.`);
  }
  for (const [name, resource] of Object.entries(fieldsOf(raw['Resources']))) {
    if (!isFields(resource)) throw formatError(`[/Resources/${name}] resource definition is malformed`);
    if (textOf(resource['Type']) === undefined)
      throw formatError(`[/Resources/${name}] Every Resources object must contain a Type member.`);
    if (!/^[A-Za-z0-9]+$/.test(name)) throw formatError(`Resource name ${name} is non alphanumeric.`);
  }
  for (const [name, parameter] of Object.entries(fieldsOf(raw['Parameters']))) {
    if (textOf(fieldsOf(parameter)['Type']) === undefined)
      throw formatError(`Every Parameters object must contain a Type member. [/Parameters/${name}]`);
  }
}

const sectionOf = (raw: Fields, name: string): Map<string, Fields> =>
  new Map(Object.entries(fieldsOf(raw[name])).map(([key, value]) => [key, fieldsOf(value)]));

function resourceOf(raw: Fields): TemplateResource {
  return {
    type: textOf(raw['Type']) ?? '',
    properties: fieldsOf(raw['Properties']),
    dependsOn: textsOf(raw['DependsOn']),
    condition: textOf(raw['Condition']),
    deletionPolicy: textOf(raw['DeletionPolicy']) ?? 'Delete',
    updateReplacePolicy: textOf(raw['UpdateReplacePolicy']) ?? 'Delete',
    metadata: raw['Metadata'],
  };
}

function read(body: string): unknown {
  const isJson = /^\s*\{/.test(body);
  const document = parseDocument(body, { logLevel: 'silent' });
  const [error] = document.errors;
  if (error !== undefined) {
    const at = error.linePos?.[0] ?? { line: 1, col: 1 };
    throw formatError(`${isJson ? 'JSON' : 'YAML'} not well-formed. (line ${at.line}, column ${at.col})`);
  }
  return plain(document.contents);
}

/** YAML to plain values, with `!Sub x` written out as `{ 'Fn::Sub': x }`. */
function plain(node: Node | null): unknown {
  const value = untagged(node);
  const tag = node !== null && 'tag' in node ? node.tag : undefined;
  if (tag === undefined || !tag.startsWith('!') || tag.startsWith('!!')) return value;
  const name = tag.slice(1);
  if (name === 'Ref' || name === 'Condition') return { [name]: value };
  const isPath = name === 'GetAtt' && typeof value === 'string';
  return { [`Fn::${name}`]: isPath ? [value.split('.')[0], value.split('.').slice(1).join('.')] : value };
}

function untagged(node: Node | null): unknown {
  if (isMap<Node, Node | null>(node)) {
    return Object.fromEntries(
      node.items.map(pair => [String(isScalar(pair.key) ? pair.key.value : pair.key), plain(pair.value)]),
    );
  }
  if (isSeq<Node>(node)) return node.items.map(plain);
  if (isAlias(node)) throw formatError('YAML aliases are not allowed in CloudFormation templates');
  return isScalar(node) ? node.value : undefined;
}
