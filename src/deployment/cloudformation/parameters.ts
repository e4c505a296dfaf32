/** A template's parameters, and whether a value fits one, said before AWS is asked. Pure. */
import { runInNewContext } from 'node:vm';
import * as v from 'valibot';

export interface Parameter {
  readonly name: string;
  readonly type: string;
  readonly default: string | undefined;
  /** Its value is a secret: it is not shown, not stored, not part of the plan's text. */
  readonly noEcho: boolean;
  readonly allowedValues: readonly string[] | undefined;
  readonly allowedPattern: string | undefined;
  readonly minLength: number | undefined;
  readonly maxLength: number | undefined;
  readonly minValue: number | undefined;
  readonly maxValue: number | undefined;
  readonly description: string | undefined;
  readonly constraintDescription: string | undefined;
}

export const HIDDEN_VALUE = '****';
/** For one that a stack keeps as it has it. */
export const KEPT_VALUE = '(as it is)';

/** Limit: CloudFormation quotas, "parameter value", in bytes. */
const MAX_VALUE_BYTES = 4096;

/** @returns a sentence for a person, without the value; undefined when it fits. */
export function parameterProblem(parameter: Parameter, value: string): string | undefined {
  if (Buffer.byteLength(value) > MAX_VALUE_BYTES) return `${parameter.name} takes 4,096 bytes at most.`;
  const items = itemsOf(parameter, value);
  const ofItems = items.map(item => itemProblem(parameter, item)).find(found => found !== undefined);
  const problem = ofItems ?? patternProblem(parameter, items);
  if (problem === undefined) return undefined;
  return `${parameter.name} ${parameter.constraintDescription ?? problem}.`;
}

/** Parameters of a template's `Parameters` section; what is not understood there is left for AWS to refuse. */
export function parseParameters(section: Readonly<Record<string, unknown>>): Parameter[] {
  return Object.entries(section).map(([name, body]) => ({ name, ...v.parse(ParameterBody, body) }));
}

const isList = (parameter: Parameter): boolean =>
  parameter.type === 'CommaDelimitedList' || parameter.type.startsWith('List<');

function itemsOf(parameter: Parameter, value: string): string[] {
  return isList(parameter) ? value.split(',').map(item => item.trim()) : [value];
}

type Rule = (parameter: Parameter, item: string) => string | undefined;

const RULES: readonly Rule[] = [numberProblem, choiceProblem, lengthProblem];

function itemProblem(parameter: Parameter, item: string): string | undefined {
  return RULES.map(rule => rule(parameter, item)).find(problem => problem !== undefined);
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

function numberProblem({ type, minValue, maxValue }: Parameter, item: string): string | undefined {
  if (type !== 'Number' && type !== 'List<Number>') return undefined;
  if (!NUMBER.test(item.trim())) return 'must be a number';
  if (minValue !== undefined && Number(item) < minValue) return `must be ${minValue} or more`;
  if (maxValue !== undefined && Number(item) > maxValue) return `must be ${maxValue} or less`;
  return undefined;
}

function choiceProblem({ allowedValues }: Parameter, item: string): string | undefined {
  if (!allowedValues || allowedValues.includes(item)) return undefined;
  return `must be one of: ${allowedValues.join(', ')}`;
}

function lengthProblem({ type, minLength, maxLength }: Parameter, item: string): string | undefined {
  if (type !== 'String') return undefined;
  if (minLength !== undefined && item.length < minLength) return `must have at least ${minLength} characters`;
  if (maxLength !== undefined && item.length > maxLength) return `must have at most ${maxLength} characters`;
  return undefined;
}

function patternProblem({ allowedPattern }: Parameter, items: readonly string[]): string | undefined {
  if (allowedPattern === undefined || matches(allowedPattern, items) !== false) return undefined;
  return `must match ${allowedPattern}`;
}

/** Far above what an honest pattern takes on a busy computer. */
const PATTERN_TIMEOUT_MS = 250;

/**
 * The pattern comes from a file that an agent may have written, and a hostile one runs for ever: hence the time limit, one
 * for all items together.
 * @returns undefined when it cannot be told here (another dialect, too slow): AWS decides.
 */
function matches(pattern: string, items: readonly string[]): boolean | undefined {
  try {
    const found: unknown = runInNewContext(
      'const regexp = new RegExp(pattern); items.every(item => regexp.test(item))',
      { pattern: `^(?:${pattern})$`, items: [...items] },
      { timeout: PATTERN_TIMEOUT_MS },
    );
    return found === true;
  } catch {
    return undefined;
  }
}

const Text = v.optional(v.fallback(v.optional(v.string()), undefined));
const Numeric = v.optional(
  v.fallback(v.optional(v.pipe(v.string(), v.transform(Number), v.finite())), undefined),
);

const ParameterBody = v.pipe(
  v.fallback(
    v.looseObject({
      Type: v.optional(v.fallback(v.string(), 'String'), 'String'),
      Default: Text,
      NoEcho: Text,
      AllowedValues: v.optional(v.fallback(v.optional(v.array(v.string())), undefined)),
      AllowedPattern: Text,
      MinLength: Numeric,
      MaxLength: Numeric,
      MinValue: Numeric,
      MaxValue: Numeric,
      Description: Text,
      ConstraintDescription: Text,
    }),
    { Type: 'String' },
  ),
  v.transform(
    (body): Omit<Parameter, 'name'> => ({
      type: body.Type,
      noEcho: body.NoEcho?.toLowerCase() === 'true',
      default: body.Default,
      allowedValues: body.AllowedValues,
      allowedPattern: body.AllowedPattern,
      minLength: body.MinLength,
      maxLength: body.MaxLength,
      minValue: body.MinValue,
      maxValue: body.MaxValue,
      description: body.Description,
      constraintDescription: body.ConstraintDescription,
    }),
  ),
);
