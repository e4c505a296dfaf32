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
  const ours = /(?:^|[\s[])app\/no-wing-([\w.+-]+)/.exec(userAgent)?.[1];
  if (ours !== undefined) return ours;
  const codes = [...userAgent.matchAll(/(?:^|[\s[])md?\/([A-Za-z0-9+,-]+)(?=$|[\s\]])/g)].flatMap(
    ([, list]) => list?.split(',') ?? [],
  );
  return codes.map(code => CODES.get(code)).find(name => name !== undefined);
}
