/**
 * Codex, its command line and its editor extension: they share the file. Sources: Codex documentation, "Config basics"
 * (places, `CODEX_HOME`, order, trusted projects) and "Advanced config", "Shell environment policy"; tried with
 * `codex sandbox` of 0.169: `set` comes after `exclude` and before `include_only`, which takes out again what it does
 * not name, as `filters` do when one of them says "include". A value may be empty; none means "not set".
 */
import { join } from 'node:path';
import { parse } from '@decimalturn/toml-patch';
import * as v from 'valibot';
import type { AgentTool, Surroundings } from './agentTool.ts';
import { withoutMark } from './environmentFormat.ts';
import { tomlFormat } from './tomlFormat.ts';

const folder = ({ env, home }: Surroundings): string => env['CODEX_HOME'] || join(home, '.codex');

export const codex: AgentTool = {
  id: 'codex',
  name: 'Codex',
  commands: ['codex'],
  folders: surroundings => [folder(surroundings)],
  extension: 'openai.chatgpt',
  way: {
    kind: 'file',
    file: surroundings => join(folder(surroundings), 'config.toml'),
    format: tomlFormat(['shell_environment_policy', 'set']),
    obstacle: leftOut,
    overriding: ({ platform }, project) => [
      ...(platform === 'win32' ? [] : ['/etc/codex/config.toml']),
      ...(project === undefined ? [] : [join(project, '.codex', 'config.toml')]),
    ],
  },
  notes: [
    'In its sandbox Codex has no network: a command that calls AWS must be allowed to run outside of it.',
    'Settings of a trusted project, and of a profile that you start it with, win over these.',
  ],
};

const Policy = v.object({
  shell_environment_policy: v.object({
    include_only: v.optional(v.array(v.string()), []),
    filters: v.optional(v.record(v.string(), v.unknown()), {}),
  }),
});

/** Which of the variables the file itself takes out again. */
function leftOut(text: string, names: readonly string[]): string | undefined {
  const found = v.safeParse(Policy, plain(parse(withoutMark(text).rest)));
  if (!found.success) return undefined;
  const { include_only, filters } = found.output.shell_environment_policy;
  const included = Object.entries(filters).filter(([, action]) => action === 'include');
  const patterns = [...include_only, ...included.map(([pattern]) => pattern)].map(wildcard);
  const lost = patterns.length === 0 ? [] : names.filter(name => !patterns.some(some => some.test(name)));
  return lost.length === 0
    ? undefined
    : `Its shell_environment_policy keeps only variables that it names, and ${lost.join(', ')} are not among them. Add "AWS_*", "NO_WING_*" and "BOTO_CONFIG" to ${include_only.length > 0 ? 'include_only' : 'its filters, as "include"'}.`;
}

/** `*` and `?`, without regard to case. */
function wildcard(pattern: string): RegExp {
  const text = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${text.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'i');
}

/** The parser's tables have no prototype. */
function plain(table: unknown): unknown {
  return structuredClone(table);
}
