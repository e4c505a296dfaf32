/** `no-wing plan|deploy|destroy|deployments` as real processes, and the window in which a human decides. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { type Deployment, isIn } from '../../src/deployment/deployment.ts';
import { waitFor } from '../setup/waitFor.ts';
import { answerOf, assertRefused, noWing, type Output, openTerminal, type Terminal } from './terminal.ts';

const TEMPLATE = 'Resources: { Queue: { Type: AWS::SQS::Queue } }';

let terminal: Terminal;
let stack: string;
before(async () => {
  terminal = await openTerminal();
  writeFileSync(join(terminal.workspace, 'queue.yaml'), TEMPLATE);
});
after(() => terminal.close());
beforeEach(() => {
  stack = `s-${randomUUID().slice(0, 8)}`;
});

const never = new AbortController().signal;
const quiet = (): void => undefined;

const deploy = (...more: string[]): Promise<Output> =>
  noWing(terminal, ['deploy', 'queue.yaml', '--stack', stack, '--as', 'copilot', ...more]);

/** What the window sees of it. */
const asked = (): Promise<Deployment> =>
  waitFor('the plan of the command', () =>
    Promise.resolve(
      terminal.features.deployments
        .list()
        .find(each => each.stackName === stack && isIn(each, 'awaitingApproval')),
    ),
  );

/** How often AWS was called so for a deployment's own change set. */
const calls = async (eventName: string, id: string): Promise<number> =>
  (await terminal.computer.aws.control.records({ eventName })).filter(record =>
    JSON.stringify(record).includes(`changeSet/no-wing-${id}/`),
  ).length;

async function approvedInWindow(id: string): Promise<Deployment> {
  const { deployments } = terminal.features;
  const planned = await deployments.handOver(id, source => Promise.resolve(source), never);
  assert.ok(isIn(planned, 'awaitingApproval'), planned.state.status);
  const planHash = planned.state.plan.hash;
  const yes = { planHash, approvedBy: 'alice', at: Date.now(), acknowledged: [] };
  return await deployments.apply(planned.id, yes, quiet);
}

describe('no-wing deploy', () => {
  it('waits for the human, who approves what the window has planned anew', async () => {
    const running = deploy();
    const { id, askedBy } = await asked();
    assert.deepEqual([askedBy.kind, askedBy.door], ['user', 'command']);
    const applied = await approvedInWindow(id);
    const { code, stdout } = await running;
    assert.equal(code, 0, stdout);
    assert.match(
      stdout,
      /\+ +add +Queue +AWS::SQS::Queue[\s\S]*Waiting for a human[\s\S]*Queue CREATE_COMPLETE/,
    );
    assert.equal(terminal.features.deployments.get(id)?.state.status, 'handedOver');
    assert.deepEqual(
      [await calls('ExecuteChangeSet', id), await calls('ExecuteChangeSet', applied.id)],
      [0, 1],
    );
  });

  it('ends with the reason when the human says no', async () => {
    const running = deploy('--json');
    const { id } = await asked();
    const { deployments } = terminal.features;
    const planned = await deployments.handOver(id, source => Promise.resolve(source), never);
    await deployments.refuse(planned.id, 'alice said no.');
    const { code, stdout } = await running;
    assert.equal(code, 5);
    assert.equal(JSON.parse(stdout).reason, 'alice said no.');
    assert.equal(await calls('ExecuteChangeSet', planned.id), 0);
  });

  it('says that an agent asks, when one does', async () => {
    const env = { ...terminal.env, CLAUDECODE: '1' };
    const running = noWing(terminal, ['deploy', 'queue.yaml', '--stack', stack], { env });
    const { id, askedBy } = await asked();
    assert.deepEqual(askedBy, { kind: 'agent', name: 'copilot', door: 'command' });
    await approvedInWindow(id);
    assert.equal((await running).code, 0);
  });

  it('has no option by which anything is approved', async () => {
    for (const option of ['--yes', '--approve', '--auto-approve', '--force'])
      assertRefused(await deploy(option), 2, /has no option/);
  });
});

describe('no-wing plan', () => {
  it('shows the changes and leaves nothing behind', async () => {
    const plan = answerOf(await noWing(terminal, ['plan', 'queue.yaml', '--stack', stack, '--json']));
    assert.equal(plan['status'], 'awaitingApproval');
    const last = terminal.features.deployments.list().find(each => each.stackName === stack);
    assert.equal(last?.state.status, 'abandoned');
    assert.equal(await calls('DeleteChangeSet', last?.id ?? ''), 1);
  });

  const wrong: [string, string[], RegExp][] = [
    ['nothing', [], /Which template/],
    ['what is not there', ['none.yaml'], /cannot be read/],
    ['a folder with nothing', ['.'], /nothing in it that can be deployed/],
    ['a parameter without a name', ['queue.yaml', '--parameter', 'hunter2'], /NAME=VALUE/],
  ];
  for (const [name, args, message] of wrong) {
    it(`says what is wrong with ${name}`, async () => {
      assertRefused(await noWing(terminal, ['plan', ...args]), 2, message);
    });
  }

  it("refuses a user's profile", async () => {
    assertRefused(await noWing(terminal, ['plan', 'queue.yaml', '--as', 'alice']), 3, /alice/);
  });
});

describe('no-wing deployments', () => {
  it('lists, filters and shows what happened', async () => {
    const running = deploy();
    await approvedInWindow((await asked()).id);
    await running;
    const listed = answerOf(await noWing(terminal, ['deployments', '--stack', stack, '--json']));
    const rows = listed['deployments'];
    assert.ok(Array.isArray(rows));
    assert.deepEqual(rows.map(row => row.status).sort(), ['handedOver', 'succeeded']);
    const { id } = rows.find(row => row.status === 'succeeded');
    const { stdout } = await noWing(terminal, ['deployments', id, '--events']);
    assert.match(stdout, /approved by: alice[\s\S]*Queue +AWS::SQS::Queue +CREATE_COMPLETE/);
  });
});
