/** From what was typed to a request for a deployment, for an agent that who asks may use. */
import { userInfo } from 'node:os';
import type { Disposable } from '../../base/disposables.ts';
import type { Asker } from '../../deployment/deployment.ts';
import type { DeployRequest } from '../../deployment/engine.ts';
import { humanOf } from '../../identity/marks.ts';
import type { CommandLine } from '../commandLine.ts';
import type { Desk } from '../desk.ts';
import type { AgentProfile } from '../permitted.ts';
import { sourceOf } from './sourceOf.ts';

/**
 * What lies at a path, to be deployed.
 * @throws UserError `cli.refused.*`, `cli.usage`
 */
export async function orderFrom(
  desk: Desk,
  line: CommandLine,
  signal: AbortSignal,
): Promise<Disposable & { readonly request: DeployRequest }> {
  const profile = agentFor(desk, line.text('as'));
  const { source, stackName, folder, dispose, ...own } = await sourceOf({ desk, line, profile, signal });
  const region = line.text('region') ?? own.region;
  const request: DeployRequest = {
    profileId: profile.id,
    stackName,
    operation: 'deploy',
    source,
    askedBy: askerOf(desk),
    folder: folder ?? desk.here.cwd,
    ...(region === undefined ? {} : { region }),
  };
  return { request, dispose };
}

export function agentFor(desk: Desk, name: string | undefined): AgentProfile {
  const profile = desk.agent(name);
  desk.requireTerminalFor(profile);
  return profile;
}

/** Who asks, as far as it can be told: a mark can be added by anybody, and taken away by nobody. */
export function askerOf({ caller, store }: Pick<Desk, 'caller' | 'store'>): Asker {
  const { user, agent } = store.selection.active();
  if (caller.kind === 'agent')
    return { kind: 'agent', name: caller.names[0] ?? agent?.name ?? 'unknown', door: 'command' };
  return { kind: 'user', name: user ? humanOf(user) : userInfo().username, door: 'command' };
}
