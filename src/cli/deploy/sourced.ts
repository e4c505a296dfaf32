/** What is deployed, and what of it was typed. */
import type { Disposable } from '../../base/disposables.ts';
import type { Source } from '../../deployment/source.ts';
import { type CommandLine, see, wrong } from '../commandLine.ts';
import type { Desk } from '../desk.ts';
import type { AgentProfile } from '../permitted.ts';

export interface Sourced extends Disposable {
  readonly source: Source;
  readonly stackName: string;
  /** Where the source itself says that it belongs. */
  readonly region?: string;
  /** The workspace folder, as far as it is known: its guardrails apply too. */
  readonly folder?: string;
}

export interface SourceAsk {
  readonly desk: Desk;
  readonly line: CommandLine;
  /** As whom a project is run, where planning it runs it. */
  readonly profile: AgentProfile;
  readonly signal: AbortSignal;
}

/** @throws UserError `cli.usage` */
export function parametersOf(line: CommandLine): Record<string, string> {
  return Object.fromEntries(
    line.texts('parameter').map(text => {
      const at = text.indexOf('=');
      // The text itself is not repeated: it may be a secret that was put into the wrong place.
      if (at < 1) throw wrong('--parameter takes NAME=VALUE.', see(line.name));
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}
