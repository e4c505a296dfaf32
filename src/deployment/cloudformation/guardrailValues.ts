/**
 * CloudFormation's functions, evaluated as far as a template and its parameters tell; the rest becomes `Unresolved`. It
 * is for judging only: AWS evaluates the template itself.
 */
import {
  isList,
  isProperties,
  type Properties,
  Unresolved,
  type Value,
} from '../../guardrail/facts/value.ts';
import { conditions, type Holds } from './guardrailConditions.ts';
import { functionOf, listArgument, NO_VALUE, type Scope } from './guardrailScope.ts';

/** @returns undefined for `AWS::NoValue`. */
export type Resolve = (value: Value) => Value | undefined;

export interface Resolver {
  readonly resolve: Resolve;
  /** Whether a condition is met; undefined when that is not known. */
  readonly holds: Holds;
}

export function resolver(scope: Scope): Resolver {
  const resolve: Resolve = value => {
    if (typeof value === 'string') return resolveText(value);
    if (isList(value)) return value.map(resolve).filter(item => item !== undefined);
    if (!isProperties(value)) return value;
    const call = functionOf(value);
    if (call) return evaluate(call.name, call.argument, { scope, resolve, holds });
    const hidden = Object.keys(value).find(name => name.startsWith('Fn::'));
    return hidden === undefined
      ? resolveMap(value, resolve)
      : new Unresolved(`${hidden} is not evaluated here`);
  };
  const holds = conditions(scope, value => resolve(value));
  return { resolve, holds };
}

interface Context extends Resolver {
  readonly scope: Scope;
}

function resolveMap(value: Properties, resolve: Resolve): Properties {
  const entries = Object.entries(value).flatMap(([name, item]): [string, Value][] => {
    const resolved = resolve(item);
    return resolved === undefined ? [] : [[name, resolved]];
  });
  return Object.fromEntries(entries);
}

/** AWS puts another value in its place when it executes. */
function resolveText(text: string): Value {
  return text.includes('{{resolve:')
    ? new Unresolved('it is read from a store of parameters or secrets')
    : text;
}

function evaluate(name: string, argument: Value, context: Context): Value | undefined {
  const { scope, resolve } = context;
  switch (name) {
    case 'Ref':
      return argument === NO_VALUE ? undefined : reference(argument, scope);
    case 'Fn::GetAtt':
      return getAttribute(argument, scope);
    case 'Fn::If':
      return choice(argument, context);
    case 'Fn::FindInMap':
      return findInMap(argument, context);
    case 'Fn::Sub':
      return substitute(argument, context);
    case 'Fn::Join':
      return join(argument, resolve);
    case 'Fn::Select':
      return select(argument, resolve);
    case 'Fn::Split':
      return split(argument, resolve);
    default:
      return new Unresolved(`${name} is not evaluated here`);
  }
}

function reference(name: Value, scope: Scope): Value {
  const found = typeof name === 'string' ? scope.ref(name) : undefined;
  return found ?? new Unresolved(`nothing is called ${String(name)}`);
}

function getAttribute(argument: Value, scope: Scope): Value {
  const parts = typeof argument === 'string' ? argument.split('.') : listArgument(argument, 2);
  const [resource, ...names] = parts ?? [];
  if (typeof resource !== 'string' || names.some(name => typeof name !== 'string'))
    return new Unresolved('its attribute is not named plainly');
  return scope.attribute(resource, names.join('.'));
}

function choice(argument: Value, { resolve, holds }: Context): Value | undefined {
  const [name, yes = null, no = null] = listArgument(argument, 3) ?? [];
  if (typeof name !== 'string') return new Unresolved('its condition is not named plainly');
  const isMet = holds(name);
  if (isMet === undefined) return new Unresolved(`whether condition ${name} is met is known only later`);
  return resolve(isMet ? yes : no);
}

function findInMap(argument: Value, { scope, resolve }: Context): Value {
  const [map, first, second] = (listArgument(argument, 3) ?? []).map(resolve);
  if (map === undefined || first === undefined || second === undefined)
    return new Unresolved('its place in Mappings is not named plainly');
  const found = scope.inMap(map, first, second);
  // There are no functions in Mappings; evaluating some would let a hostile one go round in circles.
  return isProperties(found) ? new Unresolved('it is not plain in Mappings') : found;
}

/** No value that a rule reads is longer; a template that doubles a text at each step stops here. */
const LONGEST = 16_384;
const TOO_LONG = new Unresolved('it is a very long text');

function substitute(argument: Value, context: Context): Value {
  const [template, variables] = isList(argument) ? argument : [argument];
  if (typeof template !== 'string') return new Unresolved('its text is not plain');
  const own = isProperties(variables) ? resolveMap(variables, context.resolve) : {};
  return joined(
    template.split(/(\$\{[^}]*\})/).map(part => {
      const name = /^\$\{([^}]*)\}$/.exec(part)?.[1]?.trim();
      if (name === undefined) return part;
      // `${!Literal}` is written out as `${Literal}`.
      if (name.startsWith('!')) return `\${${name.slice(1)}}`;
      return variable(name, own, context.scope);
    }),
    '',
  );
}

function variable(name: string, own: Properties, scope: Scope): Value {
  const value = Object.hasOwn(own, name) ? own[name] : undefined;
  return value ?? (name.includes('.') ? getAttribute(name, scope) : reference(name, scope));
}

function join(argument: Value, resolve: Resolve): Value {
  const [delimiter, list] = listArgument(argument, 2) ?? [];
  const items = list === undefined ? undefined : resolve(list);
  if (typeof delimiter !== 'string' || !isList(items))
    return items instanceof Unresolved ? items : new Unresolved('what is joined is not a list');
  return joined(items, delimiter);
}

function joined(parts: readonly Value[], delimiter: string): Value {
  let text = '';
  for (const [index, part] of parts.entries()) {
    if (part instanceof Unresolved) return part;
    if (typeof part === 'object' && part !== null) return new Unresolved('a part of its text is not plain');
    text += `${index === 0 ? '' : delimiter}${String(part)}`;
    if (text.length > LONGEST) return TOO_LONG;
  }
  return resolveText(text);
}

function select(argument: Value, resolve: Resolve): Value {
  const [index, list] = (listArgument(argument, 2) ?? []).map(resolve);
  if (list instanceof Unresolved) return list;
  const found = isList(list) && typeof index === 'string' ? list[Number(index)] : undefined;
  return found ?? new Unresolved('which item of the list it is, is not plain');
}

function split(argument: Value, resolve: Resolve): Value {
  const [delimiter, text] = (listArgument(argument, 2) ?? []).map(resolve);
  if (typeof text === 'string' && typeof delimiter === 'string' && delimiter !== '')
    return text.split(delimiter);
  return text instanceof Unresolved ? text : new Unresolved('what is split is not plain');
}
