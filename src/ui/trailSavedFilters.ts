/** Filters that a person keeps under a name: in their own settings, where they can be read, changed and taken elsewhere. */
import * as v from 'valibot';
import * as vscode from 'vscode';
import { setting } from './settings.ts';
import type { SavedFilter } from './trailFilterForm.ts';
import { ViewFilter } from './trailView.ts';

/** What is not a filter (settings are edited by hand) is passed over, and stays where it is. */
export function savedFilters(): SavedFilter[] {
  return Object.entries(kept()).flatMap(([name, value]) => {
    const { success, output } = v.safeParse(ViewFilter, value);
    return success ? [{ name, filter: output }] : [];
  });
}

export async function saveFilter(name: string, filter: ViewFilter): Promise<void> {
  await write({ ...kept(), [name]: filter });
}

export async function forgetFilter(name: string): Promise<void> {
  const { [name]: _, ...rest } = kept();
  await write(rest);
}

function kept(): Readonly<Record<string, unknown>> {
  const { success, output } = v.safeParse(v.record(v.string(), v.unknown()), setting('trail.savedFilters'));
  return success ? output : {};
}

function write(filters: Readonly<Record<string, unknown>>): Thenable<void> {
  return vscode.workspace
    .getConfiguration('noWing')
    .update('trail.savedFilters', filters, vscode.ConfigurationTarget.Global);
}
