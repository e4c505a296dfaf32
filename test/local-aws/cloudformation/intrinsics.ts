/** Resolves intrinsic functions against parameters, mappings, conditions and resources. */
import { notImplemented, validationError } from '../http/awsFault.ts';
import { dig, type Fields, fieldsOf, isFields, textOf } from '../values.ts';
import type { Template } from './template.ts';

export interface Environment {
  readonly template: Template;
  readonly parameters: Readonly<Record<string, string>>;
  readonly accountId: string;
  readonly region: string;
  readonly stackId: string;
  readonly stackName: string;
  /** Physical id, or an attribute when named. */
  resource(logicalId: string, attribute: string | undefined): unknown;
  imported(name: string): string | undefined;
}

/** `AWS::NoValue` removes the property or the item that holds it. */
const noValue = Symbol('AWS::NoValue');

export function resolve(value: unknown, environment: Environment): unknown {
  if (Array.isArray(value))
    return value.map(item => resolve(item, environment)).filter(item => item !== noValue);
  if (!isFields(value)) return value;
  const [name, argument] = Object.entries(value)[0] ?? ['', undefined];
  if (Object.keys(value).length === 1 && (name === 'Ref' || name.startsWith('Fn::')))
    return apply(name, argument, environment);
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, inner]) => [key, resolve(inner, environment)] as const)
      .filter(([, inner]) => inner !== noValue),
  );
}

export const resolveFields = (value: Fields, environment: Environment): Fields =>
  fieldsOf(resolve(value, environment));

export function conditionHolds(name: string | undefined, environment: Environment): boolean {
  return name === undefined || truth(environment.template.conditions[name], environment);
}

function apply(name: string, argument: unknown, environment: Environment): unknown {
  const known = functions[name];
  if (known === undefined) throw notImplemented(name);
  return known(argument, environment);
}

type Intrinsic = (argument: unknown, environment: Environment) => unknown;

const functions: Readonly<Record<string, Intrinsic>> = {
  Ref: (argument, environment) => reference(String(argument), environment),
  'Fn::GetAtt': (argument, environment) => {
    const [name = '', ...rest] = Array.isArray(argument)
      ? argument.map(item => text(item, environment))
      : String(argument).split('.');
    return environment.resource(name, rest.join('.'));
  },
  'Fn::Sub': substitute,
  'Fn::Join': (argument, environment) => {
    const [separator, items] = list(argument, environment);
    return (Array.isArray(items) ? items : []).map(String).join(String(separator));
  },
  'Fn::Select': (argument, environment) => {
    const [index, items] = list(argument, environment);
    if (!Array.isArray(items) || items[Number(index)] === undefined) {
      throw validationError(
        `Template error: Fn::Select  cannot select nonexistent value at index ${String(index)}`,
      );
    }
    return items[Number(index)];
  },
  'Fn::Split': (argument, environment) => {
    const [separator, whole] = list(argument, environment);
    return String(whole).split(String(separator));
  },
  'Fn::If': (argument, environment) => {
    const [condition, yes, no] = Array.isArray(argument) ? argument : [];
    return resolve(conditionHolds(String(condition), environment) ? yes : no, environment);
  },
  'Fn::FindInMap': (argument, environment) => {
    const [map, first, second] = list(argument, environment).map(String);
    const found = dig(environment.template.mappings, map ?? '', first ?? '', second ?? '');
    if (found === undefined)
      throw validationError(`Template error: Unable to get mapping for ${map}::${first}::${second}`);
    return found;
  },
  'Fn::Base64': (argument, environment) => Buffer.from(text(argument, environment)).toString('base64'),
  'Fn::GetAZs': (argument, environment) => {
    const region = text(argument, environment) || environment.region;
    return ['a', 'b', 'c'].map(zone => region + zone);
  },
  'Fn::ImportValue': (argument, environment) => {
    const name = text(argument, environment);
    const value = environment.imported(name);
    if (value === undefined) throw validationError(`No export named ${name} found.`);
    return value;
  },
  'Fn::Length': (argument, environment) => list(argument, environment).length,
  'Fn::ToJsonString': (argument, environment) => JSON.stringify(resolve(argument, environment)),
};

const text = (value: unknown, environment: Environment): string => textOf(resolve(value, environment)) ?? '';

function list(value: unknown, environment: Environment): unknown[] {
  const resolved = resolve(value, environment);
  return Array.isArray(resolved) ? resolved : [resolved];
}

function reference(name: string, environment: Environment): unknown {
  if (name === 'AWS::NoValue') return noValue;
  const pseudo = pseudoParameters(environment)[name];
  if (pseudo !== undefined) return pseudo;
  const parameter = environment.parameters[name];
  if (parameter === undefined) return environment.resource(name, undefined);
  const type = textOf(environment.template.parameters.get(name)?.['Type']) ?? 'String';
  return type.startsWith('List<') || type === 'CommaDelimitedList'
    ? parameter.split(',').map(item => item.trim())
    : parameter;
}

function pseudoParameters(environment: Environment): Readonly<Record<string, unknown>> {
  return {
    'AWS::AccountId': environment.accountId,
    'AWS::Region': environment.region,
    'AWS::StackId': environment.stackId,
    'AWS::StackName': environment.stackName,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::NotificationARNs': [],
  };
}

function substitute(argument: unknown, environment: Environment): string {
  const [template, variables] = Array.isArray(argument)
    ? [argument[0], fieldsOf(argument[1])]
    : [argument, {}];
  return String(template).replace(/\$\{(!?)([^}]+)\}/g, (_, literal: string, inner: string) => {
    if (literal === '!') return `\${${inner}}`;
    const name = inner.trim();
    if (variables[name] !== undefined) return text(variables[name], environment);
    const [logicalId = '', ...attribute] = name.split('.');
    const value =
      attribute.length > 0
        ? environment.resource(logicalId, attribute.join('.'))
        : reference(name, environment);
    return Array.isArray(value) ? value.join(',') : String(value);
  });
}

function truth(condition: unknown, environment: Environment): boolean {
  const fields = fieldsOf(condition);
  const [name, argument] = Object.entries(fields)[0] ?? ['', undefined];
  const items = Array.isArray(argument) ? argument : [];
  switch (name) {
    case 'Condition':
      return conditionHolds(String(argument), environment);
    case 'Fn::Equals':
      return text(items[0], environment) === text(items[1], environment);
    case 'Fn::Not':
      return !truth(items[0], environment);
    case 'Fn::And':
      return items.every(item => truth(item, environment));
    case 'Fn::Or':
      return items.some(item => truth(item, environment));
    default:
      throw validationError(
        'Template format error: Conditions can only be boolean operations on parameters and other conditions',
      );
  }
}
