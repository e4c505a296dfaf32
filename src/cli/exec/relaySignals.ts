/**
 * Passes on what other processes tell this one. What a person types (Ctrl+C, Ctrl+\) the terminal tells the whole
 * group of processes itself: passed on as well, the command would get it twice, and many take the second for "at once".
 */
import { closeSync, openSync } from 'node:fs';
import type { Disposable } from '../../base/disposables.ts';

export interface SignalRelay extends Disposable {
  /** Passes on from here on, and what came before. */
  attach(kill: (signal: NodeJS.Signals) => void): void;
}

const FROM_KEYBOARD: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT'];
/** SIGUSR1 too: without a listener of ours, Node would open its debugger. */
const FROM_PROCESSES: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGWINCH'];

/** @param terminal whether this process has one, from which signals may come. */
export function relaySignals(terminal: boolean, platform: NodeJS.Platform = process.platform): SignalRelay {
  let waiting: NodeJS.Signals[] = [];
  let kill = (signal: NodeJS.Signals): void => void waiting.push(signal);
  const pass = (signal: NodeJS.Signals): void => kill(signal);
  const ignore = (): void => undefined;
  const listeners = signalsOf(platform).map(signal => {
    return { signal, listener: terminal && FROM_KEYBOARD.includes(signal) ? ignore : pass };
  });
  for (const { signal, listener } of listeners) process.on(signal, listener);
  return {
    attach(to) {
      kill = to;
      for (const signal of waiting) to(signal);
      waiting = [];
    },
    dispose() {
      for (const { signal, listener } of listeners) process.off(signal, listener);
    },
  };
}

function signalsOf(platform: NodeJS.Platform): readonly NodeJS.Signals[] {
  // Windows has the names of some others, and no way to send them.
  return platform === 'win32' ? ['SIGINT', 'SIGHUP'] : [...FROM_KEYBOARD, ...FROM_PROCESSES];
}

/** Is there a terminal that controls this process, whatever its input and output are? */
export function hasTerminal(): boolean {
  try {
    closeSync(openSync(process.platform === 'win32' ? 'CONIN$' : '/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
}
