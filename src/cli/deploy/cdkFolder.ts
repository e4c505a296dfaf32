/** A CDK app: it runs once, with the agent's access, and what it makes of the wanted stack is the source. */
import { basename } from 'node:path';
import type { AssembledStack } from '../../deployment/cdk/assembly.ts';
import { cdkSource } from '../../deployment/cdk/cdkSource.ts';
import { type CommandLine, see, wrong } from '../commandLine.ts';
import { parametersOf, type SourceAsk, type Sourced } from './sourced.ts';

/** @throws UserError `cli.usage` when the stack is not named, or is none of the app's; `cdk.*`; Cancelled */
export async function cdkFolder(
  { desk, line, profile, signal }: SourceAsk,
  folder: string,
): Promise<Sourced> {
  const { synthesizeCdk } = await desk.features();
  const synthesis = await synthesizeCdk({ folder, root: folder, profile, context: {} }, signal);
  try {
    const stack = wanted(line, synthesis.stacks);
    const choice = { stack, app: basename(folder), parameters: parametersOf(line) };
    return {
      source: await cdkSource(synthesis, choice),
      stackName: stack.stackName,
      ...(stack.region === undefined ? {} : { region: stack.region }),
      folder,
      dispose: () => synthesis.dispose(),
    };
  } catch (error) {
    synthesis.dispose();
    throw error;
  }
}

function wanted(line: CommandLine, stacks: readonly AssembledStack[]): AssembledStack {
  const name = line.text('stack');
  const [only] = stacks;
  if (name === undefined && only !== undefined && stacks.length === 1) return only;
  const named = stacks.find(({ displayName, stackName }) => displayName === name || stackName === name);
  if (named) return named;
  const names = stacks.map(({ displayName }) => displayName).join(', ');
  throw wrong(
    name === undefined ? 'Which stack of the app?' : `The app has no stack ${JSON.stringify(name)}.`,
    `--stack takes one of: ${names}. ${see(line.name)}`,
  );
}
