/** The only place where an error becomes a message: what happened, what to do next; the technical cause goes to the log. */
import * as vscode from 'vscode';
import { describeError, type Log } from '../base/log.ts';
import { redact } from '../base/redact.ts';
import { UserError } from '../base/userError.ts';
import type { CommandId } from './contributions.ts';

const SHOW_LOG = 'Show Log';

/** @returns the button of `more` that was pressed, if one was. */
export type ShowError = (error: unknown, ...more: string[]) => Promise<string | undefined>;

export function createShowError(log: Log): ShowError {
  return async (error, ...more) => {
    log.error(describeError(error));
    const action = error instanceof UserError ? error.action : undefined;
    const own = action && action.title !== SHOW_LOG ? [action.title] : [];
    const chosen = await vscode.window.showErrorMessage(errorText(error), ...more, ...own, SHOW_LOG);
    if (chosen === SHOW_LOG) await vscode.commands.executeCommand('noWing.showLog' satisfies CommandId);
    else if (action && chosen === action.title)
      await vscode.commands.executeCommand(action.command, ...(action.args ?? []));
    return chosen;
  };
}

/** One text with what happened and what next. An error that nobody phrased is said to be one; its raw text stays in the log. */
export function errorText(error: unknown): string {
  if (!(error instanceof UserError))
    return 'No Wing ran into an error that it does not know. The log has the details.';
  return redact(error.hint ? `${error.message} ${error.hint}` : error.message);
}
