/** Whether a tool is on this computer: one of its commands on the PATH, or one of its folders. Nothing is started. */
import { statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { AgentTool, Surroundings } from './agentTool.ts';

export function isInstalled(
  { commands, folders }: Pick<AgentTool, 'commands' | 'folders'>,
  surroundings: Surroundings,
): boolean {
  return (
    folders(surroundings).some(isThere) ||
    commands.some(command => onPath(command, surroundings).some(isThere))
  );
}

function onPath(command: string, { env, platform }: Surroundings): string[] {
  const names = platform === 'win32' ? ['.exe', '.cmd', '.ps1'].map(end => command + end) : [command];
  const folders = (env['PATH'] ?? env['Path'] ?? '').split(delimiter).filter(Boolean);
  return folders.flatMap(folder => names.map(name => join(folder, name)));
}

function isThere(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}
