/** `no-wing help`. */

import { type CommandLine, parseCommandLine } from '../commandLine.ts';
import { COMMANDS, isCommand } from '../commandTable.ts';
import { explain, overview } from '../help.ts';
import type { Answer } from '../surroundings.ts';

/** @throws UserError `cli.usage` for a command that is not there */
export function run({ operands }: Pick<CommandLine, 'operands'>): Answer {
  if (operands.length === 0) return { text: overview(), json: { commands: COMMANDS } };
  const name = operands.join(' ');
  // Says what else may be meant.
  if (!isCommand(name)) parseCommandLine(operands);
  return isCommand(name)
    ? { text: explain(name), json: { [name]: COMMANDS[name] } }
    : { text: overview(), json: { commands: COMMANDS } };
}
