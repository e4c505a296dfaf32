/** Whether a template's condition is met: yes, no, or not known before AWS executes. */
import { isProperties, type Value } from '../../guardrail/facts/value.ts';
import { functionOf, listArgument, type Scope } from './guardrailScope.ts';

type Resolve = (value: Value) => Value | undefined;
export type Holds = (condition: string) => boolean | undefined;

/** Each is evaluated once: they may use each other, and a hostile template does so without end. */
export function conditions(scope: Scope, resolve: Resolve): Holds {
  const evaluated = new Map<string, boolean | undefined>();
  const holds: Holds = name => {
    if (evaluated.has(name)) return evaluated.get(name);
    // AWS refuses circles; here they end as unknown.
    evaluated.set(name, undefined);
    const written = scope.condition(name);
    const result = written === undefined ? undefined : met(written, holds, resolve);
    evaluated.set(name, result);
    return result;
  };
  return holds;
}

function met(value: Value, holds: Holds, resolve: Resolve): boolean | undefined {
  const call = isProperties(value) ? functionOf(value) : undefined;
  if (call === undefined) return undefined;
  const { name, argument } = call;
  const each = (): (boolean | undefined)[] =>
    (listArgument(argument, 1) ?? []).map(item => met(item, holds, resolve));
  switch (name) {
    case 'Condition':
      return typeof argument === 'string' ? holds(argument) : undefined;
    case 'Fn::Equals':
      return equal(argument, resolve);
    case 'Fn::Not':
      return not(each()[0]);
    case 'Fn::And':
      return every(each());
    case 'Fn::Or':
      return not(every(each().map(not)));
    default:
      return undefined;
  }
}

function not(value: boolean | undefined): boolean | undefined {
  return value === undefined ? undefined : !value;
}

function equal(argument: Value, resolve: Resolve): boolean | undefined {
  const [a, b] = (listArgument(argument, 2) ?? []).map(resolve);
  return typeof a === 'string' && typeof b === 'string' ? a === b : undefined;
}

function every(items: readonly (boolean | undefined)[]): boolean | undefined {
  if (items.includes(false)) return false;
  return items.length === 0 || items.includes(undefined) ? undefined : true;
}
