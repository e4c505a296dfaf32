/** Context keys for `when` clauses: typed, and told to the workbench only when they change. */
import * as vscode from 'vscode';
import type { ContextKeys } from './contributions.ts';

export type SetContext = <K extends keyof ContextKeys>(key: K, value: ContextKeys[K]) => void;

export function createSetContext(): SetContext {
  const known = new Map<string, unknown>();
  return (key, value) => {
    if (known.get(key) === value) return;
    known.set(key, value);
    void vscode.commands.executeCommand('setContext', key, value);
  };
}
