/**
 * Tasks of type `no-wing`: a command that runs as an agent, by way of the `no-wing` command. What the workspace's
 * settings put into the environment of tasks does not reach the command: `no-wing exec` sets the identity again.
 */

import * as v from 'valibot';
import * as vscode from 'vscode';

const TASK_TYPE = 'no-wing';

const Definition = v.looseObject({
  type: v.literal(TASK_TYPE),
  command: v.pipe(v.string(), v.nonEmpty()),
  args: v.optional(v.array(v.string()), []),
  /** Whose identity it has; the active agent's if absent. */
  agent: v.optional(v.string()),
});

/** @param shim the `no-wing` command. */
export function registerTasks(shim: string): vscode.Disposable {
  return vscode.tasks.registerTaskProvider(TASK_TYPE, {
    provideTasks: () => [],
    resolveTask: task => resolved(task, shim),
  });
}

/** Undefined for what is not a whole definition: VS Code then says which task it cannot run. */
export function resolved(task: vscode.Task, shim: string): vscode.Task | undefined {
  const found = v.safeParse(Definition, task.definition);
  if (!found.success || !vscode.workspace.isTrusted) return undefined;
  const scope = task.scope ?? vscode.TaskScope.Workspace;
  const execution = new vscode.ProcessExecution(shim, execArguments(found.output));
  // The definition must be the one that was asked about, or VS Code does not take the answer.
  return new vscode.Task(task.definition, scope, task.name, TASK_TYPE, execution);
}

type Definition = v.InferOutput<typeof Definition>;

function execArguments({ command, args, agent }: Pick<Definition, 'command' | 'args' | 'agent'>): string[] {
  return ['exec', ...(agent === undefined ? [] : ['--as', agent]), '--', command, ...args];
}
