/** The narrow part of a log that services need. A front door supplies one that redacts: see `redactedLog`. */
import { redact } from './redact.ts';
import { errorMessage } from './userError.ts';

export interface Log {
  debug(text: string): void;
  info(text: string): void;
  warn(text: string): void;
  error(text: string): void;
}

export const silentLog: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** The same log behind the redactor: nothing reaches `log` unredacted. */
export function redactedLog(log: Log): Log {
  return {
    debug: text => log.debug(redact(text)),
    info: text => log.info(redact(text)),
    warn: text => log.warn(redact(text)),
    error: text => log.error(redact(text)),
  };
}

/** An error with its causes, one line each, for the log. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.stack ?? `${error.name}: ${errorMessage(error)}`;
  return error.cause === undefined ? own : `${own}\ncaused by: ${describeError(error.cause)}`;
}

function ignore(): void {
  return;
}
