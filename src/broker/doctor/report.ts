/** What the doctor says. Plain data without a secret in it: every door shows it, and the command line prints it as JSON. */
export const SEVERITIES = ['high', 'medium', 'low'] as const;
export type Severity = (typeof SEVERITIES)[number];

export interface Place {
  readonly file: string;
  /** From 1. */
  readonly line?: number;
}

/** A fix that a door may offer as a button. None of them is done without a person. */
export type Fix =
  | { readonly type: 'openFile'; readonly place: Place }
  | { readonly type: 'restrictMode'; readonly file: string; readonly mode: number }
  /** Takes the keys of one section into the keychain, then offers to take them out of the file. */
  | { readonly type: 'importKeys'; readonly file: string; readonly section: string }
  | { readonly type: 'shortenSessions'; readonly profileId: string }
  | { readonly type: 'terminalIdentity' }
  | { readonly type: 'setUpAgents' };

export interface Finding {
  /** Stable while the cause is there: `startup.key:/home/alice/.bashrc:3`. */
  readonly id: string;
  readonly severity: Severity;
  readonly title: string;
  /** Which identity could be reached, and by whom. */
  readonly what: string;
  readonly where?: Place;
  /** What to do, in words. */
  readonly fix: string;
  readonly action?: Fix;
}

/** Something that was looked at and is as it should be. */
export interface Fine {
  readonly about: string;
  readonly text: string;
}

/** Something that could not be looked at. It is never counted as fine. */
export interface Unchecked {
  readonly about: string;
  readonly why: string;
}

export interface Report {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly tookMs: number;
  readonly findings: readonly Finding[];
  readonly fine: readonly Fine[];
  readonly unchecked: readonly Unchecked[];
}

/** What one check has to say. */
export interface Outcome {
  readonly findings: readonly Finding[];
  /** Why the rest of it could not be looked at. */
  readonly unchecked?: readonly string[];
  /** In place of the check's own words, where there was nothing to find. */
  readonly fine?: string;
}

export interface Check {
  /** What is looked at, as a heading: "Shared AWS files". */
  readonly about: string;
  /** Said when there was nothing to find. */
  readonly fine: string;
  /** @throws what kept it from looking; the doctor then says so. */
  readonly look: (signal: AbortSignal) => Promise<Outcome>;
}
