/**
 * How a shell is started so that it keeps its identity: a start-up file of ours reads the person's own ones first, then
 * takes out what they have exported and sets the identity again; bash, zsh and fish do so before each prompt too, so
 * that what a hook loads when the directory changes (direnv, mise) does not win. The files hold no secret.
 *
 * Not covered, because these read start-up files of their own: an interactive shell, or a login shell, that is started
 * inside; `zsh -c` and fish read theirs always; a start-up file that replaces the shell (`exec`); cmd.exe's AutoRun.
 * `bash -c` and `sh -c` read nothing and inherit the identity. The doctor looks for exports in start-up files.
 */
import { join } from 'node:path';
import { type Environment, emptied } from './environment.ts';
import { bashFile, fishFile, powerShellFile, type ScriptInput, zshFiles } from './shellScripts.ts';

export interface ShellStartup {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Texts by file name, to lie in `folder`. */
  readonly files: Readonly<Record<string, string>>;
}

export interface ShellStartupInput extends Omit<ScriptInput, 'set' | 'unset' | 'instead' | 'initially'> {
  readonly environment: Environment;
  /** Where the files will lie. */
  readonly folder: string;
  /** As a terminal on macOS starts its shell. */
  readonly login: boolean;
}

export type Shell = 'bash' | 'zsh' | 'fish' | 'pwsh';

/** Which shell a program is; undefined: one for which there is no start-up file. */
export function shellOf(path: string): Shell | undefined {
  const name = path
    .split(/[\\/]/)
    .at(-1)
    ?.toLowerCase()
    .replace(/\.exe$/, '');
  if (name === 'powershell') return 'pwsh';
  return SHELLS.find(shell => shell === name);
}

const SHELLS = ['bash', 'zsh', 'fish', 'pwsh'] as const satisfies Shell[];

/** What a person may change in the terminal. */
const FREE = ['AWS_REGION', 'AWS_DEFAULT_REGION'];

export function shellStartup(
  shell: Shell,
  { environment, folder, ...input }: ShellStartupInput,
): ShellStartup {
  const entries = Object.entries(environment);
  const set = entries.filter((entry): entry is [string, string] => entry[1] !== null);
  const script: ScriptInput = {
    ...input,
    unset: entries.filter(([, text]) => text === null).map(([name]) => name),
    instead: emptied(environment),
    set: set.filter(([name]) => !FREE.includes(name)),
    initially: set.filter(([name]) => FREE.includes(name)),
  };
  switch (shell) {
    case 'bash':
      return { args: ['--init-file', join(folder, 'bash')], env: {}, files: { bash: bashFile(script) } };
    case 'zsh':
      return { args: input.login ? ['-l'] : [], env: { ZDOTDIR: folder }, files: zshFiles(script, folder) };
    case 'fish':
      return fish(script, join(folder, 'fish'));
    case 'pwsh':
      return powerShell(script, join(folder, 'pwsh'));
  }
}

function fish(script: ScriptInput, file: string): ShellStartup {
  const args = ['--init-command', `source '${file.replaceAll(/[\\']/g, '\\$&')}'`];
  return { args: script.login ? ['-l', ...args] : args, env: {}, files: { fish: fishFile(script) } };
}

/** Not as a script file: where an execution policy forbids those, the profile's exports would be all that is run. */
function powerShell(script: ScriptInput, file: string): ShellStartup {
  const path = file.replaceAll("'", "''");
  const read = `Invoke-Expression (Get-Content -Raw -LiteralPath '${path}')`;
  return { args: ['-NoExit', '-Command', read], env: {}, files: { pwsh: powerShellFile(script) } };
}
