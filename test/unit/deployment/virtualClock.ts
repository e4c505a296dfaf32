/** Time that runs only while everybody sleeps: the earliest sleeper is woken as soon as nothing else is left to do. */
import { Cancelled } from '../../../src/base/cancellation.ts';
import type { Clock } from '../../../src/base/clock.ts';

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

export class VirtualClock implements Clock {
  #now = Date.UTC(2026, 0, 1);
  readonly #sleepers = new Set<Sleeper>();
  #scheduled = false;

  now(): number {
    return this.#now;
  }

  /** A clock that jumps: the machine was asleep, or somebody set it. */
  jump(ms: number): void {
    this.#now += ms;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(new Cancelled());
      const sleeper = { at: this.#now + ms, wake: resolve };
      this.#sleepers.add(sleeper);
      signal?.addEventListener('abort', () => {
        this.#sleepers.delete(sleeper);
        reject(new Cancelled());
      });
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      const next = [...this.#sleepers].sort((a, b) => a.at - b.at)[0];
      if (!next) return;
      this.#sleepers.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.wake();
      if (this.#sleepers.size > 0) this.#schedule();
    });
  }
}
