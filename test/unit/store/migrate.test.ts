/** What version 0.1 has recorded is there, and readable, in this one. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, it } from 'node:test';
import { createDeploymentStore, type DeploymentStore } from '../../../src/deployment/deploymentStore.ts';
import { type Database, openDatabase } from '../../../src/store/database.ts';
import { brokerSchema } from '../../../src/store/migrations/brokerSchema.ts';
import { deploymentSchema } from '../../../src/store/migrations/deploymentSchema.ts';
import { identitySchema } from '../../../src/store/migrations/identitySchema.ts';
import { leakSchema } from '../../../src/store/migrations/leakSchema.ts';
import { revocationSchema } from '../../../src/store/migrations/revocationSchema.ts';
import { trailMovedSchema } from '../../../src/store/migrations/trailMovedSchema.ts';
import { trailSchema } from '../../../src/store/migrations/trailSchema.ts';

const BEFORE = [
  ...[identitySchema, deploymentSchema, trailSchema, brokerSchema, revocationSchema, leakSchema],
  trailMovedSchema,
];

const PLAN = {
  ...{
    engine: 'cloudformation',
    deploymentId: 'd1',
    stackName: 'web',
    stackId: 'arn:stack',
    action: 'create',
  },
  ...{ accountId: '111122223333', region: 'eu-west-1', identityArn: 'arn:agent', sourceIdentity: 'alice' },
  ...{
    profileId: 'p1',
    capabilities: [],
    parameters: { Depth: '2' },
    templateHash: 'aa',
    changeSetArn: 'arn:cs',
  },
  changes: [{ logicalId: 'Queue', type: 'AWS::SQS::Queue', action: 'add', replacement: 'no', detail: '' }],
  ...{ createdAt: 1, hash: 'h' },
};
const APPROVED = { plan: PLAN, approval: { planHash: 'h', approvedBy: 'alice', at: 2 } };
const STATES = [
  { status: 'succeeded', ...APPROVED, outputs: [] },
  { status: 'rolledBack', ...APPROVED, failure: { logicalId: 'Queue', reason: 'denied' } },
  { status: 'failed', failure: { reason: 'no template' } },
  { status: 'noChanges' },
  { status: 'awaitingApproval', plan: PLAN },
  { status: 'cancelled', effect: 'discardPlan' },
];

describe('deployments of version 0.1', () => {
  const folder = mkdtempSync(join(tmpdir(), 'no-wing-migrate-'));
  let db: Database;
  let store: DeploymentStore;
  before(() => {
    const file = join(folder, 'no-wing.db');
    writeOld(file);
    db = openDatabase(file);
    store = createDeploymentStore(db);
  });
  after(() => {
    db.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('are all listed, in their states', () => {
    assert.deepEqual(
      store.list().map(({ state }) => state.status),
      STATES.map(({ status }) => status).toReversed(),
    );
  });

  it('say who asked, what was planned and what failed', () => {
    const { sourceName, askedBy, state } = store.get('d1') ?? assert.fail('gone');
    assert.ok(state.status === 'rolledBack');
    const { plan, failure, approval } = state;
    assert.deepEqual(
      [sourceName, askedBy.name, plan.changes[0]?.address, plan.inputs, failure.address, approval.approvedBy],
      ['web.yaml', 'alice', 'Queue', { template: 'aa' }, 'Queue', 'alice'],
    );
  });

  it('have their template, parameters and events', () => {
    assert.deepEqual(store.source('d0'), {
      engine: 'cloudformation',
      template: { name: 'web.yaml', text: 'Resources: {}' },
      parameters: { Depth: '2' },
    });
    assert.deepEqual(
      store.events('d0').map(({ address }) => address),
      ['Queue'],
    );
  });
});

function writeOld(file: string): void {
  const db = new DatabaseSync(file);
  for (const step of BEFORE) db.exec(step);
  db.exec(`PRAGMA user_version = ${BEFORE.length}`);
  for (const [index, state] of STATES.entries()) {
    const facts = {
      id: `d${index}`,
      profileId: 'p1',
      agent: 'copilot',
      onBehalfOf: 'alice',
      startedAt: index,
    };
    const place = { accountId: '111122223333', region: 'eu-west-1', environment: 'dev', createsStack: false };
    const names = { stackName: 'web', templateName: 'web.yaml' };
    const body = { ...facts, ...place, ...names, state, verification: { state: 'none', summary: '' } };
    db.prepare('INSERT INTO deployment (id, status, started_at, body) VALUES (?, ?, ?, ?)').run(
      ...[facts.id, state.status, index, JSON.stringify(body)],
    );
    db.prepare('INSERT INTO deployment_input VALUES (?, ?, ?)').run(
      facts.id,
      'Resources: {}',
      '{"Depth":"2"}',
    );
  }
  const event = {
    eventId: 'e1',
    at: 1,
    logicalId: 'Queue',
    type: 'AWS::SQS::Queue',
    status: 'CREATE_COMPLETE',
  };
  db.prepare('INSERT INTO deployment_event VALUES (?, ?, ?, ?)').run(
    ...['d0', 0, 'e1', JSON.stringify({ ...event, isStack: false })],
  );
  db.close();
}
