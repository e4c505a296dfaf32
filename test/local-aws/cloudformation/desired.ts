/** From a request to what the stack shall be: template, parameters, capabilities, checked as CloudFormation checks them. */
import { AwsFault, validationError } from '../http/awsFault.ts';
import type { Tag } from '../keys.ts';
import { dig, type Fields, listOf, textOf, textsOf } from '../values.ts';
import type { Desired, Stack } from './stack.ts';
import { parseTemplate, type Template } from './template.ts';

export interface TemplateSource {
  /** Reads a template from S3. */
  read(url: string): Promise<string>;
}

/** @throws AwsFault */
export async function desiredOf(
  given: Fields,
  existing: Stack | undefined,
  source: TemplateSource,
): Promise<Desired> {
  const template = await templateOf(given, existing, source);
  const capabilities = textsOf(given['Capabilities']);
  checkCapabilities(template, capabilities);
  const tags =
    given['Tags'] === undefined ? (existing?.desired.tags ?? []) : listOf(given['Tags']).map(tagOf);
  return { template, parameters: parametersOf(given, template, existing), tags, capabilities };
}

const tagOf = (tag: unknown): Tag => ({
  key: textOf(dig(tag, 'Key')) ?? '',
  value: textOf(dig(tag, 'Value')) ?? '',
});

export async function templateOf(
  given: Fields,
  existing: Stack | undefined,
  source: TemplateSource,
): Promise<Template> {
  const body = textOf(given['TemplateBody']);
  const url = textOf(given['TemplateURL']);
  const keeps = textOf(given['UsePreviousTemplate']) === 'true';
  if (keeps && existing !== undefined) return existing.desired.template;
  if (body !== undefined && url !== undefined)
    throw validationError('TemplateURL must not be specified together with TemplateBody.');
  if (body !== undefined && body.length > 51_200) {
    throw validationError(
      `1 validation error detected: Value '${body.slice(0, 100)}' at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to 51200`,
    );
  }
  if (body !== undefined) return parseTemplate(body);
  if (url !== undefined) return parseTemplate(await source.read(url));
  throw validationError('Either Template URL or Template Body must be specified.');
}

function checkCapabilities(template: Template, given: readonly string[]): void {
  const needed = neededCapability(template);
  if (needed === undefined) return;
  const enough = needed === 'CAPABILITY_IAM' ? ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM'] : [needed];
  if (enough.some(capability => given.includes(capability))) return;
  throw new AwsFault('InsufficientCapabilitiesException', `Requires capabilities : [${needed}]`);
}

export function neededCapability(template: Template): 'CAPABILITY_IAM' | 'CAPABILITY_NAMED_IAM' | undefined {
  const iam = [...template.resources.values()].filter(resource =>
    /^AWS::IAM::(Role|User|Group|Policy|ManagedPolicy|AccessKey|InstanceProfile)$/.test(resource.type),
  );
  if (iam.length === 0) return undefined;
  const names = ['RoleName', 'UserName', 'GroupName', 'ManagedPolicyName'];
  const named = iam.some(
    resource =>
      resource.type !== 'AWS::IAM::Policy' && names.some(name => resource.properties[name] !== undefined),
  );
  return named ? 'CAPABILITY_NAMED_IAM' : 'CAPABILITY_IAM';
}

function parametersOf(
  given: Fields,
  template: Template,
  existing: Stack | undefined,
): Record<string, string> {
  const passed = new Map(
    listOf(given['Parameters']).map(item => [textOf(dig(item, 'ParameterKey')) ?? '', item]),
  );
  const unknown = [...passed.keys()].filter(name => !template.parameters.has(name));
  if (unknown.length > 0)
    throw validationError(`Parameters: [${unknown.join(', ')}] do not exist in the template`);
  const values: Record<string, string> = {};
  const missing: string[] = [];
  for (const [name, definition] of template.parameters) {
    const value = chosenValue(passed.get(name), existing?.desired.parameters[name], definition);
    if (value === undefined) missing.push(name);
    else values[name] = checked(name, value, definition);
  }
  if (missing.length > 0) throw validationError(`Parameters: [${missing.join(', ')}] must have values`);
  return values;
}

function chosenValue(passed: unknown, before: string | undefined, definition: Fields): string | undefined {
  if (textOf(dig(passed, 'UsePreviousValue')) === 'true') return before;
  return textOf(dig(passed, 'ParameterValue')) ?? textOf(definition['Default']);
}

function checked(name: string, value: string, definition: Fields): string {
  const told = textOf(definition['ConstraintDescription']);
  const refuse = (text: string): AwsFault =>
    validationError(
      told === undefined
        ? `Parameter '${name}' must ${text}`
        : `Parameter '${name}' failed to satisfy constraint: ${told}`,
    );
  const allowed = textsOf(definition['AllowedValues']);
  if (allowed.length > 0 && !allowed.includes(value)) {
    throw validationError(`Parameter '${name}' must be one of AllowedValues`);
  }
  const pattern = textOf(definition['AllowedPattern']);
  if (pattern !== undefined && !new RegExp(`^(?:${pattern})$`).test(value))
    throw refuse(`match pattern ${pattern}`);
  if (definition['Type'] === 'Number' && Number.isNaN(Number(value)))
    throw validationError(`Parameter '${name}' must be a number.`);
  checkRange(name, value, definition);
  return value;
}

function checkRange(name: string, value: string, definition: Fields): void {
  const limit = (key: string): number | undefined =>
    definition[key] === undefined ? undefined : Number(definition[key]);
  const [minLength, maxLength, minValue, maxValue] = ['MinLength', 'MaxLength', 'MinValue', 'MaxValue'].map(
    limit,
  );
  if (minLength !== undefined && value.length < minLength)
    throw validationError(`Parameter '${name}' must contain at least ${minLength} characters`);
  if (maxLength !== undefined && value.length > maxLength)
    throw validationError(`Parameter '${name}' must contain at most ${maxLength} characters`);
  if (minValue !== undefined && Number(value) < minValue)
    throw validationError(`Parameter '${name}' must be a number not less than ${minValue}`);
  if (maxValue !== undefined && Number(value) > maxValue)
    throw validationError(`Parameter '${name}' must be a number not greater than ${maxValue}`);
}
