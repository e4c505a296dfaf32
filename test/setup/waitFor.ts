// Waiting for something that sends no signal when it is ready.
export async function waitFor<T>(
  what: string,
  attempt: () => Promise<T | undefined>,
  limitMs = 10_000,
): Promise<T> {
  const end = Date.now() + limitMs;
  for (;;) {
    const result = await attempt();
    if (result !== undefined) return result;
    if (Date.now() > end) throw new Error(`Waited ${limitMs / 1000} s for ${what}.`);
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}
