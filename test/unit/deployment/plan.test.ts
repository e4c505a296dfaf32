import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { UserError } from '../../../src/base/userError.ts';
import { APPROVAL_MS, requireApproval } from '../../../src/deployment/approval.ts';
import {
  type CloudFormationPlan,
  canonicalJson,
  type Plan,
  planHash,
  sealPlan,
} from '../../../src/deployment/plan.ts';
import { DRAFTED_STACK, JUDGEMENT } from './requests.ts';

const drafted = { ...DRAFTED_STACK, parameters: { Depth: '2' }, createdAt: 1000 };
const plan: CloudFormationPlan = {
  ...drafted,
  ...JUDGEMENT,
  hash: sealPlan(drafted, JUDGEMENT).hash,
};

describe('the hash of a plan', () => {
  it('is the same for the same plan, whatever the order of its entries, and covers itself not', () => {
    const turned: Plan = { ...plan, ...Object.fromEntries(Object.entries(plan).reverse()), hash: 'other' };
    assert.equal(planHash(turned), plan.hash);
    assert.equal(canonicalJson({ b: [{ d: 1, c: 2 }], a: null }), '{"a":null,"b":[{"c":2,"d":1}]}');
  });

  const tampered: [string, Partial<CloudFormationPlan>][] = [
    ['the change set', { changeSetArn: 'arn:another' }],
    ['the account', { accountId: '999988887777' }],
    ['the Region', { region: 'us-east-1' }],
    ['the stack', { stackId: 'arn:other' }],
    ['the profile', { profileId: 'p2' }],
    ['the template', { inputs: { template: 'bb' } }],
    ['a parameter', { parameters: { Depth: '3' } }],
    ['a capability', { capabilities: ['CAPABILITY_IAM'] }],
    ['a service role', { serviceRoleArn: 'arn:role' }],
    ['a change', { changes: plan.changes.map(change => ({ ...change, replacement: 'yes' as const })) }],
    ['the environment', { environment: 'prod' }],
    ['the policy', { guardrails: { ...plan.guardrails, policyHash: 'other' } }],
    ['what it reverses', { reverses: 'd0' }],
    ['nothing left of the changes', { changes: [] }],
  ];
  for (const [name, change] of tampered) {
    it(`covers ${name}: no approval of the plan before is one of this`, () => {
      const other = { ...plan, ...change };
      assert.notEqual(planHash(other), plan.hash);
      const approval = { planHash: plan.hash, approvedBy: 'alice', at: 2000, acknowledged: [] };
      requireApproval(plan, approval, 2500);
      const isMismatch = (error: unknown): boolean =>
        error instanceof UserError && error.code === 'deployment.approvalMismatch';
      assert.throws(() => requireApproval(other, approval, 2500), isMismatch);
      assert.throws(
        () => requireApproval(other, { ...approval, planHash: planHash(other) }, 2500),
        isMismatch,
      );
    });
  }
});

describe('an approval', () => {
  const approval = { planHash: plan.hash, approvedBy: 'alice', at: 2000, acknowledged: [] };
  const refusedAs =
    (code: string) =>
    (error: unknown): boolean =>
      error instanceof UserError && error.code === code;

  it('is good for ten minutes, and not from a clock that was set back', () => {
    requireApproval(plan, approval, 2000 + APPROVAL_MS);
    for (const now of [2001 + APPROVAL_MS, 1999 - APPROVAL_MS])
      assert.throws(() => requireApproval(plan, approval, now), refusedAs('deployment.approvalExpired'));
  });

  const found = { value: 'none', limit: 'Owner', source: "No Wing's defaults" };
  const asking = sealPlan(DRAFTED_STACK, {
    ...JUDGEMENT,
    guardrails: {
      ...JUDGEMENT.guardrails,
      verdict: 'ask',
      verdicts: [{ rule: 'requiredTags', verdict: 'ask', ...found }],
    },
  });
  it('answers every question of the guardrails', () => {
    const silent = { ...approval, planHash: asking.hash };
    assert.throws(() => requireApproval(asking, silent, 2500), refusedAs('deployment.notAcknowledged'));
    requireApproval(asking, { ...silent, acknowledged: ['requiredTags'] }, 2500);
  });

  it('of a plan that a guardrail refused does not exist', () => {
    const refused = sealPlan(DRAFTED_STACK, {
      ...JUDGEMENT,
      guardrails: { ...asking.guardrails, verdict: 'refuse' },
    });
    const yes = { ...approval, planHash: refused.hash, acknowledged: ['requiredTags'] };
    assert.throws(() => requireApproval(refused, yes, 2500), refusedAs('deployment.notAcknowledged'));
  });
});
