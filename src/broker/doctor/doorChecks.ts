/** What only a front door or another part of No Wing can tell: the keychain, the terminals, the agents that are there. */
import { join } from 'node:path';
import type { KeychainStatus } from '../../identity/keychain.ts';
import type { ToolState } from '../agents/agentSetUps.ts';
import type { Files } from './files.ts';
import { isPlainKeyring, judgeKeychain, passwordStoreOf } from './keychainFacts.ts';
import type { Check, Finding } from './report.ts';

export interface KeychainLook {
  readonly home: string;
  readonly env: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
  readonly files: Files;
  readonly status: () => Promise<Pick<KeychainStatus, 'backend' | 'reason'>>;
}

export function keychain(around: KeychainLook): Check {
  return {
    about: 'Keychain',
    fine: 'Secrets are in the OS keychain. While it is unlocked, programs of yours can read it.',
    look: async () => {
      const [status, plainKeyrings, argv] = await Promise.all([
        around.status(),
        findPlainKeyrings(around),
        around.files.read(join(around.home, '.vscode', 'argv.json')),
      ]);
      const passwordStore = argv && passwordStoreOf(argv.text);
      return judgeKeychain({
        status,
        plainKeyrings,
        ...(passwordStore === undefined ? {} : { passwordStore }),
      });
    },
  };
}

/** Where GNOME Keyring has its files. */
async function findPlainKeyrings({ home, env, files, platform }: KeychainLook): Promise<string[]> {
  if (platform !== 'linux') return [];
  const folder = join(env['XDG_DATA_HOME'] || join(home, '.local', 'share'), 'keyrings');
  const names = ((await files.list(folder)) ?? []).filter(({ name }) => name.endsWith('.keyring'));
  const found = await Promise.all(names.map(({ name }) => files.read(join(folder, name))));
  return found.flatMap(file => (file && isPlainKeyring(file.text) ? [file.path] : []));
}

/** @param identity `noWing.terminal.identity`; undefined outside of the editor. */
export function terminals(identity: () => string | undefined): Check {
  return {
    about: 'Terminals of the editor',
    fine: 'New terminals act as the agent unless you open one as yourself.',
    look: async () => {
      const chosen = identity();
      if (chosen === undefined)
        return { findings: [], unchecked: ['Only the editor knows its settings: run the doctor there.'] };
      return { findings: chosen === 'unchanged' ? [TERMINALS] : [] };
    },
  };
}

const TERMINALS: Finding = {
  id: 'terminals.unchanged',
  severity: 'medium',
  title: 'Ordinary terminals act as you',
  what: 'What an agent runs in a terminal that it or you opened the ordinary way finds whatever your environment and your AWS files give.',
  fix: 'Let new terminals act as the agent (setting "noWing.terminal.identity"); open one as yourself where you need it.',
  action: { type: 'terminalIdentity' },
};

/** An agent program that is on this computer. */
export interface FoundAgent {
  readonly name: string;
  readonly isSetUp: boolean;
}

/** Those that are set up by a file of their own: how the others were started, nobody can see. */
export function foundAgents(tools: readonly Pick<ToolState, 'tool' | 'state' | 'installed'>[]): FoundAgent[] {
  return tools
    .filter(({ tool, installed }) => installed && tool.way.kind === 'file')
    .map(({ tool, state }) => ({ name: tool.name, isSetUp: state.state === 'setUp' }));
}

export function agentPrograms(found: (signal: AbortSignal) => Promise<readonly FoundAgent[]>): Check {
  return {
    about: 'Agents on this computer',
    fine: 'Each agent that was found is set up to act as itself.',
    look: async signal => ({
      findings: (await found(signal)).filter(({ isSetUp }) => !isSetUp).map(notSetUp),
    }),
  };
}

function notSetUp({ name }: FoundAgent): Finding {
  return {
    id: `agents.notSetUp:${name}`,
    severity: 'medium',
    title: `${name} is not set up`,
    what: `What ${name} runs finds whatever your environment and your AWS files give, and acts as you.`,
    fix: 'Set it up, so that it gets an identity of its own.',
    action: { type: 'setUpAgents' },
  };
}
