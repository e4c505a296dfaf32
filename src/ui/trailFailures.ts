/** Tells of a failure once: what failed is tried again at every redraw, and a person need not hear of each. Pure. */
import { isCancelled } from '../base/cancellation.ts';

export interface Failures {
  /** What the work gives; undefined when it failed, of which is told, or was cancelled. */
  of<T>(name: string, work: Promise<T>): Promise<T | undefined>;
  /** Whether it failed when it was last tried. */
  has(name: string): boolean;
}

export function createFailures(tell: (error: unknown) => void): Failures {
  const standing = new Map<string, string>();
  const failed = (name: string, error: unknown): void => {
    const words = String(error);
    const isTold = [...standing.values()].includes(words);
    standing.set(name, words);
    if (!isTold) tell(error);
  };
  return {
    async of(name, work) {
      try {
        const result = await work;
        standing.delete(name);
        return result;
      } catch (error) {
        if (!isCancelled(error)) failed(name, error);
        return undefined;
      }
    },
    has: name => standing.has(name),
  };
}
