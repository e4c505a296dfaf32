/** Leaks in events that have just come, with the little that is remembered of those before. Pure. */
import { afterRevocation } from './afterRevocation.ts';
import { agentAsUser } from './agentAsUser.ts';
import { afterDenial, type RecentCalls } from './denials.ts';
import { foreignSession } from './foreignSession.ts';
import type { Finding, LeakContext, LeakEvent } from './leak.ts';
import { mixedClients } from './mixedClients.ts';
import { unexpectedPlace } from './unexpectedPlace.ts';
import { newWatch, seen, type Watch } from './watch.ts';

/** What is remembered: of each session of the ledger, and the latest calls. */
export interface Memory {
  /** By access key id. */
  readonly watches: ReadonlyMap<string, Watch>;
  readonly recent: RecentCalls;
}

export interface Found {
  readonly findings: readonly Finding[];
  readonly memory: Memory;
}

/** @param events - in any order; one that comes twice is found twice, which the store takes as once. */
export function findLeaks(events: readonly LeakEvent[], memory: Memory, context: LeakContext): Found {
  const inTime = events.toSorted((one, other) => one.time - other.time);
  const watches = watched(inTime, memory.watches, context);
  const findings: Finding[] = [];
  let { recent } = memory;
  for (const event of inTime) {
    const denial = afterDenial(event, recent);
    recent = denial.recent;
    findings.push(
      ...agentAsUser(event, context),
      ...denial.findings,
      ...foreignSession(event, context),
      ...afterRevocation(event, context),
      ...clientsOf(event, watches),
    );
  }
  findings.push(...placesOf(inTime, watches));
  return { findings, memory: { watches, recent } };
}

/** First all sightings, then the questions: whether a place was usual is known from what came after, too. */
function watched(
  events: readonly LeakEvent[],
  before: ReadonlyMap<string, Watch>,
  { known }: LeakContext,
): Map<string, Watch> {
  const watches = new Map(before);
  for (const event of events) {
    const { accessKeyId } = event.principal;
    const isExact = event.attribution.strength === 'exact';
    const entry = isExact && accessKeyId !== undefined ? known.byAccessKey(accessKeyId) : undefined;
    if (entry) watches.set(entry.accessKeyId, seen(watches.get(entry.accessKeyId) ?? newWatch(entry), event));
  }
  return watches;
}

function clientsOf(event: LeakEvent, watches: ReadonlyMap<string, Watch>): Finding[] {
  const watch = watches.get(event.principal.accessKeyId ?? '');
  return watch === undefined ? [] : mixedClients(event, watch);
}

/** Of every session, since what is learned of one tells where the others should have been. */
function placesOf(events: readonly LeakEvent[], watches: ReadonlyMap<string, Watch>): Finding[] {
  const byKey = Map.groupBy(events, ({ principal }) => principal.accessKeyId);
  const all = [...watches.values()];
  return all.flatMap(watch => unexpectedPlace(watch, byKey.get(watch.accessKeyId) ?? [], all));
}
