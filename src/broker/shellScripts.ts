/** The texts of our start-up files, one language each. Pure; every value is quoted, since paths and names end up in them. */
export interface ScriptInput {
  /** For a message: `agent copilot`. */
  readonly who: string;
  readonly unset: readonly string[];
  /** What is as good as unset, by name. */
  readonly instead: Readonly<Record<string, string>>;
  /** Held: set again before each prompt. */
  readonly set: readonly (readonly [string, string])[];
  /** Set once; a person may change them. */
  readonly initially: readonly (readonly [string, string])[];
  /** Goes to the front of PATH, where the `no-wing` command is. */
  readonly binFolder: string;
  /** The editor's own script for this shell, which it adds by itself only to a shell that is started without arguments. */
  readonly integration?: string;
  readonly login: boolean;
}

const HEAD = '# Made by No Wing for one terminal. It goes when the terminal is closed; changes are lost.';

/** What other extensions would have set after the start-up files (EnvironmentVariableCollection): not in this terminal. */
const OF_OTHERS = 'VSCODE_ENV_REPLACE VSCODE_ENV_PREPEND VSCODE_ENV_APPEND';

export function bashFile(input: ScriptInput): string {
  const own = input.login
    ? `[ -r /etc/profile ] && . /etc/profile
for __no_wing_file in ~/.bash_profile ~/.bash_login ~/.profile; do
  [ -r "$__no_wing_file" ] && { . "$__no_wing_file"; break; }
done
unset __no_wing_file`
    : '[ -r ~/.bashrc ] && . ~/.bashrc';
  return lines(
    HEAD,
    `unset ${OF_OTHERS}`,
    own,
    `__no_wing_identity() {
  local name found=
  for name in ${input.unset.join(' ')}; do
    [ -n "\${!name+x}" ] && found="$found $name"
    builtin unset "$name"
  done
${exports(input.set, '  builtin export ')}
  ${tellFound('found', input)}
}`,
    firstInPath(input.binFolder),
    exports(input.initially, 'builtin export '),
    '__no_wing_identity',
    `case "$(declare -p PROMPT_COMMAND 2>/dev/null)" in
  'declare -a'*) PROMPT_COMMAND+=(__no_wing_identity) ;;
  *) PROMPT_COMMAND="\${PROMPT_COMMAND:+$PROMPT_COMMAND
}__no_wing_identity" ;;
esac`,
    sourced(input.integration),
  );
}

/**
 * zsh looks for its start-up files where ZDOTDIR says. Ours stand there, run the person's with the ZDOTDIR that is
 * theirs, and leave theirs behind. The editor does the same around ours, so its own script needs no mention here.
 */
export function zshFiles(input: ScriptInput, folder: string): Record<string, string> {
  return {
    '.zshenv': lines(
      HEAD,
      `__no_wing_own() {
  ZDOTDIR="\${__no_wing_zdotdir:-$HOME}"
}
__no_wing_own`,
      '[[ -r "$ZDOTDIR/.zshenv" ]] && . "$ZDOTDIR/.zshenv"',
      `[[ "$ZDOTDIR" != ${quoted(folder)} ]] && __no_wing_zdotdir="$ZDOTDIR"`,
      `ZDOTDIR=${quoted(folder)}`,
    ),
    '.zprofile': zshOwn('.zprofile', folder),
    '.zshrc': lines(
      HEAD,
      `unset ${OF_OTHERS}`,
      `[[ "$HISTFILE" == ${quoted(folder)}/* ]] && HISTFILE="\${__no_wing_zdotdir:-$HOME}/.zsh_history"`,
      zshOwn('.zshrc', folder),
      zshIdentity(input),
      `typeset -ga precmd_functions
precmd_functions+=(__no_wing_identity)
[[ -o login ]] || { ${ZSH_LEAVE}; }`,
    ),
    '.zlogin': lines(zshOwn('.zlogin', folder), '__no_wing_identity', ZSH_LEAVE),
  };
}

/** USER_ZDOTDIR is the editor's word for the person's, which it puts back at the end of its own start-up file. */
const ZSH_LEAVE = '__no_wing_own; USER_ZDOTDIR="$ZDOTDIR"';

function zshOwn(file: string, folder: string): string {
  return lines(
    '__no_wing_own',
    `[[ -r "$ZDOTDIR/${file}" ]] && . "$ZDOTDIR/${file}"`,
    `ZDOTDIR=${quoted(folder)}`,
  );
}

function zshIdentity(input: ScriptInput): string {
  return lines(
    `__no_wing_identity() {
  emulate -L zsh
  local name found=
  for name in ${input.unset.join(' ')}; do
    [[ -n "\${(P)name+x}" ]] && found="$found $name"
    unset "$name"
  done
${exports(input.set, '  typeset -gx ')}
  ${tellFound('found', input)}
}`,
    firstInPath(input.binFolder),
    exports(input.initially, 'typeset -gx '),
    '__no_wing_identity',
  );
}

/** A universal variable is the person's, in every shell: it is not erased, but hidden by what is as good as unset. */
export function fishFile(input: ScriptInput): string {
  const set = (entries: ScriptInput['set'], indent: string): string =>
    entries.map(([name, text]) => `${indent}set -gx ${name} ${fishQuoted(text)}`).join('\n');
  const hidden = Object.entries(input.instead)
    .filter(([name]) => input.unset.includes(name))
    .map(([name, text]) => `  set -qUx ${name}; and set -gx ${name} ${fishQuoted(text)}`);
  return lines(
    HEAD,
    `set -e ${OF_OTHERS}`,
    `function __no_wing_identity --on-event fish_prompt
  set -l found
  for name in ${input.unset.join(' ')}
    set -qgx $name; and not set -qUx $name; and set -a found $name
    set -eg $name
  end
${[...hidden, set(input.set, '  ')].join('\n')}
  test -z "$found"; or echo ${fishQuoted(takenOut(input))} $found >&2
end`,
    `test "$PATH[1]" = ${fishQuoted(input.binFolder)}; or set -gx PATH ${fishQuoted(input.binFolder)} $PATH`,
    set(input.initially, ''),
    '__no_wing_identity',
    input.integration === undefined
      ? ''
      : `test -r ${fishQuoted(input.integration)}; and source ${fishQuoted(input.integration)}`,
  );
}

/** Once, after the profile: a prompt of ours around the person's would hide from it whether a command failed. */
export function powerShellFile(input: ScriptInput): string {
  const set = [...input.set, ...input.initially].map(
    ([name, text]) => `$env:${name} = ${powerShellQuoted(text)}`,
  );
  return lines(
    HEAD,
    `foreach ($name in ${input.unset.map(powerShellQuoted).join(', ')}) {
  Remove-Item -LiteralPath "Env:$name" -ErrorAction SilentlyContinue
}`,
    ...set,
    `$env:PATH = ${powerShellQuoted(input.binFolder)} + [IO.Path]::PathSeparator + $env:PATH`,
    input.integration === undefined
      ? ''
      : `if (Test-Path -LiteralPath ${powerShellQuoted(input.integration)}) { Invoke-Expression (Get-Content -Raw -LiteralPath ${powerShellQuoted(input.integration)}) }`,
  );
}

function takenOut({ who }: Pick<ScriptInput, 'who'>): string {
  return `No Wing: taken out, so that this terminal acts as ${who}:`;
}

function tellFound(variable: string, input: ScriptInput): string {
  return `[ -z "$${variable}" ] || printf '%s%s\\n' ${quoted(takenOut(input))} "$${variable}" >&2`;
}

function firstInPath(folder: string): string {
  return `case "$PATH:" in ${quoted(folder)}:*) ;; *) export PATH=${quoted(folder)}:"$PATH" ;; esac`;
}

function exports(entries: ScriptInput['set'], word: string): string {
  return entries.map(([name, text]) => `${word}${name}=${quoted(text)}`).join('\n');
}

function sourced(file: string | undefined): string {
  return file === undefined ? '' : `[ -r ${quoted(file)} ] && . ${quoted(file)}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function fishQuoted(text: string): string {
  return `'${text.replaceAll(/[\\']/g, '\\$&')}'`;
}

function powerShellQuoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function lines(...parts: string[]): string {
  return `${parts.filter(part => part !== '').join('\n')}\n`;
}
