/** Profiles, which of them are active where, what the keychain holds (names, never values), and the ledger. */
export const identitySchema = `
  CREATE TABLE profile (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('user', 'agent')),
    name TEXT NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (kind, name)
  ) STRICT;

  CREATE TABLE selection (
    scope TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('user', 'agent')),
    profile_id TEXT NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
    PRIMARY KEY (scope, kind)
  ) STRICT;

  CREATE TABLE keychain_entry (
    name TEXT PRIMARY KEY,
    backend TEXT NOT NULL,
    stored_at INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE ledger (
    access_key_id TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('user', 'agent')),
    role_session_name TEXT,
    deployment_id TEXT,
    minted_at INTEGER NOT NULL,
    body TEXT NOT NULL
  ) STRICT;

  CREATE INDEX ledger_by_session_name ON ledger (role_session_name);
  CREATE INDEX ledger_by_deployment ON ledger (deployment_id);
`;
