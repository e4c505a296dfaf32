/** What was typed, read by the table. */
import { parseArgs } from 'node:util';
import { errorMessage, UserError } from '../base/userError.ts';
import {
  COMMANDS,
  COMMON_OPTIONS,
  type CommandName,
  type CommandRow,
  commandRow,
  isCommand,
  type OptionRow,
} from './commandTable.ts';
import { nearest } from './nearest.ts';

export interface CommandLine {
  readonly name: CommandName;
  readonly operands: readonly string[];
  readonly json: boolean;
  readonly help: boolean;
  readonly verbose: boolean;
  /** An option's text. */
  text(option: string): string | undefined;
  /** The texts of one that may be given more than once. */
  texts(option: string): readonly string[];
  /** Was a switch given? */
  has(option: string): boolean;
  /** What follows `--`, for a command that takes one. */
  readonly command: readonly string[];
}

/** Arguments of nobody else: `no-wing`, `no-wing --help`, `no-wing -v`. */
const ALONE: ReadonlyMap<string, CommandName> = new Map([
  ['--help', 'help'],
  ['-h', 'help'],
  ['--version', 'version'],
  ['-v', 'version'],
]);

/** @throws UserError `cli.usage` */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const [first, ...rest] = args;
  if (first === undefined) throw wrong('No command was given.', 'See: no-wing help');
  const name = ALONE.get(first) ?? first;
  if (isCommand(name)) return parseRest(name, commandRow(name), rest);
  const [second = '', ...more] = rest;
  const both = `${first} ${second}`;
  if (isCommand(both)) return parseRest(both, commandRow(both), more);
  throw unknownCommand(name, second);
}

function parseRest(name: CommandName, row: CommandRow, rest: readonly string[]): CommandLine {
  const end = row.takesCommand ? rest.indexOf('--') : -1;
  const own = end < 0 ? rest : rest.slice(0, end);
  const { values, positionals } = parsed(name, row, own);
  for (const [option, { oneOf }] of Object.entries(row.options)) {
    const value = values[option];
    if (oneOf && typeof value === 'string' && !oneOf.includes(value))
      throw wrong(`--${option} is ${oneOf.join(', ')}; not ${quoted(value)}.`, see(name));
  }
  if (positionals.length > row.mostOperands) throw tooMany(name, row, positionals);
  const text = (option: string): string | undefined => {
    const value = values[option];
    return typeof value === 'string' ? value : undefined;
  };
  const has = (option: string): boolean => values[option] === true;
  return {
    name,
    operands: positionals,
    json: has('json'),
    help: has('help'),
    verbose: has('verbose'),
    text,
    texts: option => {
      const value = values[option];
      return Array.isArray(value) ? value.filter(each => typeof each === 'string') : [];
    },
    has,
    command: end < 0 ? [] : rest.slice(end + 1),
  };
}

function parsed(name: CommandName, row: CommandRow, args: readonly string[]) {
  const rows: Readonly<Record<string, OptionRow>> = { ...row.options, ...COMMON_OPTIONS };
  const options = Object.fromEntries(
    Object.entries(rows).map(([option, { value, many = false }]) => {
      const short = option === 'help' ? { short: 'h' } : {};
      const type = value === undefined ? ('boolean' as const) : ('string' as const);
      return [option, { type, multiple: many, ...short }];
    }),
  );
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw wrongOption(name, Object.keys(rows), error);
  }
}

function wrongOption(name: CommandName, options: readonly string[], error: unknown): UserError {
  const unknown = /Unknown option '--?([^'=]+)/.exec(errorMessage(error))?.[1];
  // Node's own advice, after the first sentence, is about arguments that look like options.
  if (unknown === undefined)
    return wrong(`${errorMessage(error).split('. ')[0]}.`.replace('..', '.'), see(name));
  const meant = nearest(unknown, options);
  const hint = meant === undefined ? see(name) : `Did you mean --${meant}?`;
  return wrong(`no-wing ${name} has no option ${quoted(`--${unknown}`)}.`, hint);
}

function tooMany(name: CommandName, row: CommandRow, operands: readonly string[]): UserError {
  const message = `no-wing ${name} does not take ${quoted(operands[row.mostOperands] ?? '')}.`;
  return wrong(message, row.takesCommand ? `The command follows --: ${usage(name)}` : see(name));
}

function unknownCommand(name: string, second: string): UserError {
  const below = Object.keys(COMMANDS).filter(each => each.startsWith(`${name} `));
  if (below.length > 0 && second === '')
    return wrong(`no-wing ${name} needs to know what to do.`, `One of: ${below.join(', ')}`);
  if (below.length > 0) return unknownCommand(`${name} ${second}`, '');
  const meant = nearest(name, Object.keys(COMMANDS));
  const hint = meant === undefined ? 'See: no-wing help' : `Did you mean: no-wing ${meant}`;
  return wrong(`There is no command ${quoted(name)}.`, hint);
}

export function usage(name: CommandName): string {
  const { operands, options } = commandRow(name);
  const given = Object.keys(options).length > 0 ? ' [OPTION]...' : '';
  return `no-wing ${name}${given}${operands === undefined ? '' : ` ${operands}`}`;
}

/** @param hint what to type instead */
export function wrong(message: string, hint: string): UserError {
  return new UserError('cli.usage', message, { hint });
}

export function see(name: CommandName): string {
  return `See: no-wing help ${name}`;
}

/** A mistyped argument may be anything: one line, not too long. */
function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
