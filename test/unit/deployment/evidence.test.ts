/** The evidence of a deployment: all of it, nothing secret, and a hash that tells of every change. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type EvidenceInput, evidenceFile, isUnchanged } from '../../../src/deployment/evidence.ts';
import { planHash } from '../../../src/deployment/plan.ts';
import type { LedgerEntry } from '../../../src/identity/ledger.ts';
import type { StoredEvent } from '../../../src/trail/storedEvent.ts';
import { deploymentOf, planOf, stackSource } from './history.ts';

const SESSION: LedgerEntry = {
  accessKeyId: 'ASIAAGENT00000000001',
  kind: 'agent',
  profileId: 'p-agent',
  profileName: 'copilot',
  accountId: '111122223333',
  arn: 'arn:aws:sts::111122223333:assumed-role/agent/no-wing-copilot-1',
  roleSessionName: 'no-wing-copilot-1',
  sourceIdentity: 'alice',
  tags: {},
  purpose: 'deployment',
  deploymentId: 'd1',
  mintedAt: 500,
  expiresAt: 3_600_500,
};

const CALL: StoredEvent = {
  seq: 1,
  accountId: '111122223333',
  eventId: '3f1c-event',
  time: 1200,
  region: 'eu-west-1',
  name: 'CreateQueue',
  source: 'sqs.amazonaws.com',
  readOnly: false,
  error: undefined,
  accessKeyId: 'ASIAFORWARDED0000001',
  sessionName: 'no-wing-copilot-1',
  resources: ['jobs'],
  deploymentId: 'd1',
  attribution: {
    actor: { kind: 'agent', name: 'copilot' },
    onBehalfOf: 'alice',
    via: 'CloudFormation',
    strength: 'strong',
    reason: 'The session name is in the ledger.',
  },
};

const PLAN = { parameters: { Depth: '2', Password: '****' } };
const APPROVAL = {
  planHash: planOf('d1', PLAN).hash,
  approvedBy: 'alice',
  at: 900,
  acknowledged: ['iamWildcards'],
};

function input(change: Partial<EvidenceInput> = {}): EvidenceInput {
  return {
    deployment: deploymentOf({
      id: 'd1',
      plan: PLAN,
      change: {
        state: {
          status: 'succeeded',
          plan: planOf('d1', PLAN),
          approval: APPROVAL,
          outputs: [{ key: 'Url', value: 'https://user:hunter2@example' }],
        },
        verification: { state: 'verified', summary: 'verified: 1 of 1' },
      },
    }),
    source: stackSource('Resources: {} # hunter2', { Depth: '2' }),
    events: [
      {
        eventId: 'e1',
        at: 1100,
        address: 'Queue',
        type: 'AWS::SQS::Queue',
        status: 'CREATE_COMPLETE',
        isStack: false,
      },
    ],
    sessions: [SESSION],
    trail: [CALL],
    reversedBy: 'd2',
    now: 5000,
    ...change,
  };
}

const read = (change?: Partial<EvidenceInput>): unknown => JSON.parse(evidenceFile(input(change)));

describe('the evidence of a deployment', () => {
  it('says who asked, who approved which plan, what was done by whom, and what CloudTrail has', () => {
    const file = evidenceFile(input());
    const said = [
      /"schema": "no-wing\/deployment-evidence\/1"/,
      /"askedBy": \{\s+"door": "window",\s+"kind": "user",\s+"name": "alice"/,
      /"approvedBy": "alice"/,
      /"acknowledged": \[\s+"iamWildcards"/,
      /"at": "1970-01-01T00:00:00.900Z"/,
      /"durationMs": 500/,
      /"reversedBy": "d2"/,
      /"status": "succeeded"/,
      /"accessKeyId": "ASIAAGENT00000000001"/,
      /"sourceIdentity": "alice"/,
      /"eventId": "3f1c-event"/,
      /"via": "CloudFormation"/,
      /"summary": "verified: 1 of 1"/,
      new RegExp(`"computed": "${planHash(planOf('d1', PLAN))}"`),
    ];
    for (const pattern of said) assert.match(file, pattern);
  });

  it('holds no secret: neither the source nor outputs nor parameters that are hidden', () => {
    const file = evidenceFile(input());
    assert.doesNotMatch(file, /hunter2/);
    assert.match(file, /"Password": "\*\*\*\*"/);
    assert.match(file, /"outputs": \[\s+"Url"\s+\]/);
  });

  it('shows a plan that somebody has rewritten by two hashes that differ', () => {
    const { deployment } = input();
    assert.ok(deployment.state.status === 'succeeded');
    const forged = { ...deployment.state.plan, changes: [] };
    const file = evidenceFile(
      input({ deployment: { ...deployment, state: { ...deployment.state, plan: forged } } }),
    );
    const [, computed, recorded] = /"computed": "(\w+)",\s+"recorded": "(\w+)"/.exec(file) ?? [];
    assert.ok(computed && recorded && computed !== recorded);
  });

  it('is the same for the same, whatever the order of what it was made from', () => {
    const { deployment } = input();
    const turned = Object.fromEntries(Object.entries(deployment).toReversed()) as typeof deployment;
    assert.deepEqual(read({ deployment: turned }), read());
  });

  for (const status of ['failed', 'rolledBack', 'awaitingApproval', 'refused', 'executing'] as const)
    it(`can be made of one that is ${status}`, () => {
      const file = evidenceFile(
        input({ deployment: deploymentOf({ id: 'd1', status }), trail: [], sessions: [], source: undefined }),
      );
      assert.ok(isUnchanged(file));
      assert.match(file, new RegExp(`"status": "${status}"`));
    });
});

describe('a file of evidence', () => {
  const file = evidenceFile(input());

  it('is as it was written, also when it was only formatted anew', () => {
    assert.ok(isUnchanged(file));
    assert.ok(isUnchanged(JSON.stringify(JSON.parse(file))));
  });

  const CHANGES: readonly [string, string, string][] = [
    ['another approver', '"approvedBy": "alice"', '"approvedBy": "mallory"'],
    ['another session', 'ASIAAGENT00000000001', 'ASIAAGENT00000000002'],
    ['another time', '"exportedAt": "1970-01-01T00:00:05.000Z"', '"exportedAt": "1970-01-01T00:00:06.000Z"'],
    ['something added', '"outcome": {', '"outcome": {"also": 1, '],
  ];
  for (const [what, from, to] of CHANGES)
    it(`shows ${what}`, () => {
      assert.ok(file.includes(from), from);
      assert.ok(!isUnchanged(file.replace(from, to)));
    });

  it('is none without its hash', () => assert.ok(!isUnchanged('{}') && !isUnchanged('3')));
});
