/** `no-wing help`. */

import { type CommandLine, parseCommandLine } from '../commandLine.ts';
import { COMMANDS, isCommand } from '../commandTable.ts';
import { explain, overview } from '../help.ts';
import type { Answer } from '../surroundings.ts';

/** @throws UserError `cli.usage` for a command that is not there */
export function run({ operands: [name] }: Pick<CommandLine, 'operands'>): Answer {
  if (name === undefined) return { text: overview(), json: { commands: COMMANDS } };
  // Says what else may be meant.
  if (!isCommand(name)) parseCommandLine([name]);
  return isCommand(name)
    ? { text: explain(name), json: { [name]: COMMANDS[name] } }
    : { text: overview(), json: { commands: COMMANDS } };
}
