/** Which agents a person has revoked. Every window and the command line ask here before they give a session. */
export const revocationSchema = `
  CREATE TABLE revocation (
    profile_id TEXT PRIMARY KEY REFERENCES profile (id) ON DELETE CASCADE,
    revoked_at INTEGER NOT NULL
  ) STRICT;
`;
