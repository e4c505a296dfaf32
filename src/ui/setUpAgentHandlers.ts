/** The commands that set up the agents of this computer, and what the doctor asks of them; loaded when they are needed. */
import { homedir } from 'node:os';
import type { AgentSetUps } from '../broker/agents/agentSetUps.ts';
import { writeShim } from '../broker/commandShim.ts';
import type { Features } from '../features.ts';
import type { CommandHandlers } from './commands.ts';
import type { SetUpAgentInput } from './setUpAgent.ts';

export interface SetUpAgentHandlersInput {
  readonly features: Pick<Features, 'profiles' | 'selection'>;
  /** Where No Wing keeps its files. */
  readonly directory: string;
  /** What the `no-wing` command starts: `dist/cli.js`. */
  readonly cli: string;
}

export type SetUpAgentHandlers = Pick<CommandHandlers, 'noWing.agent.setUp' | 'noWing.agent.undoSetUp'>;

export function setUpAgentHandlers(input: SetUpAgentHandlersInput): SetUpAgentHandlers {
  const { profiles, selection } = input.features;
  const setUpInput = async (): Promise<SetUpAgentInput> => ({
    setUps: await openAgentSetUps(input),
    agents: () => profiles.list('agent'),
    activeAgent: () => selection.active().agent,
  });
  return {
    'noWing.agent.setUp': async () => (await import('./setUpAgent.ts')).setUpAgent(await setUpInput()),
    'noWing.agent.undoSetUp': async argument =>
      (await import('./setUpAgent.ts')).undoSetUp(await setUpInput(), argument),
  };
}

/** The agents of the computer that the extension runs on. */
export async function openAgentSetUps({
  directory,
  cli,
}: Pick<SetUpAgentHandlersInput, 'directory' | 'cli'>): Promise<AgentSetUps> {
  const { createAgentSetUps } = await import('../broker/agents/agentSetUps.ts');
  return createAgentSetUps({
    directory,
    launcher: () => writeShim({ directory, execPath: process.execPath, cli }),
    surroundings: { home: homedir(), env: process.env, platform: process.platform },
  });
}
