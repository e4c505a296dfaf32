/** Cancelling is an outcome, not an error: `Cancelled` is thrown to unwind, and front doors show nothing for it. */
export class Cancelled extends Error {
  override readonly name = 'AbortError';

  constructor() {
    super('Cancelled');
  }
}

export function isCancelled(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

/** @throws Cancelled */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new Cancelled();
}
