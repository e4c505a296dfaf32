/** Looks for leaks when events have come, and tells of those that are new, once and all together. */
import * as vscode from 'vscode';
import { isCancelled } from '../base/cancellation.ts';
import { describeError, type Log } from '../base/log.ts';
import type { Features } from '../features.ts';
import type { Leak } from '../trail/leaks/leakStore.ts';
import type { CommandId } from './contributions.ts';
import { LEAK_TITLES } from './leakText.ts';
import { setting } from './settings.ts';
import { oneLine } from './wording.ts';

const SHOW = 'Show Leak';
const SHOW_ALL = 'Show Leaks';
/** Events come page by page: one look for many of them. */
const PAUSE_MS = 1000;

export function watchLeaks(
  { trail, leakIntake }: Pick<Features, 'trail' | 'leakIntake'>,
  log: Log,
): vscode.Disposable {
  const ended = new AbortController();
  let waiting: NodeJS.Timeout | undefined;
  const look = async (): Promise<void> => {
    waiting = undefined;
    try {
      const found = await leakIntake.catchUp(ended.signal);
      if (setting('notifications.leakFound')) void tell(found);
    } catch (error) {
      // The next events bring the next look, which begins where this one ended.
      if (!isCancelled(error)) log.warn(`Leaks were not looked for: ${describeError(error)}`);
    }
  };
  const soon = (): void => {
    waiting ??= setTimeout(() => void look(), PAUSE_MS);
  };
  soon();
  const listening = trail.onChange(soon);
  return {
    dispose() {
      ended.abort();
      clearTimeout(waiting);
      listening.dispose();
    },
  };
}

async function tell(leaks: readonly Leak[]): Promise<void> {
  const [first] = leaks;
  if (!first) return;
  const one = `${LEAK_TITLES[first.kind]}. ${oneLine(first.sentence)}`;
  const isOne = leaks.length === 1;
  const text = isOne ? one : `${leaks.length} leaks were found. The first: ${one}`;
  const button = isOne ? SHOW : SHOW_ALL;
  if ((await vscode.window.showWarningMessage(text, button)) !== button) return;
  if (isOne) await vscode.commands.executeCommand('noWing.trail.openLeak' satisfies CommandId, first.key);
  else await vscode.commands.executeCommand('noWing.trail.showLeakEvents' satisfies CommandId);
}
