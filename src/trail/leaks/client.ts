/** What made a call, as its user agent text says: whoever calls writes that text. */
import { appIdIn, codeNames } from '../attribution/userAgent.ts';

export interface Client {
  /** Coding agents that codes name. */
  readonly agents: readonly string[];
  /** The agent whose environment No Wing had marked. */
  readonly environment: string | undefined;
  readonly os: string | undefined;
  readonly isBrowser: boolean;
}

export function clientOf(userAgent: string | undefined): Client {
  const text = userAgent ?? '';
  return {
    agents: [...new Set(codeNames(text))],
    environment: appIdIn(text),
    os: osOf(text),
    isBrowser: /^(?:Mozilla\/|console\.|signin\.)|^AWS-Console|^S3Console/.test(text),
  };
}

/** `os/linux#6.8` of the AWS SDKs and CLI; older tools write `Linux/6.8`. */
function osOf(text: string): string | undefined {
  const name = /(?:^|\s)(?:os\/)?(linux|windows|win32|macos|darwin)(?=[#/\s]|$)/i
    .exec(text)?.[1]
    ?.toLowerCase();
  if (name === undefined) return undefined;
  if (name === 'darwin') return 'macos';
  return name === 'win32' ? 'windows' : name;
}
