/**
 * CloudTrail events that were fetched, and which periods they cover. What lists and filters read is kept apart from the
 * records themselves: a record is some kilobytes, and reading past thousands of them would make every list slow.
 */
export const trailSchema = `
  CREATE TABLE trail_event (
    seq INTEGER PRIMARY KEY,
    account_id TEXT NOT NULL,
    event_id TEXT NOT NULL,
    time INTEGER NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    source TEXT NOT NULL,
    read_only INTEGER,
    error TEXT,
    access_key_id TEXT,
    session_name TEXT,
    principal_arn TEXT,
    issuer_arn TEXT,
    resources TEXT NOT NULL,
    search TEXT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    on_behalf_of TEXT NOT NULL,
    deployment_id TEXT,
    attribution TEXT NOT NULL,
    UNIQUE (account_id, event_id)
  ) STRICT;

  CREATE INDEX trail_event_by_time ON trail_event (time DESC, seq DESC);
  CREATE INDEX trail_event_by_access_key ON trail_event (access_key_id);
  CREATE INDEX trail_event_by_session_name ON trail_event (session_name);
  CREATE INDEX trail_event_by_deployment ON trail_event (deployment_id, time);
  CREATE INDEX trail_event_by_principal ON trail_event (principal_arn);
  CREATE INDEX trail_event_by_issuer ON trail_event (issuer_arn);

  CREATE TABLE trail_record (
    seq INTEGER PRIMARY KEY REFERENCES trail_event (seq) ON DELETE CASCADE,
    body TEXT NOT NULL
  ) STRICT;

  CREATE TABLE trail_coverage (
    account_id TEXT NOT NULL,
    region TEXT NOT NULL,
    from_ms INTEGER NOT NULL,
    to_ms INTEGER NOT NULL,
    PRIMARY KEY (account_id, region, from_ms)
  ) STRICT;

  CREATE TABLE trail_state (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) STRICT;
`;
