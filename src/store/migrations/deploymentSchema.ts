/**
 * Deployments and what happened in them. `owner` and `heartbeat` are the lease of the window that works on one;
 * inputs are what a later roll back needs, without secret parameters.
 */
export const deploymentSchema = `
  CREATE TABLE deployment (
    id TEXT PRIMARY KEY,
    status TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    owner TEXT,
    heartbeat INTEGER NOT NULL DEFAULT 0,
    body TEXT NOT NULL
  ) STRICT;

  CREATE INDEX deployment_by_start ON deployment (started_at);
  CREATE INDEX deployment_by_status ON deployment (status);

  CREATE TABLE deployment_input (
    deployment_id TEXT PRIMARY KEY REFERENCES deployment (id) ON DELETE CASCADE,
    template TEXT NOT NULL,
    parameters TEXT NOT NULL
  ) STRICT;

  CREATE TABLE deployment_event (
    deployment_id TEXT NOT NULL REFERENCES deployment (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    event_id TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (deployment_id, position),
    UNIQUE (deployment_id, event_id)
  ) STRICT;
`;
