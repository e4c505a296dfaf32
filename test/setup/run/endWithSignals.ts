// Ctrl+C and its like end what we have started before they end us.
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** @returns what takes this back, once the work has ended by itself. */
export function endWithSignals(stop: () => Promise<void>): () => void {
  const onSignal = () => {
    void stop().finally(() => process.exit(1));
  };
  for (const signal of signals) process.once(signal, onSignal);
  return () => {
    for (const signal of signals) process.off(signal, onSignal);
  };
}
