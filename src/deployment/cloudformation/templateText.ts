/**
 * CloudFormation's text forms, JSON and YAML with its short tags (`!Ref`, `!Sub` ...), read into plain values.
 * Scalars stay text (`010` is not 8): AWS gets the text itself, this reading is for showing and checking.
 */
import {
  type CollectionTag,
  type Document,
  isMap,
  isNode,
  isScalar,
  LineCounter,
  parseDocument,
  type ScalarTag,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { errorMessage, UserError } from '../../base/userError.ts';

export interface TemplateText {
  readonly root: unknown;
  /** The line, from 1, on which the entry at this path begins; 1 when there is none. */
  lineOf(...path: readonly string[]): number;
  /** Where a plain value stands in the text: from, and up to. */
  rangeOf(...path: readonly string[]): readonly [number, number] | undefined;
}

/** @throws UserError `template.syntax` with line and column. */
export function parseTemplateText(text: string, name: string): TemplateText {
  if (text.trimStart().startsWith('{')) checkJson(text, name);
  const lines = new LineCounter();
  // One alias counted often enough is a small file that fills the memory: `toJS` stops at 100.
  const document = parseDocument(text, { schema: 'failsafe', customTags: SHORT_TAGS, lineCounter: lines });
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem) throw syntaxError(name, sentence(problem.message), lines.linePos(problem.pos[0]));
  return {
    root: plainValue(document, name),
    lineOf: (...path) => lineOf(document, lines, path),
    rangeOf: (...path) => rangeOf(document, path),
  };
}

/** A text in several lines, or one that is meant elsewhere too, is not one to be replaced. */
function rangeOf(document: Document.Parsed, path: readonly string[]): readonly [number, number] | undefined {
  const node = document.getIn(path, true);
  const isPlain = isScalar(node) && node.anchor === undefined && !/^BLOCK/.test(node.type ?? '');
  return isPlain && node.range ? [node.range[0], node.range[1]] : undefined;
}

function plainValue(document: Document.Parsed, name: string): unknown {
  try {
    const value: unknown = document.toJS();
    // An alias that refers to itself makes a value without an end: this throws, and nothing later has to fear it.
    JSON.stringify(value);
    return value;
  } catch (error) {
    throw syntaxError(name, sentence(errorMessage(error)), { line: 1, col: 1 });
  }
}

function lineOf(document: Document.Parsed, lines: LineCounter, path: readonly string[]): number {
  const parent = path.length > 1 ? document.getIn(path.slice(0, -1), true) : document.contents;
  const pair = isMap(parent)
    ? parent.items.find(item => isNode(item.key) && String(item.key) === path.at(-1))
    : undefined;
  const start = isNode(pair?.key) ? pair.key.range?.[0] : undefined;
  return start === undefined ? 1 : lines.linePos(start).line;
}

/** The YAML reader forgives what is not JSON (`{"a":1 "b":2}`); CloudFormation does not. */
function checkJson(text: string, name: string): void {
  try {
    JSON.parse(text);
  } catch (error) {
    throw syntaxError(name, sentence(errorMessage(error)), jsonPosition(text));
  }
}

/** Not every message of the JSON parser has a place in it: it is the end of the shortest beginning that is wrong. */
function jsonPosition(text: string): Position {
  let [right, wrong] = [0, text.length + 1];
  while (wrong - right > 1) {
    const middle = Math.floor((right + wrong) / 2);
    if (isOnlyCutOff(text.slice(0, middle))) right = middle;
    else wrong = middle;
  }
  const before = text.slice(0, right).split('\n');
  return { line: before.length, col: (before.at(-1)?.length ?? 0) + 1 };
}

const CUT_OFF = /^(?:Unexpected end|Unterminated)/;
const JSON_POSITION = /at position (\d+)/;

function isOnlyCutOff(beginning: string): boolean {
  try {
    JSON.parse(beginning);
    return true;
  } catch (error) {
    const message = errorMessage(error);
    return CUT_OFF.test(message) || Number(JSON_POSITION.exec(message)?.[1] ?? -1) >= beginning.length;
  }
}

interface Position {
  readonly line: number;
  readonly col: number;
}

function syntaxError(name: string, problem: string, at: Position): UserError {
  return new UserError(
    'template.syntax',
    `${name} is not a CloudFormation template: line ${at.line}, column ${at.col}: ${problem}`,
    { hint: 'Correct the template and plan again. Nothing was sent to AWS.' },
  );
}

/** The place is told by ourselves, and an excerpt of the template does not belong into an error. */
const POSITION_AND_AFTER =
  /(?:, \.{0,3}"[\s\S]* is not valid JSON$)| (?:at line|at position|in JSON at|\(line)[\s\S]*$/;

function sentence(message: string): string {
  const text = message.replace(POSITION_AND_AFTER, '').trim();
  return text.endsWith('.') ? text : `${text}.`;
}

const FUNCTIONS =
  'And Base64 Cidr Equals FindInMap GetAZs GetAtt If ImportValue Join Length Not Or Select Split Sub ToJsonString Transform';

const SHORT_TAGS: (ScalarTag | CollectionTag)[] = [
  ...FUNCTIONS.split(' ').flatMap(name => shortTag(name, `Fn::${name}`)),
  ...shortTag('Ref', 'Ref'),
  ...shortTag('Condition', 'Condition'),
];

function shortTag(name: string, key: string): (ScalarTag | CollectionTag)[] {
  const tag = `!${name}`;
  const collection = (value: YAMLMap.Parsed | YAMLSeq.Parsed): unknown => ({ [key]: value.toJSON() });
  return [
    { tag, resolve: value => ({ [key]: value }) },
    { tag, collection: 'seq', resolve: collection },
    { tag, collection: 'map', resolve: collection },
  ];
}
