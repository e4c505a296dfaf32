/**
 * What a deployment was planned from, in the shape of its engine. Deployments of before this table had one engine and
 * records without guardrails and approval limits; they were never released and are not carried over.
 */
export const deploymentSourceSchema = `
  DELETE FROM deployment;
  DROP TABLE deployment_input;

  CREATE TABLE deployment_source (
    deployment_id TEXT PRIMARY KEY REFERENCES deployment (id) ON DELETE CASCADE,
    body TEXT NOT NULL
  ) STRICT;
`;
