/**
 * Coding agents that a user agent text names: a hint, never a proof, since the caller writes it. The AWS CLI and SDKs
 * list feature codes after `m/` (some tools: `md/`); codes AN and up tell which agent's shell the call came from.
 */
/** A map, because the codes looked up are the caller's text: `constructor` is in every plain object. */
const CODES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    AN: 'Claude Code',
    AO: 'Gemini CLI',
    AP: 'Codex',
    AQ: 'Kiro',
    AR: 'OpenCode',
    AS: 'Antigravity',
    AT: 'Amp',
    AU: 'Pi',
    AV: 'Copilot CLI',
    AW: 'Cursor',
  }),
);

/** The agent's name, or undefined when the text names none. `app/no-wing-<agent>` is what No Wing's terminals set. */
export function agentInUserAgent(userAgent: string | undefined): string | undefined {
  if (userAgent === undefined) return undefined;
  return appIdIn(userAgent) ?? codeNames(userAgent).at(0);
}

/** The agent in whose environment the call was made: `AWS_SDK_UA_APP_ID`, as No Wing sets it. */
export function appIdIn(userAgent: string): string | undefined {
  return /(?:^|[\s[])app\/no-wing-([\w.+-]+)/.exec(userAgent)?.[1];
}

/** The shortest text that says the same of agents as the whole does; what it gives back is one such text itself. */
export function agentMark(userAgent: string | undefined): string | undefined {
  if (userAgent === undefined) return undefined;
  const app = appIdIn(userAgent);
  if (app !== undefined) return `app/no-wing-${app}`;
  const code = codesIn(userAgent).find(each => CODES.has(each));
  return code === undefined ? undefined : `m/${code}`;
}

export function codeNames(userAgent: string): string[] {
  return codesIn(userAgent)
    .map(code => CODES.get(code))
    .filter(name => name !== undefined);
}

function codesIn(userAgent: string): string[] {
  return [...userAgent.matchAll(/(?:^|[\s[])md?\/([A-Za-z0-9+,-]+)(?=$|[\s\]])/g)].flatMap(
    ([, list]) => list?.split(',') ?? [],
  );
}
