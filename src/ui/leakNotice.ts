/** Looks for leaks when events have come, and tells of each new one once. */
import * as vscode from 'vscode';
import { isCancelled } from '../base/cancellation.ts';
import { describeError, type Log } from '../base/log.ts';
import type { Features } from '../features.ts';
import type { Leak } from '../trail/leaks/leakStore.ts';
import { LEAK_TITLES } from './leakText.ts';
import { setting } from './settings.ts';

const SHOW = 'Show Leak';
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
      if (setting('notifications.leakFound')) for (const leak of found) void tell(leak);
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

async function tell(leak: Leak): Promise<void> {
  const chosen = await vscode.window.showWarningMessage(`${LEAK_TITLES[leak.kind]}. ${leak.sentence}`, SHOW);
  if (chosen === SHOW) await vscode.commands.executeCommand('noWing.trail.openLeak', leak.key);
}
