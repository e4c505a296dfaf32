/**
 * A file with the values of parameters, in each form that AWS's own tools take: the CLI's list of keys and values, its
 * list of "Key=Value", CodePipeline's `Parameters`, `Tags` and `StackPolicy`, or a plain map. Pure.
 */
import * as v from 'valibot';
import { UserError } from '../../base/userError.ts';
import { parseTemplateText } from './templateText.ts';

export interface ParametersFile {
  readonly parameters: Readonly<Record<string, string>>;
  readonly tags?: Readonly<Record<string, string>>;
  /** As JSON. */
  readonly stackPolicy?: string;
}

/** @throws UserError `parameters.form`, `template.syntax` */
export function parseParametersFile(text: string, name: string): ParametersFile {
  const { root } = parseTemplateText(text, name);
  const found = v.safeParse(File, root);
  if (found.success) return found.output;
  throw new UserError('parameters.form', `${name} is not a file of parameters.`, {
    hint: 'AWS takes [{"ParameterKey": …, "ParameterValue": …}], ["Key=Value"], {"Parameters": {…}} or {"Key": "Value"}. Nothing was sent to AWS.',
  });
}

/** A list is one value with commas, as in CodePipeline. */
const Value = v.union([
  v.string(),
  v.pipe(
    v.array(v.string()),
    v.transform(items => items.join(',')),
  ),
]);
const Values = v.record(v.string(), Value);

const CliItem = v.pipe(
  v.looseObject({
    ParameterKey: v.string(),
    ParameterValue: v.optional(v.string()),
    UsePreviousValue: v.optional(v.string()),
  }),
  v.check(item => item.ParameterValue !== undefined || item.UsePreviousValue === 'true'),
  // One that keeps its value is not given.
  v.transform(({ ParameterKey, ParameterValue }): [string, string][] =>
    ParameterValue === undefined ? [] : [[ParameterKey, ParameterValue]],
  ),
);

const Override = v.pipe(
  v.string(),
  v.regex(/^[^=]+=/),
  v.transform((text): [string, string][] => {
    const at = text.indexOf('=');
    return [[text.slice(0, at), text.slice(at + 1)]];
  }),
);

const List = v.pipe(
  v.union([v.array(CliItem), v.array(Override)]),
  v.transform((items): ParametersFile => ({ parameters: Object.fromEntries(items.flat()) })),
);

const CodePipeline = v.pipe(
  v.strictObject({
    Parameters: v.optional(Values),
    Tags: v.optional(v.record(v.string(), v.string())),
    StackPolicy: v.optional(v.looseObject({})),
  }),
  v.check(file => Object.keys(file).length > 0),
  v.transform(
    ({ Parameters, Tags, StackPolicy }): ParametersFile => ({
      parameters: Parameters ?? {},
      ...(Tags === undefined ? {} : { tags: Tags }),
      ...(StackPolicy === undefined ? {} : { stackPolicy: JSON.stringify(StackPolicy) }),
    }),
  ),
);

const Flat = v.pipe(
  v.unknown(),
  v.check(values => !Array.isArray(values)),
  Values,
  v.check(values => Object.keys(values).length > 0),
  v.transform((parameters): ParametersFile => ({ parameters })),
);

const File = v.union([List, CodePipeline, Flat]);
