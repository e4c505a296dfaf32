/** The commands of `no-wing`: one table, from which they are read, completed, explained and carried out. */
import { DEPLOY_COMMANDS } from './deploy/deployCommands.ts';
import { TRAIL_COMMANDS } from './trail/trailCommands.ts';

export interface OptionRow {
  /** What stands for its value in the help: `NAME`. Absent for a switch. */
  readonly value?: string;
  readonly help: string;
  /** The only texts that it takes. */
  readonly oneOf?: readonly string[];
  /** It may be given more than once. */
  readonly many?: true;
}

export interface CommandRow {
  readonly summary: string;
  /** What follows `no-wing COMMAND`, without options: `[list|create|revoke] [ID]`. */
  readonly operands?: string;
  /** At most so many. */
  readonly mostOperands: number;
  readonly options: Readonly<Record<string, OptionRow>>;
  readonly about: readonly string[];
  /** What it is for, and the line to type. */
  readonly examples: readonly (readonly [purpose: string, line: string])[];
  /** What follows `--`, and belongs to another program. */
  readonly takesCommand?: true;
}

const AS: OptionRow = {
  value: 'NAME',
  help: 'The agent profile; `agent`, the default, is the one that is active here.',
};

export const COMMANDS = {
  status: {
    summary: 'Show both identities, and whether a window serves',
    mostOperands: 0,
    options: {},
    about: ['Shows who you are, who your agent is, whether a window hands out sessions, and who runs here.'],
    examples: [
      ['At a glance', 'no-wing status'],
      ['For a prompt', 'no-wing status --json'],
    ],
  },
  whoami: {
    summary: 'Show as whom AWS calls are made here',
    mostOperands: 0,
    options: {},
    about: ['Says which identity the AWS calls of this shell have, and which variables would change that.'],
    examples: [['In a terminal of an agent', 'no-wing whoami']],
  },
  profiles: {
    summary: 'List the profiles',
    mostOperands: 0,
    options: {},
    about: ['Lists the profiles of users and agents; `*` marks those that are active here.'],
    examples: [['Names only', "no-wing profiles --json | jq -r '.profiles[].name'"]],
  },
  switch: {
    summary: 'Make a profile the active one',
    operands: 'NAME',
    mostOperands: 1,
    options: {
      kind: { value: 'KIND', help: 'When a user and an agent have the same name.', oneOf: ['user', 'agent'] },
    },
    about: [
      'Makes a profile the active one of its kind in this workspace, in every window.',
      'To a production profile, and for an agent, only the window switches.',
    ],
    examples: [['Another agent', 'no-wing switch deployer']],
  },
  credentials: {
    summary: "Print an agent's session, for `credential_process`",
    mostOperands: 0,
    options: { profile: AS },
    about: [
      'Prints temporary credentials of an agent as JSON, as `credential_process` of an AWS configuration wants them.',
      'Never those of a user, and of a production profile only in a terminal that the window opened for it.',
    ],
    examples: [
      [
        'In an AWS configuration file',
        'credential_process = "/path/to/no-wing" credentials --profile copilot',
      ],
    ],
  },
  exec: {
    summary: 'Run a command as an agent',
    operands: '-- COMMAND [ARGUMENT]...',
    mostOperands: 0,
    takesCommand: true,
    options: { as: AS },
    about: [
      'Runs a command as an agent: it gets an address that hands it sessions for as long as it runs, and nothing of yours.',
      'Its exit code is the exit code; when a signal ends it, the same signal ends this. 126: not executable, 127: not found.',
    ],
    examples: [
      ['One call', 'no-wing exec -- aws s3 ls'],
      ['An agent that is not in VS Code', 'no-wing exec --as copilot -- claude'],
    ],
  },
  serve: {
    summary: "Hand an agent's sessions to a container",
    mostOperands: 0,
    options: {
      as: AS,
      folder: { value: 'PATH', help: 'The folder that the container gets, made if it is not there.' },
      port: { value: 'NUMBER', help: 'The port inside of the container; 7411 if absent.' },
    },
    about: [
      "Hands an agent's sessions to a container through a socket file, until it is stopped. The folder with the socket",
      'and an API key for this one agent is all that the container gets: it is the hard boundary.',
      'The page "Dev containers" of the documentation has the rest of the recipe.',
    ],
    examples: [['For a dev container', 'no-wing serve --as copilot --folder ~/.no-wing-copilot']],
  },
  env: {
    summary: 'Print the lines that put a shell under an agent',
    mostOperands: 0,
    options: {
      as: AS,
      shell: {
        value: 'SHELL',
        help: 'The shell that reads the lines; else the one you use.',
        oneOf: ['sh', 'fish', 'powershell'],
      },
    },
    about: [
      'Prints lines for a shell to read. They hold an address and the path of a file, no secret.',
      'They work while a window serves; `no-wing exec` works without one.',
    ],
    examples: [
      ['bash, zsh', 'eval "$(no-wing env)"'],
      ['fish', 'no-wing env --shell fish | source'],
      ['PowerShell', 'no-wing env --shell powershell | Out-String | Invoke-Expression'],
    ],
  },
  clients: {
    summary: 'List, create or revoke clients of the broker',
    operands: '[list | create | revoke ID]',
    mostOperands: 2,
    options: {
      profile: { ...AS, help: `For create. ${AS.help}` },
      name: { value: 'TEXT', help: 'For create: what uses the API key, for you to recognise it.' },
      days: { value: 'NUMBER', help: 'For create: how long it may be used, 1 to 90; 30 if absent.' },
      all: { help: 'For list: also what was revoked or has expired.' },
    },
    about: [
      'A client is a program that gets the sessions of one agent with an API key.',
      '`create` shows the key once: on a terminal, or with --json to the program that asks. Never for a user.',
    ],
    examples: [
      [
        'For a tool that is not started by VS Code',
        'no-wing clients create --profile copilot --name "CI runner"',
      ],
      ['Ended at once', 'no-wing clients revoke 1f0c3a9b2d4e'],
    ],
  },
  doctor: {
    summary: 'Look for credentials of yours that an agent could use',
    mostOperands: 0,
    options: {},
    about: [
      'Looks at this environment, your AWS files and this folder, and says what to change. It changes nothing.',
    ],
    examples: [['Before an agent starts', 'no-wing doctor']],
  },
  ...DEPLOY_COMMANDS,
  ...TRAIL_COMMANDS,
  help: {
    summary: 'Explain a command',
    operands: '[COMMAND]',
    // `trail query` is two words.
    mostOperands: 2,
    options: {},
    about: ['Explains a command, or lists them all.'],
    examples: [['The same', 'no-wing help exec']],
  },
  version: {
    summary: 'Print the version',
    mostOperands: 0,
    options: {},
    about: ['Prints the version of No Wing.'],
    examples: [['The number', 'no-wing version']],
  },
} as const satisfies Readonly<Record<string, CommandRow>>;

export type CommandName = keyof typeof COMMANDS;

/** Every command has these. */
export const COMMON_OPTIONS: Readonly<Record<string, OptionRow>> = {
  json: { help: 'Print JSON.' },
  verbose: { help: 'Also say what happens, on standard error.' },
  help: { help: 'Explain the command.' },
};

export function isCommand(name: string): name is CommandName {
  return Object.hasOwn(COMMANDS, name);
}

export function commandRow(name: CommandName): CommandRow {
  return COMMANDS[name];
}
