/** The events of each group that were asked for, page by page: a page is read once, and again only when something changed. Pure. */
import { createInTurn, type InTurn } from '../base/inTurn.ts';
import type { StoredEvent } from '../trail/storedEvent.ts';
import type { GroupKey } from '../trail/trailFilter.ts';
import type { EventPage, EventsAsk } from '../trail/trailQueries.ts';

export interface Pages {
  /** What there is to show of a group so far, and whether there is more. @throws what reading does */
  of(group: GroupKey): Promise<{ readonly events: readonly StoredEvent[]; readonly hasMore: boolean }>;
  /** From the next time on, a page more of it. */
  more(group: GroupKey): void;
  /**
   * Something changed: what is shown is read anew, up to `MOST_READ_ANEW` at once. What is being read goes on first: news
   * may come faster than an answer.
   */
  renew(): void;
}

export const PAGE = 200;
const MOST_READ_ANEW = 1000;

interface Shown {
  wanted: number;
  got: Got | undefined;
  readonly inTurn: InTurn;
}

interface Got extends EventPage {
  /** What was known when it was begun. */
  readonly asOf: number;
}

type Read = (ask: Omit<EventsAsk, 'filter'>) => Promise<EventPage>;

export function createPages(read: Read): Pages {
  const groups = new Map<string, Shown>();
  let changes = 0;
  const shown = (group: GroupKey): Shown => {
    const key = groupName(group);
    const known = groups.get(key) ?? { got: undefined, wanted: PAGE, inTurn: createInTurn() };
    groups.set(key, known);
    return known;
  };
  const upToDate = async (group: GroupKey, known: Shown): Promise<Got> => {
    const asOf = changes;
    let got = known.got?.asOf === asOf ? known.got : undefined;
    while (!got || (got.events.length < known.wanted && got.next))
      got = { ...(await further(read, group, known.wanted, got)), asOf };
    known.got = got;
    return got;
  };
  return {
    async of(group) {
      const known = shown(group);
      const { events, next } = await known.inTurn(() => upToDate(group, known));
      return { events, hasMore: next !== undefined };
    },
    more(group) {
      const known = shown(group);
      known.wanted = (known.got?.events.length ?? 0) + PAGE;
    },
    renew() {
      changes++;
      for (const known of groups.values())
        known.wanted = Math.min(Math.max(known.wanted, PAGE), MOST_READ_ANEW);
    },
  };
}

async function further(
  read: Read,
  group: GroupKey,
  wanted: number,
  { events, next }: EventPage = { events: [] },
): Promise<EventPage> {
  const page = await read({ group, limit: wanted - events.length, ...(next && { after: next }) });
  return { ...page, events: [...events, ...page.events] };
}

/** Unique among the groups of one view. */
export function groupName(group: GroupKey): string {
  return JSON.stringify(group);
}
