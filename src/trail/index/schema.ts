/**
 * The tables of the trail's index. What repeats is a number here and stands once in its own table, so an event is some
 * fifty bytes. Verdicts are kept per caller, of which there are few, not per event. All of it can be made again from
 * CloudTrail, so a schema that changed is not migrated: raise `SCHEMA_VERSION`. Names that no event uses any more go; a
 * number that somebody may remember (AUTOINCREMENT) is never given to another.
 */
export const SCHEMA_VERSION = 8;

export const schema = `
  CREATE TABLE state (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

  CREATE TABLE place (
    id INTEGER PRIMARY KEY, account_id TEXT NOT NULL, region TEXT NOT NULL, UNIQUE (account_id, region)
  ) STRICT;

  CREATE TABLE call (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    source TEXT NOT NULL,
    read_only INTEGER NOT NULL CHECK (read_only IN (-1, 0, 1)),
    error TEXT NOT NULL,
    UNIQUE (name, source, read_only, error)
  ) STRICT;

  CREATE TABLE origin (id INTEGER PRIMARY KEY AUTOINCREMENT, address TEXT NOT NULL UNIQUE) STRICT;

  CREATE TABLE actor (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    on_behalf_of TEXT NOT NULL,
    -- Empty for a service, which is the same in all.
    account_id TEXT NOT NULL,
    -- What it did in all, and when last.
    all_events INTEGER NOT NULL DEFAULT 0,
    all_errors INTEGER NOT NULL DEFAULT 0,
    all_latest INTEGER NOT NULL DEFAULT -9007199254740991,
    UNIQUE (kind, name, on_behalf_of, account_id)
  ) STRICT;

  -- Found by the hash of its name, which is then compared.
  CREATE TABLE resource (
    id INTEGER PRIMARY KEY AUTOINCREMENT, hash INTEGER NOT NULL, name TEXT NOT NULL
  ) STRICT;
  CREATE INDEX resource_by_hash ON resource (hash);

  -- Found by the hash of its identity key, which its evidence tells.
  CREATE TABLE caller (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    hash INTEGER NOT NULL,
    evidence TEXT NOT NULL,
    search TEXT NOT NULL,
    access_key_id TEXT,
    session_name TEXT,
    -- Of the session it started, and of the copy that shows who it is: what else its verdict hangs on.
    started_key TEXT,
    shared_event_id TEXT,
    -- Hashes of its ARN and of its issuer's.
    arn INTEGER NOT NULL,
    issuer INTEGER NOT NULL,
    actor INTEGER NOT NULL,
    deployment_id TEXT,
    attribution TEXT NOT NULL,
    events INTEGER NOT NULL DEFAULT 0,
    errors INTEGER NOT NULL DEFAULT 0,
    first_time INTEGER NOT NULL DEFAULT 9007199254740991,
    last_time INTEGER NOT NULL DEFAULT -9007199254740991,
    -- Grows with each verdict that was reached anew and is another one now; 0 when its first one stands.
    judged INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX caller_by_judged ON caller (judged) WHERE judged > 0;
  CREATE INDEX caller_by_hash ON caller (hash);
  CREATE INDEX caller_by_actor ON caller (actor);
  CREATE INDEX caller_by_access_key ON caller (access_key_id) WHERE access_key_id IS NOT NULL;
  CREATE INDEX caller_by_session_name ON caller (session_name) WHERE session_name IS NOT NULL;
  CREATE INDEX caller_by_arn ON caller (arn);
  CREATE INDEX caller_by_issuer ON caller (issuer);
  CREATE INDEX caller_by_started_key ON caller (started_key) WHERE started_key IS NOT NULL;
  CREATE INDEX caller_by_shared_event ON caller (shared_event_id) WHERE shared_event_id IS NOT NULL;
  CREATE INDEX caller_by_deployment ON caller (deployment_id) WHERE deployment_id IS NOT NULL;

  -- Events, some thousands together: see \`events/segments.ts\`. A number is never given to another segment.
  CREATE TABLE segment (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    first_seq INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    events INTEGER NOT NULL,
    from_ms INTEGER NOT NULL,
    to_ms INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX segment_by_time ON segment (to_ms);
  CREATE INDEX segment_by_seq ON segment (last_seq);
  CREATE TABLE segment_column (id INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;

  -- Account and event id, hashed; the event itself tells whether it is the one.
  CREATE TABLE event_key (key INTEGER PRIMARY KEY, seq INTEGER NOT NULL) STRICT;

  -- Whole records, of events that came from LookupEvents. Those from files stay in their files.
  CREATE TABLE record (seq INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;

  -- Sessions as they were seen to start. The access key and the session's id are hashes as well; of the id, what follows
  -- the part that it has in common with others.
  CREATE TABLE minted (
    id INTEGER PRIMARY KEY,
    key INTEGER NOT NULL,
    session INTEGER,
    starter INTEGER NOT NULL,
    access_key_id TEXT NOT NULL,
    id_rest TEXT NOT NULL,
    time INTEGER NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX minted_by_key ON minted (key);
  CREATE INDEX minted_by_session ON minted (session) WHERE session IS NOT NULL;
  CREATE INDEX minted_by_starter ON minted (starter);

  -- By whom and as what they were started: few, and long. Found by the hash of the text. The parent is the hash of the
  -- access key that they were started with.
  CREATE TABLE starter (
    id INTEGER PRIMARY KEY AUTOINCREMENT, hash INTEGER NOT NULL, parent INTEGER, body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX starter_by_hash ON starter (hash);
  CREATE INDEX starter_by_parent ON starter (parent) WHERE parent IS NOT NULL;

  -- Copies of one event in several accounts.
  CREATE TABLE copy (
    shared_event_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    caller INTEGER NOT NULL,
    time INTEGER NOT NULL,
    PRIMARY KEY (shared_event_id, account_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX copy_by_caller ON copy (caller);

  -- How many events, per hour since the epoch; over all time; and for charts.
  CREATE TABLE rollup (
    hour INTEGER NOT NULL,
    actor INTEGER NOT NULL,
    call INTEGER NOT NULL,
    place INTEGER NOT NULL,
    events INTEGER NOT NULL,
    latest INTEGER NOT NULL,
    PRIMARY KEY (hour, actor, call, place)
  ) STRICT, WITHOUT ROWID;
  -- Those that are to go, when events have gone over to another actor.
  CREATE INDEX rollup_empty ON rollup (actor) WHERE events <= 0;
  CREATE TABLE total (
    actor INTEGER NOT NULL,
    call INTEGER NOT NULL,
    place INTEGER NOT NULL,
    events INTEGER NOT NULL,
    latest INTEGER NOT NULL,
    PRIMARY KEY (actor, call, place)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE activity (
    hour INTEGER NOT NULL,
    kind TEXT NOT NULL,
    events INTEGER NOT NULL,
    errors INTEGER NOT NULL,
    -- The times of the newest event, and of the newest that failed.
    latest INTEGER NOT NULL,
    latest_error INTEGER NOT NULL,
    PRIMARY KEY (hour, kind)
  ) STRICT, WITHOUT ROWID;

  -- Files that were read, found by the hash of source and name. Version tells whether a file of that name is still the same.
  CREATE TABLE file (
    id INTEGER PRIMARY KEY,
    hash INTEGER NOT NULL,
    source TEXT NOT NULL,
    name TEXT NOT NULL,
    version TEXT NOT NULL,
    kind TEXT,
    records INTEGER NOT NULL DEFAULT 0,
    -- Its oldest event, and since when its events were kept.
    oldest INTEGER,
    since INTEGER NOT NULL DEFAULT 0,
    problem TEXT
  ) STRICT;
  CREATE INDEX file_by_hash ON file (hash);

  CREATE TABLE coverage (
    account_id TEXT NOT NULL,
    region TEXT NOT NULL,
    from_ms INTEGER NOT NULL,
    to_ms INTEGER NOT NULL,
    PRIMARY KEY (account_id, region, from_ms)
  ) STRICT;
`;
