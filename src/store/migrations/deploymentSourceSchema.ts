/**
 * Deployments by several engines: what one was planned from is kept in the shape of its engine, and its plan carries
 * what the guardrails said. Those of version 0.1 were CloudFormation's, and no guardrail had looked at them.
 */
export const deploymentSourceSchema = `
  CREATE TABLE deployment_source (
    deployment_id TEXT PRIMARY KEY REFERENCES deployment (id) ON DELETE CASCADE,
    body TEXT NOT NULL
  ) STRICT;

  INSERT INTO deployment_source
  SELECT deployment_id, json_object(
      'engine', 'cloudformation',
      'template', json_object('name', deployment.body ->> '$.templateName', 'text', template),
      'parameters', json(parameters))
    FROM deployment_input JOIN deployment ON deployment.id = deployment_id;

  DROP TABLE deployment_input;

  UPDATE deployment SET body = json_remove(json_set(body,
      '$.engine', 'cloudformation',
      '$.operation', 'deploy',
      '$.sourceName', body ->> '$.templateName',
      '$.askedBy', json_object('kind', 'user', 'name', coalesce(body ->> '$.onBehalfOf', 'unknown'), 'door', 'window')
    ), '$.templateName');

  UPDATE deployment SET body = json_remove(
      json_set(body, '$.state.failure.address', body ->> '$.state.failure.logicalId'),
      '$.state.failure.logicalId')
    WHERE json_type(body, '$.state.failure.logicalId') IS NOT NULL;

  UPDATE deployment SET body = json_set(body, '$.state.approval.acknowledged', json('[]'))
    WHERE json_type(body, '$.state.approval') = 'object';

  UPDATE deployment SET body = json_remove(json_set(body,
      '$.state.plan.tool', 'CloudFormation',
      '$.state.plan.outputs', json('[]'),
      '$.state.plan.inputs', json_object('template', body ->> '$.state.plan.templateHash'),
      '$.state.plan.environment', body ->> '$.environment',
      '$.state.plan.guardrails', json_object(
        'environment', body ->> '$.environment',
        'policyHash', '',
        'verdict', 'pass',
        'approval', 'button',
        'verdicts', json('[]'),
        'cost', json('{"knownUsd":0,"lines":[]}')),
      '$.state.plan.iamChanges', json('[]'),
      '$.state.plan.networkChanges', json('[]'),
      '$.state.plan.changes', (
        SELECT json_group_array(json_remove(json_set(value, '$.address', value ->> '$.logicalId'), '$.logicalId'))
          FROM json_each(body, '$.state.plan.changes'))
    ), '$.state.plan.templateHash')
    WHERE json_type(body, '$.state.plan') = 'object';

  UPDATE deployment_event
    SET body = json_remove(json_set(body, '$.address', body ->> '$.logicalId'), '$.logicalId')
    WHERE json_type(body, '$.logicalId') IS NOT NULL;
`;
