/** More options of a deployment, for those who ask for them: what a stack has beside its template. */
import type { CloudFormationSource } from '../deployment/source.ts';
import type { DeployForm } from './deployForm.ts';
import { askChoice, askText, BACK, type FormStep } from './quickInput.ts';

export type DeployOptions = Pick<
  CloudFormationSource,
  'tags' | 'serviceRoleArn' | 'terminationProtection' | 'stackPolicy'
>;

type Step = FormStep<DeployForm>;

export function optionSteps(): Step[] {
  return [tags, protection, serviceRole, stackPolicy];
}

function withOption(form: DeployForm, option: DeployOptions, without: keyof DeployOptions): DeployForm {
  const { [without]: _before, ...others } = form.options ?? {};
  return { ...form, options: { ...others, ...option } };
}

const tags: Step = async (form, place) => {
  const before = Object.entries(form.options?.tags ?? {}).map(([key, value]) => `${key}=${value}`);
  const answer = await askText(place, {
    prompt: 'Tags of the stack and its resources, as team=shop, stage=dev. Empty: as they are.',
    value: before.join(', '),
    problem: text =>
      tagsIn(text) === undefined ? 'Write each as key=value, with commas between.' : undefined,
  });
  if (answer === BACK) return BACK;
  const found = tagsIn(answer) ?? {};
  return withOption(form, Object.keys(found).length > 0 ? { tags: found } : {}, 'tags');
};

function tagsIn(text: string): Record<string, string> | undefined {
  const items = text
    .split(',')
    .map(item => item.trim())
    .filter(item => item !== '');
  if (!items.every(item => /^[^=]+=/.test(item))) return undefined;
  return Object.fromEntries(
    items.map(item => [item.slice(0, item.indexOf('=')).trim(), item.slice(item.indexOf('=') + 1).trim()]),
  );
}

const protection: Step = async (form, place) => {
  const answer = await askChoice<boolean | undefined>(place, {
    placeholder: 'Termination protection: AWS refuses to delete a protected stack',
    choices: [
      { value: undefined, label: 'As It Is' },
      { value: true, label: 'On' },
      { value: false, label: 'Off' },
    ],
    active: form.options?.terminationProtection,
  });
  if (answer === BACK) return BACK;
  const option = answer === undefined ? {} : { terminationProtection: answer };
  return withOption(form, option, 'terminationProtection');
};

const ROLE_ARN = /^arn:[\w-]+:iam::\d{12}:role\/[\w+=,.@/-]+$/;

const serviceRole: Step = async (form, place) => {
  const answer = await askText(place, {
    prompt:
      'ARN of a service role. Empty: none, or the one that it has. It is used for EVERY later operation on the stack, also by those who may not pass it, and CloudTrail then shows the role in place of the agent.',
    value: form.options?.serviceRoleArn ?? '',
    problem: text => (text === '' || ROLE_ARN.test(text) ? undefined : 'That is not the ARN of a role.'),
  });
  if (answer === BACK) return BACK;
  return withOption(form, answer === '' ? {} : { serviceRoleArn: answer }, 'serviceRoleArn');
};

const stackPolicy: Step = async (form, place) => {
  const answer = await askText(place, {
    prompt: 'Stack policy, as JSON. Empty: as it is.',
    value: form.options?.stackPolicy ?? '',
    problem: text => (text === '' || isJson(text) ? undefined : 'That is not JSON.'),
  });
  if (answer === BACK) return BACK;
  return withOption(form, answer === '' ? {} : { stackPolicy: answer }, 'stackPolicy');
};

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
