/** The questions for a deployment: stack and parameters, as the template wants them. */
import { basename } from 'node:path';
import { type Parameter, parameterProblem } from '../deployment/cloudformation/parameters.ts';
import type { Template } from '../deployment/cloudformation/template.ts';
import { askChoice, askText, BACK, type FormStep } from './quickInput.ts';

export interface DeployForm {
  readonly stackName?: string;
  readonly parameters: Readonly<Record<string, string>>;
}

type Step = FormStep<DeployForm>;

/** @param stacks names of stacks that this project has deployed before, offered first. */
export function deploySteps(template: Template, stacks: readonly string[]): Step[] {
  return [stackName(template, stacks), ...template.parameters.map(parameterStep)];
}

/** Limits: CloudFormation API reference, CreateChangeSet, StackName. */
const STACK_NAME = /^[a-zA-Z][-a-zA-Z0-9]{0,127}$/;

function stackName(template: Template, stacks: readonly string[]): Step {
  return async (form, place) => {
    const answer = await askText(place, {
      prompt: 'Name of the stack',
      value: form.stackName ?? stacks[0] ?? suggestedStack(template.name),
      problem: value =>
        STACK_NAME.test(value) ? undefined : 'A letter first, then letters, digits and hyphens, 128 at most.',
    });
    return answer === BACK ? BACK : { ...form, stackName: answer };
  };
}

/** `templates/orders_queue.yaml` → `orders-queue` */
export function suggestedStack(templateName: string): string {
  const name = basename(templateName).replace(/(\.template)?\.[^.]+$/, '');
  return name.replace(/[^a-zA-Z0-9]+/g, '-').replace(/^[^a-zA-Z]+|-+$/g, '') || 'stack';
}

function parameterStep(parameter: Parameter): Step {
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
