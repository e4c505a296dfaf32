/** What the command line knows of the process it runs in; an argument everywhere, so that tests can bend it. */
import type { Log } from '../base/log.ts';
import type { Ancestor } from './ancestors.ts';

export interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
  /** The folder the command was started in. */
  readonly cwd: string;
  /** Where the store lies. */
  readonly directory: string;
  /** The folder of the built command, with the keychain's worker in it. */
  readonly dist: string;
  /** The processes that led to this one, nearest first. */
  readonly ancestors: () => Iterable<Ancestor>;
  /** Does a person see standard output, and not a file or a program? */
  readonly outputIsTerminal: boolean;
  /** Honours NO_COLOR, and that nobody sees colours in a file. */
  readonly paint: Paint;
  readonly log: Log;
  /** A line for standard output while the command still runs. */
  readonly announce: (text: string) => void;
  readonly now: () => number;
}

export type Paint = (style: 'red' | 'bold', text: string) => string;

/** What a command gives back: one of the two is printed on standard output. */
export interface Answer {
  readonly text: string;
  readonly json: unknown;
  /** For a person, on standard error. */
  readonly notes?: readonly string[];
  /** 0 if absent. */
  readonly exitCode?: number;
  /** The signal that ended the command that was run: this process ends in the same way. */
  readonly signal?: NodeJS.Signals;
}
