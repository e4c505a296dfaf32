/**
 * Clients of the broker, what was handed out to them, which keychain entry holds the broker's key, and which window
 * serves. `key_hash` and `seal` are keyed: a row that somebody else wrote or changed opens nothing.
 */
export const brokerSchema = `
  CREATE TABLE client (
    id TEXT PRIMARY KEY,
    profile_id TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    body TEXT NOT NULL,
    key_hash BLOB,
    seal BLOB NOT NULL,
    last_used_at INTEGER,
    revoked_at INTEGER,
    revoked_because TEXT
  ) STRICT;

  CREATE INDEX client_in_force ON client (created_at) WHERE revoked_at IS NULL;

  CREATE TABLE handout (
    access_key_id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (access_key_id, client_id)
  ) STRICT, WITHOUT ROWID;

  CREATE INDEX handout_by_client ON handout (client_id, at);

  CREATE TABLE broker_key (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    entry TEXT NOT NULL
  ) STRICT;

  CREATE TABLE broker_serving (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    port INTEGER NOT NULL,
    owner TEXT,
    epoch INTEGER NOT NULL,
    beat INTEGER NOT NULL
  ) STRICT;
`;
