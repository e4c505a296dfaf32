/** What an agent tool is to No Wing: how it is recognised, and by which way its commands come to act as an agent. */
import type { EnvironmentFormat } from './environmentFormat.ts';

/** Where a tool's files are looked for. */
export interface Surroundings {
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
}

export interface AgentTool {
  readonly id: string;
  readonly name: string;
  /** One of these on the PATH, or one of these folders, says that it is installed. */
  readonly commands: readonly string[];
  readonly folders: (surroundings: Surroundings) => readonly string[];
  /** A word of the name of the editor that it is part of: "Cursor". */
  readonly editor?: string;
  /** The id of the extension that it is. */
  readonly extension?: string;
  readonly way: Way;
  /** What a person must know of it: what still wins over the change, what it does not reach. */
  readonly notes: readonly string[];
}

export type Way = FileWay | LaunchWay | TerminalWay;

/** A file of the user says which environment the tool's commands get. */
export interface FileWay {
  readonly kind: 'file';
  readonly file: (surroundings: Surroundings) => string;
  readonly format: EnvironmentFormat;
  /** The variable that names a script, which the tool's shells read after their start files. */
  readonly scriptVariable?: string;
  /** Why the change would not do what it says in a file with this text, as a sentence. */
  readonly obstacle?: (text: string, names: readonly string[]) => string | undefined;
  /** Files that win over it for a project, or for the whole machine. */
  readonly overriding: (surroundings: Surroundings, folder: string | undefined) => readonly string[];
  /** The first of the overriding files replaces the user's file as a whole, whatever it says. */
  readonly replaces?: boolean;
}

/** It has no such file: it is started by `no-wing exec`. */
export interface LaunchWay {
  readonly kind: 'launch';
  readonly command: readonly string[];
}

/** It runs its commands in terminals of the editor. */
export interface TerminalWay {
  readonly kind: 'terminal';
  /** What a person does, as sentences. */
  readonly steps: readonly string[];
  /** A command of the editor that leads there. */
  readonly action: { readonly title: string; readonly command: string; readonly args?: readonly unknown[] };
}
