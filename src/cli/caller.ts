/**
 * Who runs this command: a person, or an agent. An agent is known by the mark that No Wing sets, which names it, or by
 * a variable that its maker sets. Every mark counts, wherever it is found: one can be added, none can be taken away.
 */
import type { Ancestor } from './ancestors.ts';

export type Caller =
  | { readonly kind: 'person' }
  | {
      readonly kind: 'agent';
      /** What No Wing calls it, if it was No Wing that gave it its environment. Two names are as good as a wrong one. */
      readonly names: readonly string[];
      /** How it is known, for a person: `CLAUDECODE is set`. */
      readonly sign: string;
    };

const AGENT_MARK = 'NO_WING_AGENT';

/** AWS's own tools go by the same variables (CLI user agent), and by some of other makers. */
const AGENT_VARIABLES: readonly string[] = [
  'CLAUDECODE',
  'CURSOR_AGENT',
  'GEMINI_CLI',
  'CODEX_THREAD_ID',
  'CODEX_SANDBOX',
  'COPILOT_AGENT',
  'AI_AGENT',
  'AGENT',
];

/** @param agentOf the agent for which No Wing started a process: one can leave its environment, not its parents. */
export function callerOf(
  env: NodeJS.ProcessEnv,
  ancestors: Iterable<Ancestor>,
  agentOf: (processId: number) => string | undefined,
): Caller {
  const names = new Set<string>();
  let sign = signIn(env, names);
  for (const ancestor of ancestors) {
    const started = agentOf(ancestor.processId);
    if (started !== undefined) names.add(started);
    sign ??= started === undefined ? undefined : `process ${ancestor.processId} is the agent's`;
    sign = signIn(ancestor.env, names) ?? sign;
  }
  return sign === undefined ? { kind: 'person' } : { kind: 'agent', names: [...names], sign };
}

/** The name in the mark goes into `names`. @returns how the agent is known */
function signIn(env: NodeJS.ProcessEnv, names: Set<string>): string | undefined {
  const name = env[AGENT_MARK];
  if (name) names.add(name);
  const variable = [AGENT_MARK, ...AGENT_VARIABLES].find(each => env[each]);
  return variable === undefined ? undefined : `${variable} is set`;
}
