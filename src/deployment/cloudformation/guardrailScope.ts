/** What names in a template stand for: parameters, pseudo parameters, resources, mappings, conditions. */
import { at, isList, type Properties, Unresolved, type Value } from '../../guardrail/facts/value.ts';

export interface ScopeInput {
  readonly root: Value;
  /** Given ones; undefined for a value that the stack keeps. One that is missing has its default. */
  readonly parameters: Readonly<Record<string, string | undefined>>;
  readonly region: string;
  readonly accountId: string;
  readonly stackName: string;
}

export interface Scope {
  ref(name: string): Value | undefined;
  attribute(resource: string, name: string): Value;
  inMap(map: Value, first: Value, second: Value): Value;
  /** What is written under Conditions. */
  condition(name: string): Value | undefined;
}

/** `Ref: AWS::NoValue`: the property that it is the value of is not there. */
export const NO_VALUE = 'AWS::NoValue';

export function scopeOf(input: ScopeInput): Scope {
  const { root } = input;
  return {
    ref: name => pseudoParameter(input, name) ?? parameter(input, name) ?? resourceRef(root, name),
    attribute: (resource, name) => attribute(typeOf(root, resource), resource, name),
    inMap: (map, first, second) => inMap(root, [map, first, second]),
    condition: name => at(root, 'Conditions', name),
  };
}

const PARTITIONS: readonly (readonly [RegExp, string, string])[] = [
  [/^cn-/, 'aws-cn', 'amazonaws.com.cn'],
  [/^us-gov-/, 'aws-us-gov', 'amazonaws.com'],
];

function pseudoParameter({ region, accountId, stackName }: ScopeInput, name: string): Value | undefined {
  const [, partition = 'aws', suffix = 'amazonaws.com'] =
    PARTITIONS.find(([pattern]) => pattern.test(region)) ?? [];
  switch (name) {
    case 'AWS::Region':
      return region;
    case 'AWS::AccountId':
      return accountId;
    case 'AWS::StackName':
      return stackName;
    case 'AWS::StackId':
      return `arn:${partition}:cloudformation:${region}:${accountId}:stack/${stackName}/…`;
    case 'AWS::Partition':
      return partition;
    case 'AWS::URLSuffix':
      return suffix;
    default:
      return undefined;
  }
}

/** A secret one is not looked at: its value would stand in a verdict. */
function parameter({ root, parameters }: ScopeInput, name: string): Value | undefined {
  const declared = at(root, 'Parameters', name);
  if (declared === undefined) return undefined;
  const type = String(at(declared, 'Type') ?? 'String');
  if (String(at(declared, 'NoEcho')).toLowerCase() === 'true')
    return new Unresolved(`parameter ${name} is secret`);
  if (type.startsWith('AWS::SSM::Parameter::Value'))
    return new Unresolved(`parameter ${name} is read from Systems Manager`);
  const isGiven = Object.hasOwn(parameters, name);
  const value = isGiven ? parameters[name] : at(declared, 'Default');
  if (value === undefined) {
    const why = isGiven
      ? `parameter ${name} keeps the value it has in the stack`
      : `parameter ${name} has no value`;
    return new Unresolved(why);
  }
  const isListType = type === 'CommaDelimitedList' || type.startsWith('List<');
  if (typeof value !== 'string') return new Unresolved(`the default of parameter ${name} is no text`);
  return isListType ? value.split(',').map(item => item.trim()) : value;
}

function typeOf(root: Value, resource: string): string | undefined {
  const type = at(root, 'Resources', resource, 'Type');
  return typeof type === 'string' ? type : undefined;
}

/** The name or id that AWS gives it: not known, and no wildcard either, unless code of the template's author returns it. */
function resourceRef(root: Value, name: string): Value | undefined {
  const type = typeOf(root, name);
  if (type === undefined) return undefined;
  return isAwsMade(type) ? `\${${name}}` : new Unresolved(`what ${name} returns is known only later`);
}

function attribute(type: string | undefined, resource: string, name: string): Value {
  if (type !== undefined && isAwsMade(type) && /^\w*(?:Arn|ARN|Id)$/.test(name))
    return `\${${resource}.${name}}`;
  return new Unresolved(`${resource}.${name} is known only later`);
}

function isAwsMade(type: string): boolean {
  return type.startsWith('AWS::') && !type.startsWith('AWS::CloudFormation::');
}

function inMap(root: Value, keys: readonly Value[]): Value {
  const names: string[] = [];
  for (const key of keys) {
    if (key instanceof Unresolved) return key;
    names.push(String(key));
  }
  const found = at(root, 'Mappings', ...names);
  return found ?? new Unresolved(`there is no ${names.join('.')} in Mappings`);
}

/** A function of CloudFormation: a map with its name as the only entry. */
export function functionOf(value: Properties): { name: string; argument: Value } | undefined {
  const [entry, ...others] = Object.entries(value);
  if (entry === undefined || others.length > 0) return undefined;
  const [name, argument] = entry;
  return name === 'Ref' || name === 'Condition' || name.startsWith('Fn::') ? { name, argument } : undefined;
}

export function listArgument(value: Value, length: number): readonly Value[] | undefined {
  return isList(value) && value.length >= length ? value : undefined;
}
