import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { UserError } from '../../../src/base/userError.ts';
import { requireApproval } from '../../../src/deployment/approval.ts';
import { canonicalJson, type Plan, planHash, sealPlan } from '../../../src/deployment/plan.ts';

const plan = sealPlan({
  engine: 'cloudformation',
  deploymentId: 'd1',
  stackName: 'web',
  stackId: 'arn:stack',
  action: 'update',
  accountId: '111122223333',
  region: 'eu-west-1',
  identityArn: 'arn:agent',
  sourceIdentity: 'alice',
  profileId: 'p1',
  changes: [{ logicalId: 'Queue', type: 'AWS::SQS::Queue', action: 'modify', replacement: 'no', detail: '' }],
  capabilities: [],
  parameters: { Depth: '2' },
  templateHash: 'aa',
  changeSetArn: 'arn:changeSet',
  createdAt: 1000,
});

describe('the hash of a plan', () => {
  it('is the same for the same plan, whatever the order of its entries, and covers itself not', () => {
    const turned: Plan = { ...plan, ...Object.fromEntries(Object.entries(plan).reverse()), hash: 'other' };
    assert.equal(planHash(turned), plan.hash);
    assert.equal(canonicalJson({ b: [{ d: 1, c: 2 }], a: null }), '{"a":null,"b":[{"c":2,"d":1}]}');
  });

  const tampered: [string, Partial<Plan>][] = [
    ['the change set', { changeSetArn: 'arn:another' }],
    ['the account', { accountId: '999988887777' }],
    ['the Region', { region: 'us-east-1' }],
    ['the stack', { stackId: 'arn:other' }],
    ['the profile', { profileId: 'p2' }],
    ['the template', { templateHash: 'bb' }],
    ['a parameter', { parameters: { Depth: '3' } }],
    ['a capability', { capabilities: ['CAPABILITY_IAM'] }],
    ['a service role', { serviceRoleArn: 'arn:role' }],
    ['a change', { changes: plan.changes.map(change => ({ ...change, replacement: 'yes' as const })) }],
    ['nothing left of the changes', { changes: [] }],
  ];
  for (const [name, change] of tampered) {
    it(`covers ${name}: no approval of the plan before is one of this`, () => {
      const other = { ...plan, ...change };
      assert.notEqual(planHash(other), plan.hash);
      const approval = { planHash: plan.hash, approvedBy: 'alice', at: 2000 };
      requireApproval(plan, approval);
      const isMismatch = (error: unknown): boolean =>
        error instanceof UserError && error.code === 'deployment.approvalMismatch';
      assert.throws(() => requireApproval(other, approval), isMismatch);
      assert.throws(() => requireApproval(other, { ...approval, planHash: planHash(other) }), isMismatch);
    });
  }
});
