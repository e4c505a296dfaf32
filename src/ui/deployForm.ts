/** The questions for a deployment: stack and parameters, as the template wants them. */
import { type Parameter, parameterProblem } from '../deployment/cloudformation/parameters.ts';
import type { Template } from '../deployment/cloudformation/template.ts';
import { askChoice, askText, BACK, type FormStep } from './quickInput.ts';
import { stackNameProblem, suggestedStack } from './stackName.ts';

export interface DeployForm {
  readonly stackName?: string;
  readonly parameters: Readonly<Record<string, string>>;
}

type Step = FormStep<DeployForm>;

/** @param stacks names of stacks that this project has deployed before, offered first. */
export function deploySteps(template: Template, stacks: readonly string[]): Step[] {
  return [stackName(template, stacks), ...template.parameters.map(parameterStep)];
}

function stackName(template: Template, stacks: readonly string[]): Step {
  return async (form, place) => {
    const answer = await askText(place, {
      prompt: 'Name of the stack',
      value: form.stackName ?? stacks[0] ?? suggestedStack(template.name),
      problem: stackNameProblem,
    });
    return answer === BACK ? BACK : { ...form, stackName: answer };
  };
}

export function parameterStep(parameter: Parameter): Step {
  return async (form, place) => {
    const given = form.parameters[parameter.name] ?? parameter.default;
    const answer = await (parameter.allowedValues && !parameter.noEcho
      ? askChoice(place, {
          placeholder: promptOf(parameter),
          choices: parameter.allowedValues.map(value => ({
            value,
            label: value,
            ...described(value, parameter),
          })),
          ...(given === undefined ? {} : { active: given }),
        })
      : askText(place, {
          prompt: promptOf(parameter),
          password: parameter.noEcho,
          ...(given === undefined ? {} : { value: given }),
          problem: value => parameterProblem(parameter, value),
        }));
    return answer === BACK ? BACK : { ...form, parameters: { ...form.parameters, [parameter.name]: answer } };
  };
}

function promptOf({ name, type, description, noEcho }: Parameter): string {
  const hidden = noEcho ? ' It is not shown and not stored.' : '';
  return `${name} (${type})${description ? `: ${description}` : ''}${hidden}`;
}

function described(value: string, parameter: Parameter): { description?: string } {
  return value === parameter.default ? { description: 'default' } : {};
}
