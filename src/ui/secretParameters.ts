/** Asks for the secret values of a source that were left out of the store. */
import type { Source } from '../deployment/source.ts';
import { askText, BACK } from './quickInput.ts';
import { askTerraformValues } from './terraformValues.ts';

/** @returns the source with what was given; what was left empty keeps its value in the stack, or its default. */
export async function askSecretParameters(source: Source): Promise<Source> {
  if (source.engine === 'cdk') {
    const stack = await askSecretParameters(source.stack);
    return stack.engine === 'cloudformation' ? { ...source, stack } : source;
  }
  if (source.engine === 'terraform') return askTerraformValues(source, `Review ${source.project}`);
  const { parseTemplate } = await import('../deployment/cloudformation/template.ts');
  const { template, parameters } = source;
  const secret = parseTemplate(template.text, template.name).parameters.filter(({ noEcho }) => noEcho);
  const given: Record<string, string> = {};
  for (const { name } of secret) {
    const answer = await askText(
      { title: `Review ${template.name}` },
      {
        prompt: `${name}: secret, so it was not kept. Empty leaves it as it is in the stack, or to its default.`,
        password: true,
        problem: () => undefined,
      },
    );
    if (answer !== BACK && answer !== '') given[name] = answer;
  }
  return { ...source, parameters: { ...parameters, ...given } };
}
