/**
 * Leaks and what a person said of them, which events speak for each, and what is remembered of sessions to find more.
 * An event is here once for each leak: it comes again with every overlap of what is read.
 */
export const leakSchema = `
  CREATE TABLE leak (
    key TEXT PRIMARY KEY,
    last_at INTEGER NOT NULL,
    body TEXT NOT NULL
  ) STRICT;

  CREATE TABLE leak_event (
    leak_key TEXT NOT NULL,
    account_id TEXT NOT NULL,
    event_id TEXT NOT NULL,
    PRIMARY KEY (leak_key, account_id, event_id)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE leak_watch (
    access_key_id TEXT PRIMARY KEY,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    body TEXT NOT NULL
  ) STRICT;

  CREATE INDEX leak_watch_by_time ON leak_watch (last_at, first_at);

  CREATE TABLE leak_state (
    key TEXT PRIMARY KEY,
    body TEXT NOT NULL
  ) STRICT;
`;
