/** What every call to AWS shares: its pages, and the signal that breaks it off. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly nextToken?: string;
}

export async function allPages<T>(read: (nextToken: string | undefined) => Promise<Page<T>>): Promise<T[]> {
  const all: T[] = [];
  let nextToken: string | undefined;
  do {
    const page: Page<T> = await read(nextToken);
    all.push(...page.items);
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return all;
}

export function abort(signal: AbortSignal | undefined): { abortSignal?: AbortSignal } {
  return signal ? { abortSignal: signal } : {};
}
