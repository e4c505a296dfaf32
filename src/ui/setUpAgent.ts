/** "Set Up an Agent" and its undo: which tool, which agent, the exact change, a person's yes. */
import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { UserError } from '../base/userError.ts';
import type { AgentSetUps, FileChange, ToolState } from '../broker/agents/agentSetUps.ts';
import type { AgentTool, LaunchWay, TerminalWay } from '../broker/agents/agentTool.ts';
import { type Profile, who } from '../identity/profile.ts';
import { askChoice, BACK } from './quickInput.ts';
import { type AgentProfiles, askAgent, requireAgents, toolChoice, toolChoices } from './setUpAgentChoices.ts';
import { withDiff } from './setUpAgentDiff.ts';
import { launchText, type Question, setUpQuestion, shortPath, undoQuestion } from './setUpAgentText.ts';

export interface SetUpAgentInput extends AgentProfiles {
  readonly setUps: AgentSetUps;
}

const TITLE = 'Set Up an Agent';

/** @throws UserError, Cancelled */
export async function setUpAgent(input: SetUpAgentInput): Promise<void> {
  requireAgents(input);
  for (;;) {
    const choices = toolChoices(input.setUps.list());
    const question = { placeholder: 'Which agent do you use?', choices };
    const tool = await askChoice({ title: TITLE, step: 1, totalSteps: 2 }, question);
    if (tool === BACK) continue;
    const profile = await askAgent(input, tool, { title: TITLE, step: 2, totalSteps: 2 });
    if (profile !== BACK) return setUp(input, tool, profile);
  }
}

/** @param argument the id of the tool, from the button right after it was set up; else a person chooses and decides. */
export async function undoSetUp({ setUps }: SetUpAgentInput, argument: unknown): Promise<void> {
  const done = setUps.list().filter(each => each.state.state === 'setUp' || each.state.state === 'changed');
  const named = done.find(each => each.tool.id === argument)?.tool;
  const tool = named ?? (await askDone(done));
  const change = setUps.planUndo(tool);
  if (!change) return;
  const question = undoQuestion(change, homedir());
  if (!named && !(await withDiff(change, () => decided(question)))) return;
  change.apply();
  void vscode.window.showInformationMessage(
    `${tool.name} is as it was before it was set up for agent ${change.agent}.`,
  );
}

async function askDone(done: readonly ToolState[]): Promise<AgentTool> {
  if (done.length === 0)
    throw new UserError('agent.noneSetUp', 'No agent is set up by No Wing on this computer.', {
      hint: 'So there is nothing to undo.',
      action: { title: TITLE, command: 'noWing.agent.setUp' },
    });
  const choices = done.map(toolChoice);
  const answer = await askChoice({ title: 'Undo Agent Set-Up' }, { placeholder: 'Which agent?', choices });
  return answer === BACK ? askDone(done) : answer;
}

function setUp(input: SetUpAgentInput, tool: AgentTool, profile: Profile): Promise<void> {
  switch (tool.way.kind) {
    case 'file':
      return setUpFile(input, tool, profile);
    case 'launch':
      return tellLaunch(input, tool, tool.way, profile);
    case 'terminal':
      return tellTerminal(tool, tool.way, profile);
  }
}

async function setUpFile({ setUps }: SetUpAgentInput, tool: AgentTool, profile: Profile): Promise<void> {
  const folders = (vscode.workspace.workspaceFolders ?? [])
    .filter(({ uri }) => uri.scheme === 'file')
    .map(({ uri }) => uri.fsPath);
  for (
    let meanwhile = '';
    ;
    meanwhile = 'The file was changed meanwhile; this is the change to what it is now.'
  ) {
    const change = setUps.plan(tool, profile, folders);
    if (!change) return tellAlready(tool, profile);
    const { detail, ...question } = setUpQuestion(change, profile, homedir());
    const asked = { ...question, detail: [meanwhile, detail].filter(Boolean).join('\n\n') };
    if (!(await withDiff(change, () => decided(asked)))) return;
    if (applied(change)) return tellDone(tool, profile, change);
  }
}

/** @returns false when the file is no longer as it was shown. */
function applied(change: FileChange): boolean {
  try {
    change.apply();
    return true;
  } catch (error) {
    if (error instanceof UserError && error.code === 'agent.fileChanged') return false;
    throw error;
  }
}

const LOOK = 'Look at the Change';
const DECIDE = 'Decide';

async function decided({ title, detail, verb }: Question): Promise<boolean> {
  for (;;) {
    const answer = await vscode.window.showWarningMessage(title, { modal: true, detail }, verb, LOOK);
    if (answer !== LOOK) return answer === verb;
    const then = await vscode.window.showInformationMessage(`${title} It waits for your yes.`, DECIDE);
    if (then !== DECIDE) return false;
  }
}

function tellDone(tool: AgentTool, profile: Profile, { file }: FileChange): void {
  const text = `${tool.name} is set up to act as ${who(profile)} in ${shortPath(file.path, homedir())}. Start it anew.`;
  void vscode.window
    .showInformationMessage(text, 'Undo')
    .then(chosen => chosen && vscode.commands.executeCommand('noWing.agent.undoSetUp', tool.id));
}

function tellAlready(tool: AgentTool, profile: Profile): void {
  void vscode.window.showInformationMessage(
    `${tool.name} is set up to act as ${who(profile)} already. Nothing was changed.`,
  );
}

async function tellLaunch(
  { setUps }: SetUpAgentInput,
  tool: AgentTool,
  { command }: LaunchWay,
  profile: Profile,
): Promise<void> {
  const line = setUps.launchLine(command, profile);
  const { title, detail } = launchText(tool, profile, line);
  const copy = 'Copy Line';
  if ((await vscode.window.showInformationMessage(title, { modal: true, detail }, copy)) !== copy) return;
  await vscode.env.clipboard.writeText(line);
  vscode.window.setStatusBarMessage(`Copied the line that starts ${tool.name} as ${who(profile)}`, 3000);
}

async function tellTerminal(
  tool: AgentTool,
  { steps, action }: TerminalWay,
  profile: Profile,
): Promise<void> {
  const detail = [...steps, ...tool.notes].join('\n\n');
  const title = `${tool.name} runs its commands in terminals. To make it act as ${who(profile)}:`;
  const answer = await vscode.window.showInformationMessage(title, { modal: true, detail }, action.title);
  if (answer === action.title) await vscode.commands.executeCommand(action.command, ...(action.args ?? []));
}
