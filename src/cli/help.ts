/** What the help says, out of the table. */

import { aligned } from './aligned.ts';
import { usage } from './commandLine.ts';
import { COMMANDS, COMMON_OPTIONS, type CommandName, commandRow, type OptionRow } from './commandTable.ts';

export function overview(): string {
  const commands = Object.entries(COMMANDS).map(([name, { summary }]) => [`  ${name}`, summary]);
  return [
    'An AWS identity for your coding agent that is not yours.',
    '',
    'Usage: no-wing COMMAND [OPTION]...',
    '',
    ...aligned(commands),
    '',
    'Each command has --help, with examples.',
    ...EXIT_CODES,
  ].join('\n');
}

export function explain(name: CommandName): string {
  const { about, options, examples } = commandRow(name);
  return [
    `Usage: ${usage(name)}`,
    '',
    ...about,
    '',
    'Options:',
    ...aligned(Object.entries({ ...options, ...COMMON_OPTIONS }).map(optionCells)),
    '',
    'Examples:',
    ...examples.flatMap(([purpose, line]) => [`  # ${purpose}`, `  ${line}`]),
    ...EXIT_CODES,
  ].join('\n');
}

const EXIT_CODES = [
  '',
  'Exit codes: 0 done, 1 failed, 2 wrong usage, 3 refused for safety, 4 nothing is set up; exec: its command’s own.',
];

function optionCells([name, { value, help, oneOf }]: [string, OptionRow]): string[] {
  const option = `  --${name}${value === undefined ? '' : ` ${oneOf ? oneOf.join('|') : value}`}`;
  return [option, help];
}
