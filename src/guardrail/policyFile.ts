/**
 * A guardrail file, YAML or JSON, read strictly: a name that is not known, a value that is not allowed or a doubled entry
 * is an error with its place, because a rule that is misspelt would otherwise be a rule that is not there.
 */
import * as v from 'valibot';
import { type Document, isMap, isNode, LineCounter, parseDocument } from 'yaml';
import { errorMessage } from '../base/userError.ts';
import { LIMIT_KINDS, type Limits, type Reaction } from './guardrailPolicy.ts';
import type { RuleName } from './guardrailResult.ts';

/** What one environment's part of a file says; what it leaves out stays as it is. */
export interface PolicyPart {
  readonly approval?: 'button' | 'typedName';
  readonly rules: {
    readonly [R in RuleName]?: {
      readonly limit?: Limits[R];
      readonly broken?: Reaction;
      readonly unknown?: Reaction;
    };
  };
}

export interface PolicyFile {
  /** As it is shown. */
  readonly name: string;
  readonly everywhere?: PolicyPart;
  readonly dev?: PolicyPart;
  readonly staging?: PolicyPart;
  readonly prod?: PolicyPart;
}

export interface FileProblem {
  /** A clause: "everywhere has no rule diskSise". */
  readonly problem: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
}

export type PolicyReading =
  | { readonly kind: 'read'; readonly file: PolicyFile }
  | ({ readonly kind: 'unreadable' } & FileProblem);

/** Far more than anybody writes. */
const MAX_CHARACTERS = 64 * 1024;

export function readPolicyFile(text: string, name: string): PolicyReading {
  if (text.length > MAX_CHARACTERS) return unreadable('it has more than 64 KB', START);
  const lines = new LineCounter();
  const source = documentOf(text, lines);
  if ('problem' in source) return unreadable(source.problem, source);
  const read = v.safeParse(File, source.value);
  if (read.success) return { kind: 'read', file: { name, ...read.output } };
  const [issue] = read.issues;
  const path = (issue.path ?? []).map(item => String(item.key));
  return unreadable(problemOf(issue, path), placeOf(source.document, lines, path));
}

interface Place {
  readonly line: number;
  readonly column: number;
}
const START: Place = { line: 1, column: 1 };

function unreadable(problem: string, { line, column }: Place): PolicyReading {
  return { kind: 'unreadable', problem, line, column };
}

type Source = { readonly document: Document.Parsed; readonly value: unknown } | FileProblem;

function documentOf(text: string, lines: LineCounter): Source {
  try {
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
    const problem = document.errors[0] ?? document.warnings[0];
    if (problem) {
      const { line, col } = lines.linePos(problem.pos[0]);
      return { problem: oneSentence(problem.message), line, column: col };
    }
    // An alias that is used often enough makes a small file fill the memory; nobody needs one here.
    return { document, value: document.toJS({ maxAliasCount: 0 }) };
  } catch (error) {
    return { problem: oneSentence(errorMessage(error)), ...START };
  }
}

function oneSentence(message: string): string {
  return (message.split('\n')[0] ?? '').replace(/\.$/, '').slice(0, 200);
}

function problemOf(issue: v.BaseIssue<unknown>, path: readonly string[]): string {
  const where = path.join('.') || 'the file';
  if (issue.type === 'strict_object' && issue.expected === 'never')
    return `${where} is not a name that is known here`;
  return `${where}: ${issue.message}`;
}

/** Of the deepest entry of the path that is there. */
function placeOf(document: Document.Parsed, lines: LineCounter, path: readonly string[]): Place {
  for (let length = path.length; length > 0; length -= 1) {
    const parent = length > 1 ? document.getIn(path.slice(0, length - 1), true) : document.contents;
    const pair = isMap(parent)
      ? parent.items.find(item => isNode(item.key) && String(item.key) === path[length - 1])
      : undefined;
    const start = isNode(pair?.key) ? pair.key.range?.[0] : undefined;
    if (start === undefined) continue;
    const { line, col } = lines.linePos(start);
    return { line, column: col };
  }
  return START;
}

const reaction = v.exactOptional(v.picklist(['ask', 'refuse'], 'is neither "ask" nor "refuse"'));

function part<R extends RuleName>(rule: R) {
  const limit: v.GenericSchema<unknown, Limits[R]> = LIMIT_KINDS[rule].schema;
  return v.exactOptional(
    v.strictObject({ limit: v.exactOptional(limit), broken: reaction, unknown: reaction }),
  );
}

const Part = v.pipe(
  v.strictObject({
    approval: v.exactOptional(v.picklist(['button', 'typedName'], 'is neither "button" nor "typedName"')),
    regions: part('regions'),
    resourceTypes: part('resourceTypes'),
    instanceTypes: part('instanceTypes'),
    instanceCount: part('instanceCount'),
    diskSize: part('diskSize'),
    monthlyBudget: part('monthlyBudget'),
    requiredTags: part('requiredTags'),
    stateful: part('stateful'),
    openPorts: part('openPorts'),
    publicAccess: part('publicAccess'),
    iamWildcards: part('iamWildcards'),
    openTrust: part('openTrust'),
  }),
  v.transform(
    ({ approval, ...rules }): PolicyPart => ({ ...(approval === undefined ? {} : { approval }), rules }),
  ),
);

/** `__proto__` is found in every object, so that a strict schema does not see it. */
const noPrototypes = v.custom<unknown>(value => !hasPrototypeKey(value), 'has an entry called __proto__');

const File = v.pipe(
  noPrototypes,
  v.strictObject({
    version: v.literal(1, 'is not 1'),
    everywhere: v.exactOptional(Part),
    dev: v.exactOptional(Part),
    staging: v.exactOptional(Part),
    prod: v.exactOptional(Part),
  }),
  v.transform(({ version: _, ...parts }) => parts),
);

function hasPrototypeKey(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.hasOwn(value, '__proto__') || Object.values(value).some(hasPrototypeKey);
}
