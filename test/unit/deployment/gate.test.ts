/** Between a yes and the order: what was approved must still be so, or nothing is ordered. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Guard } from '../../../src/deployment/gate.ts';
import type { GuardrailResult } from '../../../src/guardrail/guardrailResult.ts';
import { JUDGEMENT, passing } from './requests.ts';
import { nothingLeft, planned, refused, Scene } from './scene.ts';
import { ACCOUNT } from './window.ts';

let scene: Scene;
beforeEach(() => {
  scene = new Scene();
});
afterEach(() => scene[Symbol.dispose]());

const found = { value: '0.0.0.0/0', limit: 'closed', source: "No Wing's defaults" };
const said = (change: Partial<GuardrailResult>): GuardrailResult => ({ ...JUDGEMENT.guardrails, ...change });
const asking = said({ verdict: 'ask', verdicts: [{ rule: 'openPorts', verdict: 'ask', ...found }] });
const refusing = said({ verdict: 'refuse', verdicts: [{ rule: 'openPorts', verdict: 'refuse', ...found }] });

/** Says one thing after the other, and the last for ever. */
function saying(...results: readonly (GuardrailResult | Error)[]): Guard {
  let asked = 0;
  return () => {
    const result = results[Math.min(asked++, results.length - 1)];
    return result instanceof Error || result === undefined
      ? Promise.reject(result ?? new Error('nothing to say'))
      : Promise.resolve(result);
  };
}

async function assertNothingOrdered(): Promise<void> {
  assert.deepEqual([scene.aws.executions(), await scene.leftovers()], [[], nothingLeft]);
}

describe('a plan that a guardrail refuses', () => {
  it('ends as refused, is taken back, and cannot be approved', async () => {
    const window = scene.open('w1', { guard: saying(refusing) });
    const plan = await planned(window);
    assert.equal(plan.state.status, 'refused');
    await refused(scene.applied(window, plan), 'deployment.notPlannedHere');
    await assertNothingOrdered();
  });

  it('fails when the guardrails cannot be asked', async () => {
    const window = scene.open('w1', { guard: saying(new Error('disk')) });
    await assert.rejects(planned(window), /disk/);
    assert.equal(window.deployments.list()[0]?.state.status, 'failed');
    await assertNothingOrdered();
  });
});

describe('an approval', () => {
  it('has to answer what the guardrails ask', async () => {
    const window = scene.open('w1', { guard: saying(asking) });
    const plan = await planned(window);
    await refused(scene.applied(window, plan), 'deployment.notAcknowledged', /openPorts/);
    assert.equal(window.deployments.get(plan.id)?.state.status, 'awaitingApproval');
  });

  const changed: [string, GuardrailResult | Error][] = [
    ['refuse it', refusing],
    ['ask', asking],
    ['go by other rules', said({ policyHash: 'others' })],
    ['find another cost', said({ cost: { knownUsd: 1, lines: [] } })],
    ['cannot be asked', new Error('The guardrail file cannot be read')],
  ];
  for (const [name, later] of changed) {
    it(`is void when the guardrails ${name} now`, async () => {
      const window = scene.open('w1', { guard: saying(JUDGEMENT.guardrails, later) });
      const plan = await planned(window);
      await assert.rejects(scene.applied(window, plan));
      assert.equal(window.deployments.get(plan.id)?.state.status, 'failed');
      await assertNothingOrdered();
      await refused(scene.applied(window, plan), 'deployment.notPlannedHere');
    });
  }

  const callers: [string, { accountId: string; arn: string }][] = [
    [
      'another account',
      { accountId: '999988887777', arn: 'arn:aws:sts::999988887777:assumed-role/agent/no-wing-1' },
    ],
    ['another role', { accountId: ACCOUNT, arn: `arn:aws:sts::${ACCOUNT}:assumed-role/admin/no-wing-1` }],
    ['a user', { accountId: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:user/alice` }],
  ];
  for (const [name, caller] of callers) {
    it(`is void when AWS says that the session is ${name}`, async () => {
      const window = scene.open('w1', { callerOf: () => Promise.resolve(caller) });
      const plan = await planned(window);
      await refused(scene.applied(window, plan), 'deployment.wrongTarget', new RegExp(caller.accountId));
      await assertNothingOrdered();
    });
  }

  it('holds for a renewed session of the same role', async () => {
    const arn = `arn:aws:sts::${ACCOUNT}:assumed-role/agent/no-wing-copilot-2`;
    const window = scene.open('w1', {
      guard: passing,
      callerOf: () => Promise.resolve({ accountId: ACCOUNT, arn }),
    });
    assert.equal((await scene.deployed(window)).state.status, 'succeeded');
  });
});
