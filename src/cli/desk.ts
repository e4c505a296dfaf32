/** What a command works with: who asks, the store, and the agent that it is about. */
import { type Disposable, Disposables } from '../base/disposables.ts';
import { lazy } from '../base/memo.ts';
import { isStillRunning } from '../base/runningProcess.ts';
import { userPrincipals } from '../broker/brokerInput.ts';
import type { Client } from '../broker/client.ts';
import { createClientStore } from '../broker/clientStore.ts';
import type { Features } from '../features.ts';
import type { Profile } from '../identity/profile.ts';
import { createRevocations, refuseRevoked } from '../identity/revocations.ts';
import { type AgentSession, agentSession, requireTerminal } from './agentSession.ts';
import { type Caller, callerOf } from './caller.ts';
import { runningAgents } from './exec/runFolder.ts';
import { type AgentProfile, requireAgentProfile, requireOwn } from './permitted.ts';
import { type ServingWindow, servingWindow } from './servingWindow.ts';
import { openStore, profileNamed, type Store } from './store.ts';
import type { Surroundings } from './surroundings.ts';

export interface Desk extends Disposable {
  readonly here: Surroundings;
  readonly caller: Caller;
  readonly store: Store;
  /** The client that this terminal's environment names. */
  readonly ownClient: string | undefined;
  window(): ServingWindow | undefined;
  /** The agent that a name stands for, if it may have sessions and be given to who asks. @throws UserError */
  agent(name: string | undefined): AgentProfile;
  session(profile: AgentProfile): AgentSession;
  /** @throws UserError `cli.refused.production` outside of a terminal that the window opened for the profile */
  requireTerminalFor(profile: AgentProfile): void;
  /** Everything the window has too; loaded when it is needed. */
  features(): Promise<Features>;
}

export type OpenFeatures = (workspace: string) => Promise<Features>;

/** @throws UserError `cli.nothingSetUp`, `store.*` */
export function openDesk(here: Surroundings, openFeatures: OpenFeatures): Desk {
  const ended = new Disposables();
  const store = ended.add(openStore(here));
  const caller = callerOf(here.env, here.ancestors(), agentOf(here, store));
  const ownClient = here.env['NO_WING_CLIENT'];
  const window = (): ServingWindow | undefined =>
    servingWindow({ db: store.db, directory: here.directory, ownClient, now: here.now });
  const isOwn = (client: Client): boolean => isOwnTerminal(client, here);
  const features = lazy(async () => ended.add(await openFeatures(store.workspace)));
  return {
    here,
    caller,
    store,
    ownClient,
    window,
    agent(name) {
      const profile = requireAgentProfile(profileNamed(store, name));
      requireOwn(caller, profile, activeAgent(store));
      refuseRevoked(profile, createRevocations(store.db).isRevoked);
      return profile;
    },
    session: profile =>
      agentSession({
        profile,
        workspace: store.workspace,
        window,
        isOwnTerminal: isOwn,
        userPrincipals: () => userPrincipals(store.profiles()),
        start: async ask => (await features()).sessions.get(ask),
      }),
    requireTerminalFor: profile => requireTerminal(profile, window, isOwn),
    features,
    dispose: () => ended.dispose(),
  };
}

/** For whom a process runs: one of `no-wing exec`, or the shell of a terminal that a window opened. */
function agentOf({ directory }: Surroundings, store: Store): (processId: number) => string | undefined {
  const running = new Map(runningAgents(directory));
  const names = new Map(store.profiles().map(({ id, kind, name }) => [`${kind} ${id}`, name]));
  for (const { client } of createClientStore(store.db).inForce()) {
    const name = names.get(`agent ${client.profileId}`);
    const { processId, processStart } = client;
    if (processId === undefined || name === undefined) continue;
    if (isStillRunning({ processId, processStart })) running.set(processId, name);
  }
  return processId => running.get(processId);
}

/**
 * Did the window open this terminal for the client? Its name in the environment can be anybody's; on Linux, its shell
 * must be among the processes that led here.
 */
function isOwnTerminal(client: Client, { env, ancestors, platform }: Surroundings): boolean {
  const { id, use, processId, processStart } = client;
  if (use !== 'terminal' || id !== env['NO_WING_CLIENT'] || processId === undefined) return false;
  if (!isStillRunning({ processId, processStart })) return false;
  return platform !== 'linux' || [...ancestors()].some(ancestor => ancestor.processId === processId);
}

export function activeAgent(store: Store): Profile | undefined {
  return store.selection.active().agent;
}
