/** The events of each group that were asked for, page by page: a page is read once, and again only when something changed. Pure. */
import type { StoredEvent } from '../trail/storedEvent.ts';
import type { GroupKey } from '../trail/trailFilter.ts';
import type { EventPage, EventsAsk } from '../trail/trailQueries.ts';

export interface Pages {
  /** What there is to show of a group so far, and whether there is more. */
  of(group: GroupKey): { readonly events: readonly StoredEvent[]; readonly hasMore: boolean };
  /** From the next time on, a page more of it. */
  more(group: GroupKey): void;
  /** Something changed: what is shown is read anew, up to `MOST_READ_ANEW` at once. */
  renew(): void;
  /** Something else is shown. */
  forget(): void;
}

export const PAGE = 200;
const MOST_READ_ANEW = 1000;

interface Shown {
  events: StoredEvent[];
  next: EventPage['next'];
  wanted: number;
  isRead: boolean;
}

export function createPages(read: (ask: Omit<EventsAsk, 'filter'>) => EventPage): Pages {
  const groups = new Map<string, Shown>();
  const shown = (group: GroupKey): Shown => {
    const key = groupName(group);
    const known = groups.get(key) ?? { events: [], next: undefined, wanted: PAGE, isRead: false };
    groups.set(key, known);
    return known;
  };
  return {
    of(group) {
      const known = shown(group);
      while (known.events.length < known.wanted && (!known.isRead || known.next)) {
        const limit = known.wanted - known.events.length;
        const page = read({ group, limit, ...(known.next && { after: known.next }) });
        known.events.push(...page.events);
        known.next = page.next;
        known.isRead = true;
      }
      return { events: known.events, hasMore: known.next !== undefined };
    },
    more(group) {
      const known = shown(group);
      known.wanted = known.events.length + PAGE;
    },
    renew() {
      for (const known of groups.values())
        Object.assign(known, {
          events: [],
          next: undefined,
          isRead: false,
          wanted: Math.min(Math.max(known.wanted, PAGE), MOST_READ_ANEW),
        });
    },
    forget: () => groups.clear(),
  };
}

/** Unique among the groups of one view. */
export function groupName(group: GroupKey): string {
  return JSON.stringify(group);
}
