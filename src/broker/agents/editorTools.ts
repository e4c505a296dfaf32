/** Agents that live in the editor and run their commands in its terminals. Each says where that was looked up. */
import { join } from 'node:path';
import type { AgentTool } from './agentTool.ts';

export const editorTools: readonly AgentTool[] = [
  {
    // VS Code documentation, "Terminal" and the setting `chat.tools.terminal.terminalProfile.<os>` (1.105).
    id: 'copilot',
    name: 'GitHub Copilot in VS Code',
    commands: [],
    folders: () => [],
    extension: 'github.copilot-chat',
    way: {
      kind: 'terminal',
      steps: [
        'Copilot runs its commands in the terminal profile that chat.tools.terminal.terminalProfile names; by itself that is your own.',
      ],
      action: { title: "Change VS Code's Agent", command: 'noWing.terminal.useForAgents' },
    },
    notes: [],
  },
  {
    // cursor/cursor #2904 and #3673: its agent follows neither the default nor the automation profile of terminals.
    id: 'cursor',
    name: 'Cursor',
    commands: ['cursor'],
    folders: ({ home }) => [join(home, '.cursor')],
    editor: 'Cursor',
    way: { kind: 'launch', command: ['cursor', '.'] },
    notes: [
      "Cursor's agent does not follow the terminal profiles of the settings, so the whole editor is started as the agent.",
      'Quit Cursor first: a second start only opens a window of the one that runs.',
      'Your own terminals in it act as the agent too.',
    ],
  },
  {
    // Kiro documentation, "Settings": kiroExtension.* has no environment for commands; they run in editor terminals.
    id: 'kiro',
    name: 'Kiro',
    commands: ['kiro'],
    folders: () => [],
    editor: 'Kiro',
    way: { kind: 'launch', command: ['kiro', '.'] },
    notes: [
      'The whole editor is started as the agent: your own terminals in it act as the agent too.',
      'Quit Kiro first: a second start only opens a window of the one that runs.',
    ],
  },
  {
    // cline/cline #7793 and `TerminalRegistry`: it makes terminals of its own, which get what every new terminal gets.
    id: 'cline',
    name: 'Cline',
    commands: [],
    folders: () => [],
    extension: 'saoudrizwan.claude-dev',
    way: {
      kind: 'terminal',
      steps: [
        'Let new terminals act as the agent: the setting No Wing: Terminal: Identity.',
        "In Cline's settings, keep its execution mode on VS Code terminals: in the background its commands run as the editor does.",
      ],
      action: {
        title: 'Open Setting',
        command: 'workbench.action.openSettings',
        args: ['noWing.terminal.identity'],
      },
    },
    notes: [],
  },
];
