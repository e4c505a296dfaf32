/** Errors on their way from one thread to another, where they lose their class. */
import { UserError } from '../../base/userError.ts';

export interface Failure {
  readonly message: string;
  readonly code?: string;
  readonly hint?: string;
}

export function failure(error: unknown): Failure {
  if (!(error instanceof UserError))
    return { message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  const { code, message, hint } = error;
  return { code, message, ...(hint === undefined ? {} : { hint }) };
}

export function revived({ code, message, hint }: Failure): Error {
  return code === undefined
    ? new Error(message)
    : new UserError(code, message, hint === undefined ? {} : { hint });
}
