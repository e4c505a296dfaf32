/** Which agent tool, and as which agent: the two questions of setting one up. */
import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { UserError } from '../base/userError.ts';
import type { ToolState } from '../broker/agents/agentSetUps.ts';
import type { AgentTool } from '../broker/agents/agentTool.ts';
import type { Profile } from '../identity/profile.ts';
import { type Answer, askChoice, type Choice, type Place } from './quickInput.ts';
import { stateText, wayText } from './setUpAgentText.ts';
import { profilePlace } from './wording.ts';

type ToolChoice = Choice<AgentTool>;

/** Those that are here first. */
export function toolChoices(states: readonly ToolState[]): ToolChoice[] {
  const here = states.filter(isHere);
  const others = states.filter(each => !isHere(each));
  return [...section('On this computer', here), ...section('Others', others)];
}

function section(label: string, states: readonly ToolState[]): ToolChoice[] {
  const [first] = states;
  if (!first) return [];
  const separator = { label, kind: vscode.QuickPickItemKind.Separator, value: first.tool };
  return [separator, ...states.map(toolChoice)];
}

export function toolChoice(state: ToolState): ToolChoice {
  const icon = state.state.state === 'setUp' ? 'check' : state.state.state === 'none' ? 'hubot' : 'warning';
  return {
    value: state.tool,
    label: `$(${icon}) ${state.tool.name}`,
    description: stateText(state),
    detail: wayText(state, homedir()),
  };
}

function isHere({ tool, installed }: ToolState): boolean {
  const { editor, extension } = tool;
  return (
    installed ||
    (editor !== undefined && vscode.env.appName.includes(editor)) ||
    (extension !== undefined && vscode.extensions.getExtension(extension) !== undefined)
  );
}

export interface AgentProfiles {
  readonly agents: () => readonly Profile[];
  readonly activeAgent: () => Profile | undefined;
}

export function askAgent(
  { agents, activeAgent }: AgentProfiles,
  tool: AgentTool,
  place: Place,
): Promise<Answer<Profile>> {
  const choices = agents().map(value => ({
    value,
    label: `$(hubot) ${value.name}`,
    description: profilePlace(value),
    detail: value.verified.arn,
  }));
  const active = choices.find(({ value }) => value.id === activeAgent()?.id)?.value;
  const placeholder = `As which agent does ${tool.name} act?`;
  return askChoice(place, { placeholder, choices, ...(active ? { active } : {}) });
}

/** @throws UserError `agent.noProfile` */
export function requireAgents({ agents }: Pick<AgentProfiles, 'agents'>): void {
  if (agents().length > 0) return;
  throw new UserError('agent.noProfile', 'There is no agent profile that a tool could act as.', {
    hint: 'Add one first.',
    action: { title: 'Add Agent Profile', command: 'noWing.identity.addAgent' },
  });
}
