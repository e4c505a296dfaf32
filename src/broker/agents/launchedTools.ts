/**
 * Tools whose files have no place for the environment of commands: they act as the agent when they are started so, because
 * their commands inherit it. Each says where that was looked up.
 */
import { join } from 'node:path';
import type { AgentTool } from './agentTool.ts';

const LOGIN_SHELL =
  'Commands inherit what it was started with; what a start file of your shell exports wins over it.';

export const launchedTools: readonly AgentTool[] = [
  {
    // GitHub Docs, "GitHub Copilot CLI configuration directory": settings.json has no environment for commands.
    id: 'copilotCli',
    name: 'GitHub Copilot CLI',
    commands: ['copilot'],
    folders: ({ env, home }) => [env['COPILOT_HOME'] || join(home, '.copilot')],
    way: { kind: 'launch', command: ['copilot'] },
    notes: [LOGIN_SHELL],
  },
  {
    // Cursor documentation, "CLI configuration": cli-config.json has permissions and looks, a project only permissions.
    id: 'cursorCli',
    name: 'Cursor CLI',
    commands: ['cursor-agent'],
    folders: () => [],
    way: { kind: 'launch', command: ['cursor-agent'] },
    notes: [LOGIN_SHELL],
  },
  {
    // Kiro documentation, "CLI settings" and "Custom agents": an environment for MCP servers, none for commands.
    id: 'kiroCli',
    name: 'Kiro CLI',
    commands: ['kiro-cli'],
    folders: () => [],
    way: { kind: 'launch', command: ['kiro-cli', 'chat'] },
    notes: [
      LOGIN_SHELL,
      'Its own use_aws tool takes a profile name: the agent has only the one of its environment.',
    ],
  },
  {
    // Amazon Q Developer documentation, "Command line reference"; the Kiro CLI has followed it.
    id: 'amazonQ',
    name: 'Amazon Q Developer CLI',
    commands: ['q'],
    folders: ({ home }) => [join(home, '.aws', 'amazonq')],
    way: { kind: 'launch', command: ['q', 'chat'] },
    notes: [
      LOGIN_SHELL,
      'Its own use_aws tool takes a profile name: the agent has only the one of its environment.',
    ],
  },
];
