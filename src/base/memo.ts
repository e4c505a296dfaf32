/** Runs `make` once, when it is first asked for; concurrent callers share the promise, a failure is not kept. */
export function lazy<T>(make: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  return () => {
    running ??= make().catch((error: unknown) => {
      running = undefined;
      throw error;
    });
    return running;
  };
}
