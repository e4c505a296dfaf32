/** Ctrl-C ends what runs in an orderly way, instead of the process. */
import type { Disposable } from '../base/disposables.ts';

export interface Stoppable extends Disposable {
  readonly signal: AbortSignal;
}

export function stoppable(): Stoppable {
  const stop = new AbortController();
  const abort = (): void => stop.abort();
  process.once('SIGINT', abort).once('SIGTERM', abort);
  return {
    signal: stop.signal,
    dispose: () => void process.off('SIGINT', abort).off('SIGTERM', abort),
  };
}
