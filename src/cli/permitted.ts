/** What the command line may do for whom: pure rules, each refusal with its reason. */
import { capitalized } from '../base/capitalized.ts';
import { UserError } from '../base/userError.ts';
import { type Profile, who } from '../identity/profile.ts';
import type { Caller } from './caller.ts';

/** An agent's profile: nothing that gives credentials takes any other. */
export type AgentProfile = Extract<Profile, { kind: 'agent' }>;

/** @throws UserError `cli.refused.user` for a user's profile, whoever asks. */
export function requireAgentProfile(profile: Profile): AgentProfile {
  if (profile.kind === 'agent') return profile;
  throw new UserError(
    'cli.refused.user',
    'No Wing hands out your own credentials only in a terminal that you opened as yourself.',
    { hint: `In VS Code, open a terminal as ${who(profile)}. The command line acts as agents only.` },
  );
}

/**
 * An agent gets what is its own. One that No Wing did not name gets the agent that is active here, and no other.
 * @throws UserError `cli.refused.otherAgent`
 */
export function requireOwn(caller: Caller, profile: AgentProfile, activeHere: Profile | undefined): void {
  if (caller.kind === 'person' || isOwn(caller, profile, activeHere)) return;
  const runs = caller.names.length > 0 ? `runs for agent ${caller.names.join(' and ')}` : 'runs for an agent';
  throw new UserError(
    'cli.refused.otherAgent',
    `This ${runs} (${caller.sign}), which gets nothing of ${who(profile)}.`,
    { hint: `A person can start it as that agent: no-wing exec --as ${profile.name} -- COMMAND` },
  );
}

export function isOwn(
  caller: Extract<Caller, { kind: 'agent' }>,
  profile: Pick<Profile, 'id' | 'kind' | 'name'>,
  activeHere: Pick<Profile, 'id'> | undefined,
): boolean {
  if (profile.kind !== 'agent') return false;
  if (caller.names.length === 0) return profile.id === activeHere?.id;
  return caller.names.every(name => name === profile.name);
}

/** @throws UserError `cli.refused.agent` when an agent runs this. */
export function requirePerson(caller: Caller, doing: string): void {
  if (caller.kind === 'person') return;
  throw new UserError(
    'cli.refused.agent',
    `An agent runs this (${caller.sign}), and agents do not ${doing}.`,
    { hint: 'A person can do it, in the VS Code window or in a terminal of their own.' },
  );
}

/** @throws UserError `cli.refused.production` for a production profile. */
export function requireNotProduction(profile: Profile, instead: string): void {
  if (profile.environment !== 'prod') return;
  throw new UserError('cli.refused.production', `${capitalized(who(profile))} is for production.`, {
    hint: instead,
  });
}
