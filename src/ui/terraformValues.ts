/** Asks for the values of a configuration's variables that stand nowhere: those that are secret are never kept. */
import { Cancelled } from '../base/cancellation.ts';
import type { TerraformSource } from '../deployment/terraform/terraformSource.ts';
import { askText, BACK } from './quickInput.ts';
import { oneLine } from './wording.ts';

/** @throws Cancelled */
export async function askTerraformValues(source: TerraformSource, title: string): Promise<TerraformSource> {
  const { neededVariables } = await import('../deployment/terraform/secretValues.ts');
  const needed = neededVariables(source);
  const values: Record<string, string> = {};
  for (const [index, { name, isSensitive, description }] of needed.entries()) {
    const place = { title: `${title} (${index + 1} of ${needed.length})` };
    const kept = isSensitive ? ' Its value is secret and never kept.' : '';
    const what = (description ?? 'a value for this variable').replace(/\.$/, '');
    const answer = await askText(place, {
      prompt: oneLine(`${name}: ${what}.${kept}`),
      password: isSensitive,
      problem: value => (value === '' ? 'It needs a value.' : undefined),
    });
    if (answer === BACK) throw new Cancelled();
    values[name] = answer;
  }
  return { ...source, variables: { ...source.variables, ...values } };
}
