/** The questions for a deployment: stack and parameters, as the template wants them; the rest for those who ask for it. */
import { type Parameter, parameterProblem } from '../deployment/cloudformation/parameters.ts';
import type { ParametersFile } from '../deployment/cloudformation/parametersFile.ts';
import type { Template } from '../deployment/cloudformation/template.ts';
import { type DeployOptions, optionSteps } from './deployOptions.ts';
import { askChoice, askText, BACK, type FormStep } from './quickInput.ts';
import { stackNameProblem, suggestedStack } from './stackName.ts';

export interface DeployForm {
  readonly stackName?: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** The values come from this file. */
  readonly file?: string;
  /** Asked for by the button beside the name of the stack. */
  readonly wantsMore?: boolean;
  readonly options?: DeployOptions;
}

export interface NamedParametersFile extends ParametersFile {
  readonly name: string;
}

type Step = FormStep<DeployForm>;

export interface DeployQuestions {
  readonly template: Template;
  /** Names of stacks that this project has deployed before, offered first. */
  readonly stacks: readonly string[];
  /** Found beside the template. */
  readonly files: readonly NamedParametersFile[];
}

export function deploySteps(asked: DeployQuestions, form: DeployForm): Step[] {
  const { template, files } = asked;
  const fromFile = files.find(({ name }) => name === form.file)?.parameters ?? {};
  const open = template.parameters.filter(({ name }) => !Object.hasOwn(fromFile, name));
  return [
    stackName(asked),
    ...(files.length > 0 ? [fileStep(asked)] : []),
    ...open.map(parameterStep),
    ...(form.wantsMore ? optionSteps() : []),
  ];
}

function stackName({ template, stacks }: DeployQuestions): Step {
  return async (form, place) => {
    let wantsMore = form.wantsMore ?? false;
    const answer = await askText(place, {
      prompt: 'Name of the stack',
      value: form.stackName ?? stacks[0] ?? suggestedStack(template.name),
      problem: stackNameProblem,
      more: {
        tooltip: 'More Options: tags, termination protection, service role, stack policy',
        chosen: () => {
          wantsMore = true;
        },
      },
    });
    return answer === BACK ? BACK : { ...form, stackName: answer, wantsMore };
  };
}

function fileStep({ template, files }: DeployQuestions): Step {
  return async (form, place) => {
    const names = new Set(template.parameters.map(({ name }) => name));
    const answer = await askChoice<NamedParametersFile | undefined>(place, {
      placeholder: 'Values of the parameters',
      choices: [
        ...files.map(value => ({
          value,
          label: `$(file) ${value.name}`,
          description: `${Object.keys(value.parameters).length} of ${names.size} parameters`,
        })),
        { value: undefined, label: '$(edit) Enter Each Value' },
      ],
    });
    if (answer === BACK) return BACK;
    const { file: _before, ...rest } = form;
    if (answer === undefined) return rest;
    const known = Object.entries(answer.parameters).filter(([name]) => names.has(name));
    const { name, tags, stackPolicy } = answer;
    const options = {
      ...form.options,
      ...(tags === undefined ? {} : { tags }),
      ...(stackPolicy === undefined ? {} : { stackPolicy }),
    };
    return { ...rest, file: name, parameters: { ...form.parameters, ...Object.fromEntries(known) }, options };
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
