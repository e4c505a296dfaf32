/**
 * What was read from the store, kept for as long as nothing in the store has changed: the same answer as reading again,
 * without the work. A process asks for the same session of the same client again and again.
 */

/** @param read whose `undefined` is not kept: whoever asks for what is not there may ask for anything */
export function whileUnchanged<T>(
  revision: () => number,
  read: (key: string) => T | undefined,
): (key: string) => T | undefined {
  const kept = new Map<string, T>();
  let keptAt = Number.NaN;
  return key => {
    const now = revision();
    if (now !== keptAt) kept.clear();
    keptAt = now;
    const before = kept.get(key);
    if (before !== undefined) return before;
    const found = read(key);
    if (found !== undefined) kept.set(key, found);
    return found;
  };
}
