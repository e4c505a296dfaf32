/** What leaks are found by, from one lot of events to the next and from one window to another. */
import * as v from 'valibot';
import { DAY } from '../../base/clock.ts';
import type { Database } from '../../store/database.ts';
import { parseBody } from '../../store/parseRow.ts';
import { NO_CALLS, RecentCalls } from './denials.ts';
import type { Memory } from './findLeaks.ts';
import { Watch } from './watch.ts';

export interface MemoryStore {
  /** What may touch events of that time. */
  read(time: Period): Memory;
  write(memory: Memory): void;
}

interface Period {
  readonly from: number;
  readonly to: number;
}

/** No session lives longer: AWS STS, the longest role session is twelve hours, of GetSessionToken a day and a half. */
const LONGEST_SESSION = 1.5 * DAY;
const RECENT = 'recent';

export function createMemoryStore(db: Database): MemoryStore {
  return {
    read: ({ from, to }) => ({
      watches: new Map(
        db
          .all(
            'SELECT body FROM leak_watch WHERE last_at >= ? AND first_at <= ?',
            from - LONGEST_SESSION,
            to + LONGEST_SESSION,
          )
          .map(row => parseBody(Watch, row))
          .map(watch => [watch.accessKeyId, watch]),
      ),
      recent: recentOf(db),
    }),
    write({ watches, recent }) {
      for (const watch of watches.values()) writeWatch(db, watch);
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
