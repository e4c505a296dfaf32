/** Registers every command of the table through one wrapper: trust is checked, errors are shown, cancelling is silent. */
import * as vscode from 'vscode';
import { isCancelled } from '../base/cancellation.ts';
import { UserError } from '../base/userError.ts';
import { COMMANDS, type CommandId } from './contributions.ts';
import type { ShowError } from './showError.ts';

export type CommandHandlers = Readonly<Record<CommandId, (...args: unknown[]) => unknown>>;

/** @param handlers what answers them, loaded when the first one is run. */
export function registerCommands(
  handlers: () => Promise<CommandHandlers>,
  showError: ShowError,
): vscode.Disposable {
  const ids = Object.keys(COMMANDS) as CommandId[];
  return vscode.Disposable.from(
    ...ids.map(id =>
      vscode.commands.registerCommand(id, (...args: unknown[]) => run(id, handlers, args, showError)),
    ),
  );
}

async function run(
  id: CommandId,
  handlers: () => Promise<CommandHandlers>,
  args: unknown[],
  showError: ShowError,
): Promise<void> {
  try {
    if (COMMANDS[id].needsTrust && !vscode.workspace.isTrusted) throw untrusted();
    const handler = (await handlers())[id];
    await handler(...args);
  } catch (error) {
    if (!isCancelled(error)) void showError(error);
  }
}

function untrusted(): UserError {
  return new UserError('workspace.untrusted', 'No Wing does not act in a workspace that is not trusted.', {
    hint: 'Trust the workspace first.',
    action: { title: 'Manage Trust', command: 'workbench.trust.manage' },
  });
}
