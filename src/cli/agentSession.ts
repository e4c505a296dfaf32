/**
 * Sessions of one agent for the command line: from the window that serves; else this process starts one itself, with
 * nothing on disk. What a window refuses is refused.
 */
import { UserError } from '../base/userError.ts';

import type { Client } from '../broker/client.ts';
import { who } from '../identity/profile.ts';
import type { Session, SessionAsk } from '../identity/session.ts';
import { principalKey } from '../identity/sessionSource.ts';
import type { AgentProfile } from './permitted.ts';
import type { ServingWindow } from './servingWindow.ts';

/** @throws UserError */
export type AgentSession = () => Promise<Session>;

export interface AgentSessionInput {
  readonly profile: AgentProfile;
  readonly workspace: string;
  /** Looked for at each ask: windows come and go while a command runs. */
  readonly window: () => ServingWindow | undefined;
  /** Is it the client of the terminal that this runs in? */
  readonly isOwnTerminal: (client: Client) => boolean;
  /** Principals of users, as `principalKey` writes them: no agent gets a session of one. */
  readonly userPrincipals: () => readonly string[];
  /** Starts a session in this process. */
  readonly start: (ask: SessionAsk) => Promise<Session>;
}

export function agentSession(input: AgentSessionInput): AgentSession {
  return async () => {
    const session = (await askWindow(input)) ?? (await started(input));
    if (input.userPrincipals().includes(principalKey(session.arn))) throw usersOwn(input.profile);
    return session;
  };
}

async function started({ profile, workspace, start }: AgentSessionInput): Promise<Session> {
  // Only a window knows whether a terminal is one that it opened for production.
  if (profile.environment === 'prod') throw production(profile);
  return start({ profileId: profile.id, purpose: 'commandLine', workspace, temporary: true });
}

async function askWindow({
  profile,
  window,
  isOwnTerminal,
}: AgentSessionInput): Promise<Session | undefined> {
  const found = window();
  const client = found?.client(profile);
  if (!found || !client) return undefined;
  if (profile.environment === 'prod' && !isOwnTerminal(client)) return undefined;
  return found.session(profile, client);
}

/** @throws UserError `cli.refused.production` for a production profile, but in a terminal that the window opened for it. */
export function requireTerminal(
  profile: AgentProfile,
  window: AgentSessionInput['window'],
  isOwnTerminal: AgentSessionInput['isOwnTerminal'],
): void {
  if (profile.environment !== 'prod') return;
  const client = window()?.client(profile);
  if (!client || !isOwnTerminal(client)) throw production(profile);
}

function production(profile: AgentProfile): UserError {
  return new UserError(
    'cli.refused.production',
    `The profile of ${who(profile)} is for production: its sessions go only to a terminal that the window opened for it.`,
    { hint: `In VS Code, open a terminal as ${profile.name}, and run this there.` },
  );
}

function usersOwn(profile: AgentProfile): UserError {
  return new UserError(
    'identity.sameIdentity',
    `AWS sees a user of yours in the session of ${who(profile)}. It is not used.`,
    {
      hint: 'Give the agent a role of its own: in VS Code, run "No Wing: Create Agent Role".',
    },
  );
}
