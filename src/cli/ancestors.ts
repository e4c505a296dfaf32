/**
 * The processes that led to this one, with the environment each was started with: who clears a variable for one command
 * still runs below the shell that had it. Linux only; elsewhere there is nothing to read, and the list is empty.
 */
import { readFileSync } from 'node:fs';

export interface Ancestor {
  readonly processId: number;
  readonly env: Readonly<Record<string, string>>;
}

/** Deeper than any shell in a terminal in an editor; a bound, because process ids can be given again while we look. */
const DEEPEST = 64;

export function* linuxAncestors(parent: number, read: ReadProc = readProc): Iterable<Ancestor> {
  let processId = parent;
  for (let depth = 0; depth < DEEPEST && processId > 0; depth += 1) {
    yield { processId, env: parseEnvironment(read(processId, 'environ') ?? '') };
    processId = parentOf(read(processId, 'stat') ?? '');
  }
}

/** @returns undefined for what is not there, or is another user's. */
export type ReadProc = (processId: number, file: 'environ' | 'stat') => string | undefined;

function readProc(processId: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${processId}/${file}`, 'utf8');
  } catch {
    return undefined;
  }
}

/** proc(5): the command's name stands in parentheses and may hold some itself; state and parent follow the last one. */
function parentOf(stat: string): number {
  return Number(/^ \S (\d+) /.exec(stat.slice(stat.lastIndexOf(')') + 1))?.[1] ?? 0);
}

function parseEnvironment(text: string): Record<string, string> {
  const pairs = text.split('\0').filter(entry => entry.includes('='));
  return Object.fromEntries(
    pairs.map(entry => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
  );
}
