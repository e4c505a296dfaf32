/**
 * The one error a person sees. It says what happened (`message`), and what to do next (`hint`, `action`).
 * The technical reason travels in `cause`; only a front door shows errors, and only the log shows causes.
 * Cancelling is not an error: see `cancellation.ts`.
 */
import { keptError } from './keptError.ts';

export interface UserErrorAction {
  /** The label of a button, a verb: "Show Statement". */
  readonly title: string;
  /** A command id of the contributions table. */
  readonly command: string;
  readonly args?: readonly unknown[];
}

export interface UserErrorOptions {
  readonly hint?: string;
  readonly action?: UserErrorAction;
  readonly cause?: unknown;
}

export class UserError extends Error {
  override readonly name = 'UserError';
  /** Stable, dotted, for tests and logs: `identity.sourceIdentityRefused`. */
  readonly code: string;
  readonly hint: string | undefined;
  readonly action: UserErrorAction | undefined;

  constructor(code: string, message: string, options: UserErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: keptError(options.cause) });
    this.code = code;
    this.hint = options.hint;
    this.action = options.action;
  }
}

/** The name AWS or Node gave an error (`AccessDenied`, `ENOTFOUND`), or its class name. */
export function errorName(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  if ('code' in error && typeof error.code === 'string' && error.name === 'Error') return error.code;
  return error.name;
}

export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
