/**
 * Settings of the person, never of a workspace. They are machine- or application-scoped in the manifest; reading the
 * global value alone keeps it so, even if a scope is changed by mistake.
 */
import * as vscode from 'vscode';
import type { Settings } from './contributions.ts';

export function setting<K extends keyof Settings>(key: K): Settings[K] {
  const found = vscode.workspace.getConfiguration('noWing').inspect<Settings[K]>(key);
  const value = found?.globalValue ?? found?.defaultValue;
  if (value === undefined) throw new Error(`The setting noWing.${key} has no default in package.json`);
  return value;
}
