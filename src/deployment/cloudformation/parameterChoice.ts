/** Which parameters go into a change set: given, kept from the stack, or the template's default. Pure. */
import { UserError } from '../../base/userError.ts';
import { HIDDEN_VALUE, KEPT_VALUE, parameterProblem } from './parameters.ts';
import type { Template } from './template.ts';

type Given = Readonly<Record<string, string>>;

/**
 * @returns undefined for a value that the stack keeps; a parameter left to its default is missing.
 * @throws UserError `deployment.parameters` naming all that is wrong.
 */
export function chooseParameters(
  template: Template,
  given: Given,
  inStack: readonly string[],
): Record<string, string | undefined> {
  const missing = template.parameters.filter(
    ({ name, default: value }) =>
      !Object.hasOwn(given, name) && value === undefined && !inStack.includes(name),
  );
  throwIfAny(template, [
    ...parameterProblems(template, given),
    ...missing.map(({ name }) => `${name} has no value and no default.`),
  ]);
  const chosen = template.parameters.flatMap(({ name }): [string, string | undefined][] => {
    if (Object.hasOwn(given, name)) return [[name, given[name]]];
    return inStack.includes(name) ? [[name, undefined]] : [];
  });
  return Object.fromEntries(chosen);
}

/** Those whose values may be kept: all that are not secret. @throws UserError as `chooseParameters`. */
export function keptParameters(template: Template, given: Given): Record<string, string> {
  throwIfAny(template, parameterProblems(template, given));
  return Object.fromEntries(
    template.parameters.flatMap(({ name, noEcho }) => {
      const value = Object.hasOwn(given, name) ? given[name] : undefined;
      return noEcho || value === undefined ? [] : [[name, value]];
    }),
  );
}

/** The values that nobody may see. */
export function secretsAmong(template: Template, given: Given): string[] {
  return template.parameters.flatMap(({ name, noEcho }) => {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    return noEcho && value !== undefined ? [value] : [];
  });
}

/** As a plan shows them. */
export function shownParameters(
  template: Template,
  chosen: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  return Object.fromEntries(
    template.parameters.map(parameter => {
      const { name, noEcho, default: byDefault = '' } = parameter;
      if (noEcho) return [name, HIDDEN_VALUE];
      return [name, Object.hasOwn(chosen, name) ? (chosen[name] ?? KEPT_VALUE) : byDefault];
    }),
  );
}

function parameterProblems(template: Template, given: Given): string[] {
  const unknown = Object.keys(given).filter(name => !template.parameters.some(known => known.name === name));
  const wrong = template.parameters.flatMap(parameter => {
    const value = Object.hasOwn(given, parameter.name) ? given[parameter.name] : undefined;
    return (value === undefined ? undefined : parameterProblem(parameter, value)) ?? [];
  });
  return [...unknown.map(name => `${name} is not a parameter of it.`), ...wrong];
}

function throwIfAny(template: Template, problems: readonly string[]): void {
  if (problems.length === 0) return;
  throw new UserError(
    'deployment.parameters',
    `The parameters do not fit ${template.name}: ${problems.join(' ')}`,
    { hint: 'Correct the values and plan again. Nothing was sent to AWS.' },
  );
}
