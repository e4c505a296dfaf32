/** A record that another program has rewritten while the deployment runs: a cancel stops nothing else than it says. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Deployment } from '../../../src/deployment/deployment.ts';
import type { Profile } from '../../../src/identity/profile.ts';
import { openDatabase } from '../../../src/store/database.ts';
import { planned, refused, Scene } from './scene.ts';
import { agentProfile, request, type Window } from './window.ts';

const PROD = '444455556666';
const strongAgent: Profile = {
  ...agentProfile,
  id: 'p-strong',
  name: 'releaser',
  verified: { ...agentProfile.verified, accountId: PROD },
};
const namesake: Profile = { ...strongAgent, id: 'p-namesake', name: agentProfile.name };

let scene: Scene;
let window: Window;
let running: Deployment;
let end: Promise<unknown>;
let payroll: string;

beforeEach(async () => {
  scene = new Scene();
  scene.aws.addStack('web', 'CREATE_COMPLETE');
  payroll = scene.aws.addStack('payroll', 'UPDATE_IN_PROGRESS').stackId;
  window = scene.open('w1', { profiles: [agentProfile, strongAgent, namesake] });
  const plan = await planned(window);
  end = scene.applied(window, plan).catch(() => undefined);
  await scene.clock.sleep(2500);
  const now = window.deployments.get(plan.id);
  assert.ok(now);
  running = now;
});
afterEach(async () => {
  await end;
  scene[Symbol.dispose]();
});

const both = (name: string, value: unknown): Record<string, unknown> => ({
  [`$.${name}`]: value,
  [`$.state.plan.${name}`]: value,
});

/** As another program of this user does. @param values JSON path → value */
function rewrite(values: Record<string, unknown>): void {
  const database = openDatabase(scene.file);
  const statement = 'UPDATE deployment SET body = json_set(body, ?, json(?)) WHERE id = ?';
  for (const [path, value] of Object.entries(values))
    database.run(statement, path, JSON.stringify(value), running.id);
  database.close();
}

async function refusedAfter(values: Record<string, unknown>, shown?: Deployment): Promise<void> {
  rewrite(values);
  const cancelling = window.deployments.cancel(running.id, 'rollBackUpdate', window.say, shown);
  await refused(cancelling, 'deployment.recordChanged', /Nothing was cancelled/);
  const { arrived } = scene.aws;
  assert.deepEqual(
    arrived.filter(call => /^(?:cancelUpdate|deleteStack)/.test(call)),
    [],
  );
}

describe('a cancel', () => {
  const forged: [string, () => Record<string, unknown>][] = [
    ['the id of another stack', () => ({ '$.state.plan.stackId': payroll })],
    ['the id of a stack elsewhere', () => elsewhere(':111122223333:', `:${PROD}:`)],
    ['the id of a stack in another region', () => elsewhere('eu-west-1', 'us-east-1')],
    ['no id of a stack', () => ({ '$.state.plan.stackId': 'web' })],
    ['another name', () => ({ '$.stackName': 'payroll' })],
    ['another name and id in its plan', () => planFor('payroll')],
    ['another agent', () => ({ '$.profileId': strongAgent.id })],
    ['another agent, in its plan too', () => both('profileId', strongAgent.id)],
    ['an agent of that name in another account', () => both('profileId', namesake.id)],
    ['another account', () => both('accountId', PROD)],
    ['another region', () => ({ '$.region': 'us-east-1' })],
    ['the plan of another deployment', () => ({ '$.state.plan.deploymentId': 'w9-1' })],
  ];
  for (const [what, values] of forged)
    it(`does nothing where the record has ${what}`, () => refusedAfter(values()));

  it('does nothing where all of it was exchanged while the question was open', () =>
    refusedAfter({ '$.stackName': 'payroll', ...planFor('payroll') }, running));

  it('does what was shown where nothing was exchanged', async () => {
    const cancelled = await window.deployments.cancel(running.id, 'rollBackUpdate', window.say, running);
    assert.equal(cancelled.state.status, 'cancelled');
  });

  it('throws a plan away that was made while the question was open', async () => {
    const planning = planned(window, { ...request, stackName: 'other' }).catch(() => undefined);
    await scene.clock.sleep(1);
    const shown = window.deployments.list().find(({ stackName }) => stackName === 'other');
    assert.ok(shown);
    assert.equal(shown.state.status, 'planning');
    await planning;
    const ended = await window.deployments.cancel(shown.id, 'discardPlan', window.say, shown);
    assert.equal(ended.state.status, 'cancelled');
  });
});

function elsewhere(from: string, to: string): Record<string, unknown> {
  const own = scene.aws.stack('web')?.stackId ?? '';
  assert.ok(own.includes(from), own);
  return { '$.state.plan.stackId': own.replace(from, to) };
}

function planFor(stackName: string): Record<string, unknown> {
  return { '$.state.plan.stackName': stackName, '$.state.plan.stackId': payroll };
}
