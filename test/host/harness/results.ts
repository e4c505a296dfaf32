// What a run inside the extension host reports.
export interface HostResults {
  readonly passed: readonly string[];
  readonly skipped: readonly string[];
  readonly failures: readonly HostFailure[];
}

export interface HostFailure {
  readonly title: string;
  readonly error: string;
}
