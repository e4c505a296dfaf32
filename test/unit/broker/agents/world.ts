// A home folder, a data directory and an agent's profile, for the tests of what is written into a tool's files.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type AgentSetUps, createAgentSetUps } from '../../../../src/broker/agents/agentSetUps.ts';
import type { AgentTool, Surroundings } from '../../../../src/broker/agents/agentTool.ts';
import { agentTools } from '../../../../src/broker/agents/agentTools.ts';
import type { Profile } from '../../../../src/identity/profile.ts';
import { scratchFolder } from '../../../setup/scratchFolder.ts';

export interface SetUpWorld {
  readonly home: string;
  readonly directory: string;
  readonly surroundings: Surroundings;
  readonly setUps: AgentSetUps;
  /** Writes a file below the home folder. @returns its path. */
  file(name: string, text: string, mode?: number): string;
}

const made: string[] = [];
process.on('exit', () => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

export function setUpWorld(env: Readonly<Record<string, string>> = {}): SetUpWorld {
  const folder = scratchFolder();
  made.push(folder);
  const home = join(folder, 'home');
  const directory = join(folder, 'data folder');
  const surroundings: Surroundings = { home, env: { PATH: '', ...env }, platform: 'linux' };
  const launcher = join(directory, 'bin', 'no-wing');
  mkdirSync(home);
  return {
    home,
    directory,
    surroundings,
    setUps: createAgentSetUps({ directory, launcher: () => launcher, surroundings }),
    file(name, text, mode = 0o644) {
      const path = join(home, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text, { mode });
      return path;
    },
  };
}

export function agentProfile(
  changes: Partial<Pick<Profile, 'id' | 'name' | 'region' | 'environment' | 'kind'>> = {},
): Profile {
  return {
    id: 'copilot-id',
    kind: 'agent',
    name: 'copilot',
    region: 'eu-west-1',
    environment: 'dev',
    source: { type: 'sharedConfig', profile: 'agent' },
    verified: { accountId: '111122223333', arn: 'arn:aws:iam::111122223333:user/agent', at: 0 },
    ...changes,
  };
}

export function tool(id: string): AgentTool {
  const found = agentTools.find(each => each.id === id);
  if (!found) throw new Error(`no tool ${id}`);
  return found;
}
