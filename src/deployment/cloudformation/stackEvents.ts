/** Reads the events of one operation, each once, oldest first; the list at AWS is newest first and never ends. */
import type { ResourceEvent } from '../resourceEvents.ts';
import type { CloudFormationApi, StackEvent } from './cloudFormation.ts';

export interface Operation {
  readonly stackId: string;
  /** Tokens of the order, and of the order to stop. */
  readonly tokens: readonly string[];
}

/** @returns undefined when the stack does not exist. */
export async function newEvents(
  api: CloudFormationApi,
  operation: Operation,
  known: readonly ResourceEvent[],
  signal: AbortSignal,
): Promise<ResourceEvent[] | undefined> {
  const seen = new Set(known.map(event => event.eventId));
  const isBoundary = (event: StackEvent): boolean => seen.has(event.eventId) || isBefore(event, operation);
  const found: StackEvent[] = [];
  let nextToken: string | undefined;
  do {
    const page = await api.events(operation.stackId, nextToken, signal);
    if (page === undefined) return undefined;
    const end = page.events.findIndex(isBoundary);
    found.push(...(end < 0 ? page.events : page.events.slice(0, end)));
    nextToken = end < 0 ? page.nextToken : undefined;
  } while (nextToken !== undefined);
  return ours(found, operation, seen.size > 0)
    .reverse()
    .map(({ token: _token, ...event }) => event);
}

/** The end of an earlier operation, or the empty stack before its first one. */
function isBefore(event: StackEvent, { tokens }: Operation): boolean {
  if (!event.isStack) return false;
  if (event.status === 'REVIEW_IN_PROGRESS') return true;
  return event.token !== undefined && !tokens.includes(event.token) && !event.status.endsWith('_IN_PROGRESS');
}

/**
 * Once events of this operation are known, whatever is newer follows them. Before that, those older than the first
 * one with our token belong to others; without one, nothing of ours has happened yet.
 */
function ours(newestFirst: readonly StackEvent[], { tokens }: Operation, begun: boolean): StackEvent[] {
  if (begun) return [...newestFirst];
  const first = newestFirst.findLastIndex(event => event.token !== undefined && tokens.includes(event.token));
  return newestFirst.slice(0, first + 1);
}
