/** An environment as lines for a shell to read. Every value is one literal: nothing in it is looked at by the shell. */
import type { Environment } from '../broker/environment.ts';

export type Shell = 'sh' | 'fish' | 'powershell';

export function shellLines(shell: Shell, environment: Environment): string {
  const { set, unset } = FORMS[shell];
  return Object.entries(environment)
    .map(([name, value]) => (value === null ? unset(name) : set(name, value)))
    .join('\n');
}

interface Form {
  set(name: string, value: string): string;
  unset(name: string): string;
}

const FORMS: Readonly<Record<Shell, Form>> = {
  sh: {
    set: (name, value) => `export ${name}='${value.replaceAll("'", "'\\''")}'`,
    unset: name => `unset ${name}`,
  },
  fish: {
    set: (name, value) => `set -gx ${name} '${value.replace(/[\\']/g, '\\$&')}'`,
    unset: name => `set -e ${name}`,
  },
  powershell: {
    // PowerShell takes typographic quotes for straight ones.
    set: (name, value) => `$env:${name} = '${value.replace(/['\u2018-\u201b]/g, '$&$&')}'`,
    unset: name => `Remove-Item Env:${name} -ErrorAction SilentlyContinue`,
  },
};
