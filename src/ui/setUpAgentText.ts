/** How setting up an agent tool is said to a person. Pure. */
import type { FileChange, ToolState } from '../broker/agents/agentSetUps.ts';
import type { AgentTool } from '../broker/agents/agentTool.ts';
import { type Profile, who } from '../identity/profile.ts';
import { accountName, oneLine, profilePlace } from './wording.ts';

/** `~/.claude/settings.json` */
export function shortPath(path: string, home: string): string {
  const shown = path === home || path.startsWith(`${home}/`) || path.startsWith(`${home}\\`);
  return oneLine(shown ? `~${path.slice(home.length)}` : path);
}

/** `set up for copilot` */
export function stateText({ state, tool }: Pick<ToolState, 'state' | 'tool'>): string {
  switch (state.state) {
    case 'none':
      return tool.way.kind === 'file' ? 'not set up' : '';
    case 'setUp':
      return `set up for ${oneLine(state.agent)}`;
    case 'changed':
      return `set up for ${oneLine(state.agent)}, changed since: ${state.names.join(', ')}`;
    case 'unreadable':
      return 'its file cannot be read';
  }
}

export function wayText({ tool, file }: Pick<ToolState, 'tool' | 'file'>, home: string): string {
  if (file !== undefined) return shortPath(file, home);
  return tool.way.kind === 'launch'
    ? `Started with no-wing exec -- ${tool.way.command.join(' ')}`
    : 'Runs in terminals of this window';
}

export interface Question {
  readonly title: string;
  readonly detail: string;
  /** The button that says yes. */
  readonly verb: string;
}

export function setUpQuestion(change: FileChange, profile: Profile, home: string): Question {
  const { tool, warnings } = change;
  return {
    title: `Set up ${tool.name} to act as ${who(profile)}?`,
    detail: [
      `The commands it runs get sessions of ${who(profile)} in ${accountName(profile.verified)}, and no credentials of yours.`,
      `${profilePlace(profile)}\n${placeText(change, home)}`,
      ...bullets(
        'What wins over it:',
        warnings.map(text => text.replaceAll(home, '~')),
      ),
      ...bullets('Good to know:', tool.notes),
    ].join('\n\n'),
    verb: `Apply to ${shortPath(change.file.path, home)}`,
  };
}

export function undoQuestion(change: FileChange, home: string): Question {
  const { tool, agent, after } = change;
  const left =
    after === undefined
      ? 'The file goes: nothing else is in it.'
      : 'What you changed in it since stays as it is.';
  return {
    title: `Undo the set-up of ${tool.name} for agent ${oneLine(agent)}?`,
    detail: `${placeText(change, home)}\n\n${left} Its commands then find what your own environment gives them: your credentials.`,
    verb: `Undo in ${shortPath(change.file.path, home)}`,
  };
}

export function launchText(
  tool: AgentTool,
  profile: Profile,
  line: string,
): Pick<Question, 'title' | 'detail'> {
  return {
    title: `Start ${tool.name} as ${who(profile)} with this line`,
    detail: [oneLine(line), ...bullets('Good to know:', tool.notes)].join('\n\n'),
  };
}

function placeText({ file }: FileChange, home: string): string {
  const path = shortPath(file.path, home);
  const target = shortPath(file.target, home);
  const place = path === target ? path : `${path}, which leads to ${target}`;
  return file.text === undefined ? `${place} (new)` : place;
}

function bullets(title: string, texts: readonly string[]): string[] {
  return texts.length === 0 ? [] : [[title, ...texts.map(text => `• ${oneLine(text)}`)].join('\n')];
}
