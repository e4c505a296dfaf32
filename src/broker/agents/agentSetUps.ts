/**
 * Setting up agent tools that run outside the editor's own terminals, and taking it back. A change is planned, shown to a
 * person, and written only if the file is still as it was shown.
 */
import { join } from 'node:path';
import { UserError } from '../../base/userError.ts';
import { type Profile, who } from '../../identity/profile.ts';
import type { AgentTool, FileWay, Surroundings } from './agentTool.ts';
import { agentTools } from './agentTools.ts';
import { type ConfigFile, readConfig, removeConfig, writeConfig } from './configFile.ts';
import type { EnvironmentFormat, Variables } from './environmentFormat.ts';
import { isInstalled } from './installed.ts';
import { type Overriding, overriding } from './overriding.ts';
import { type SetUpChange, type SetUpState, setUpChange, setUpState, undoChange } from './setUpPlan.ts';
import { startFiles } from './startFiles.ts';
import { keepToolFiles, requireSafe, toolEnvironment, toolFiles } from './toolEnvironment.ts';
import { readRecord, writeRecord } from './undoRecords.ts';

export interface AgentSetUpsInput {
  /** No Wing's data directory. */
  readonly directory: string;
  /** Puts the `no-wing` command in place. @returns its file. @throws the file system's error. */
  readonly launcher: () => string;
  readonly surroundings: Surroundings;
}

export interface ToolState {
  readonly tool: AgentTool;
  /** The file that says which environment its commands get, where it has one. */
  readonly file: string | undefined;
  readonly state: SetUpState | { readonly state: 'unreadable'; readonly error: UserError };
  readonly installed: boolean;
}

/** One change of one file, as it is shown to a person. */
export interface FileChange {
  readonly tool: AgentTool;
  readonly agent: string;
  readonly file: ConfigFile;
  /** Undefined: the file goes. */
  readonly after: string | undefined;
  /** What a person should know before saying yes. */
  readonly warnings: readonly string[];
  /** @throws UserError `agent.fileChanged`, `agent.file`; then nothing was written. */
  apply(): void;
}

export interface AgentSetUps {
  list(): readonly ToolState[];
  /**
   * @param folders of the window: their settings may win over the user's.
   * @returns undefined when the tool is set up so already.
   * @throws UserError `agent.*`, also for a profile that is not an agent's, or a production one's
   */
  plan(tool: AgentTool, profile: Profile, folders: readonly string[]): FileChange | undefined;
  /** @returns undefined when there is nothing of ours. @throws UserError `agent.*` */
  planUndo(tool: AgentTool): FileChange | undefined;
  /** What starts a tool as the agent, for a shell. @throws UserError `agent.production`, `agent.notAnAgent` */
  launchLine(command: readonly string[], profile: Profile): string;
}

export function createAgentSetUps(input: AgentSetUpsInput): AgentSetUps {
  return {
    list: () => agentTools.map(tool => toolState(input, tool)),
    plan(tool, profile, folders) {
      requireSafe(profile);
      requireHandedOut(profile);
      return planned(input, tool, fileWay(tool), profile, folders);
    },
    planUndo: tool => plannedUndo(input, tool, fileWay(tool)),
    launchLine(command, profile) {
      requireSafe(profile);
      requireHandedOut(profile);
      // A name that looks like an option is none behind an equals sign.
      const as = profile.name.startsWith('-') ? [`--as=${profile.name}`] : ['--as', profile.name];
      return [input.launcher(), 'exec', ...as, '--', ...command].map(word).join(' ');
    },
  };
}

function planned(
  input: AgentSetUpsInput,
  tool: AgentTool,
  way: FileWay,
  profile: Profile,
  folders: readonly string[],
): FileChange | undefined {
  const { directory, launcher, surroundings } = input;
  const file = readConfig(way.file(surroundings));
  const earlier = readRecord(directory, tool, file);
  const wanted = wantedOf(input, way, file, profile);
  const asked = { tool, way, file: file.path, text: file.text, agent: profile.name, wanted, earlier };
  const change = setUpChange(asked);
  const apply = (): void => {
    keepToolFiles(directory, profile, launcher());
    applyWithRecord(input, tool, file, { ...change, undo: { ...change.undo, file: file.target } });
  };
  if (change.text === file.text) {
    // What it points at may be gone, or be from an older version of ours.
    keepToolFiles(directory, profile, launcher());
    return undefined;
  }
  const found = overriding(way, surroundings, folders, wanted);
  const hasScript = way.scriptVariable !== undefined && way.scriptVariable in wanted;
  const starting = hasScript ? [] : startFiles(surroundings);
  const warnings = [...found.map(each => overridingText(tool, way, each)), ...starting];
  return { tool, agent: profile.name, file, after: change.text, warnings, apply };
}

/** A script that the person names already stays theirs. */
function wantedOf(
  { directory, surroundings }: AgentSetUpsInput,
  { format, scriptVariable }: FileWay,
  { text }: ConfigFile,
  profile: Profile,
): Variables {
  const files = toolFiles(directory, profile);
  const wanted = toolEnvironment(profile, files);
  if (scriptVariable === undefined) return wanted;
  const named = variablesOf(format, text)[scriptVariable] ?? surroundings.env[scriptVariable];
  const isTheirs = Boolean(named) && !named?.startsWith(join(directory, 'agents'));
  return isTheirs ? wanted : { ...wanted, [scriptVariable]: files.scriptFile };
}

/** None of a file that cannot be read: that is told when it is to be written. */
function variablesOf(format: EnvironmentFormat, text: string | undefined): Variables {
  try {
    return text === undefined ? {} : format.read(text).variables;
  } catch {
    return {};
  }
}

/** The record is there before the change is: what was written can always be taken back. */
function applyWithRecord(
  input: AgentSetUpsInput,
  tool: AgentTool,
  file: ConfigFile,
  { text, undo }: SetUpChange,
): void {
  const before = readRecord(input.directory, tool, file);
  writeRecord(input.directory, tool, undo);
  try {
    writeConfig(file, text);
  } catch (error) {
    writeRecord(input.directory, tool, before);
    throw error;
  }
}

function plannedUndo(input: AgentSetUpsInput, tool: AgentTool, way: FileWay): FileChange | undefined {
  const file = readConfig(way.file(input.surroundings));
  const record = readRecord(input.directory, tool, file);
  if (!record || file.text === undefined) return undefined;
  const { text: after } = undoChange({ tool, way, file: file.path, text: file.text }, record);
  const apply = (): void => {
    if (after === undefined) removeConfig(file);
    else if (after !== file.text) writeConfig(file, after);
    writeRecord(input.directory, tool, undefined);
  };
  return { tool, agent: record.agent, file, after, warnings: [], apply };
}

function toolState(input: AgentSetUpsInput, tool: AgentTool): ToolState {
  const installed = isInstalled(tool, input.surroundings);
  if (tool.way.kind !== 'file') return { tool, file: undefined, state: { state: 'none' }, installed };
  const path = tool.way.file(input.surroundings);
  try {
    const file = readConfig(path);
    const record = readRecord(input.directory, tool, file);
    const { variables } = tool.way.format.read(file.text ?? tool.way.format.empty);
    return { tool, file: path, state: setUpState(variables, record), installed };
  } catch (error) {
    const unreadable = error instanceof UserError ? error : unreadableFile(tool, path, error);
    return { tool, file: path, state: { state: 'unreadable', error: unreadable }, installed };
  }
}

function unreadableFile(tool: AgentTool, path: string, cause: unknown): UserError {
  return new UserError('agent.unreadable', `No Wing cannot read the settings of ${tool.name}: ${path}.`, {
    hint: 'Correct the file, and set the agent up again.',
    cause,
  });
}

function fileWay(tool: AgentTool): FileWay {
  if (tool.way.kind === 'file') return tool.way;
  throw new UserError('agent.noFile', `${tool.name} has no file in which it could be set up.`, {
    hint: 'Start it with no-wing exec.',
  });
}

/** What the command line would not hand out, nothing is set up for. */
function requireHandedOut(profile: Profile): void {
  if (profile.kind !== 'agent')
    throw new UserError('agent.notAnAgent', `Nothing is set up to act as ${who(profile)}: that is you.`, {
      hint: 'Choose the profile of an agent.',
    });
  if (profile.environment === 'prod')
    throw new UserError(
      'agent.production',
      `Nothing outside of this window can be set up to act as ${who(profile)}: it is for production.`,
      { hint: 'Open a terminal as the agent in this window, and start the tool there.' },
    );
}

function overridingText(tool: AgentTool, way: FileWay, { file, names }: Overriding): string {
  if (way.replaces) return `${file} is read instead of it, as a whole.`;
  return `${file} wins over it${names.length > 0 ? `: it sets ${names.join(', ')}` : `: ${tool.name} reads it too, No Wing cannot`}.`;
}

/** A word of a line that a person gives to a shell. */
function word(text: string): string {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  return process.platform === 'win32' ? `"${text}"` : `'${text.replaceAll("'", `'\\''`)}'`;
}
