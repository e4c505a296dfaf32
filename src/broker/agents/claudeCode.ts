/**
 * Claude Code. Sources: Claude Code documentation, "Settings" (places and order of settings files, `env`) and
 * "Environment variables" ("In settings files": read directly from the file however `claude` was started, also by its
 * VS Code extension; a running session takes changes up when the file is saved; `CLAUDE_CONFIG_DIR`). Values are literal
 * (anthropics/claude-code #46889); there is none for "not set", so what would win is set to nothing. Tried with 2.1.330:
 * they win over what `claude` was started with; what a start file of the shell exports wins over them; and the script that
 * CLAUDE_ENV_FILE names wins over that.
 */
import { join } from 'node:path';
import type { AgentTool, Surroundings } from './agentTool.ts';
import { jsonFormat } from './jsonFormat.ts';

const folder = ({ env, home }: Surroundings): string => env['CLAUDE_CONFIG_DIR'] || join(home, '.claude');

export const claudeCode: AgentTool = {
  id: 'claudeCode',
  name: 'Claude Code',
  commands: ['claude'],
  folders: surroundings => [folder(surroundings)],
  extension: 'anthropic.claude-code',
  way: {
    kind: 'file',
    file: surroundings => join(folder(surroundings), 'settings.json'),
    format: jsonFormat('env'),
    scriptVariable: 'CLAUDE_ENV_FILE',
    overriding: ({ platform }, project) => [
      managed(platform),
      ...(project === undefined
        ? []
        : ['settings.local.json', 'settings.json'].map(name => join(project, '.claude', name))),
    ],
  },
  notes: [
    'The variables are for Claude Code itself too: when it reaches its model through Amazon Bedrock, it does so as the agent.',
    'Settings of a project and of your organisation win over yours.',
  ],
};

function managed(platform: NodeJS.Platform): string {
  if (platform === 'darwin') return '/Library/Application Support/ClaudeCode/managed-settings.json';
  if (platform === 'win32') return 'C:\\Program Files\\ClaudeCode\\managed-settings.json';
  return '/etc/claude-code/managed-settings.json';
}
