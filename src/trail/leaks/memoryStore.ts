/** What leaks are found by, from one lot of events to the next and from one window to another. */
import * as v from 'valibot';
import { DAY } from '../../base/clock.ts';
import type { Database, Row } from '../../store/database.ts';
import { parseBody } from '../../store/parseRow.ts';
import { NO_CALLS, RecentCalls } from './denials.ts';
import type { Memory } from './findLeaks.ts';
import { Watch } from './watch.ts';

export interface MemoryStore {
  /** What may touch events of that time. */
  read(time: Period): Memory;
  /** What differs from `before`. */
  write(memory: Memory, before: Memory): void;
}

interface Period {
  readonly from: number;
  readonly to: number;
}

/** No session lives longer: AWS STS, the longest role session is twelve hours, of GetSessionToken a day and a half. */
const LONGEST_SESSION = 1.5 * DAY;
const RECENT = 'recent';

/** How many watches are kept as they were parsed: one lot after the other asks for the same. */
const MOST = 2000;

export function createMemoryStore(db: Database): MemoryStore {
  const parsed = new Map<unknown, Watch>();
  const watchOf = (row: Row): Watch => {
    const known = parsed.get(row['body']);
    if (known !== undefined) return known;
    if (parsed.size >= MOST) parsed.clear();
    const watch = parseBody(Watch, row);
    parsed.set(row['body'], watch);
    return watch;
  };
  return {
    read: ({ from, to }) => ({
      watches: new Map(
        db
          .all(
            'SELECT body FROM leak_watch WHERE last_at >= ? AND first_at <= ?',
            from - LONGEST_SESSION,
            to + LONGEST_SESSION,
          )
          .map(watchOf)
          .map(watch => [watch.accessKeyId, watch]),
      ),
      recent: recentOf(db),
    }),
    write({ watches, recent }, before) {
      for (const watch of watches.values())
        if (before.watches.get(watch.accessKeyId) !== watch) writeWatch(db, watch);
      if (recent === before.recent) return;
      db.run(
        'INSERT INTO leak_state VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET body = excluded.body',
        RECENT,
        JSON.stringify(recent),
      );
    },
  };
}

/** What another version wrote is forgotten: it is only what helps to find more. */
function recentOf(db: Database): RecentCalls {
  const row = db.get('SELECT body FROM leak_state WHERE key = ?', RECENT);
  const result = v.safeParse(v.pipe(v.string(), v.parseJson(), RecentCalls), row?.['body']);
  return result.success ? result.output : NO_CALLS;
}

function writeWatch(db: Database, watch: Watch): void {
  const times = [...watch.sightings.map(({ at }) => at), ...watch.clients.map(({ event }) => event.time)];
  if (times.length === 0) return;
  db.run(
    `INSERT INTO leak_watch VALUES (?, ?, ?, ?) ON CONFLICT (access_key_id) DO UPDATE
     SET first_at = excluded.first_at, last_at = excluded.last_at, body = excluded.body
     WHERE body <> excluded.body`,
    watch.accessKeyId,
    Math.min(...times),
    Math.max(...times),
    JSON.stringify(watch),
  );
}
