/** An approval is a person's yes in the window that planned, to that plan. Everything else executes nothing. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { CreateChangeSetCommand, DeleteChangeSetCommand } from '@aws-sdk/client-cloudformation';
import { isIn } from '../../src/deployment/deployment.ts';
import { planHash } from '../../src/deployment/plan.ts';
import { clientsOf, revealed } from '../local-aws/testClients.ts';
import {
  agentDraft,
  approvalOf,
  type Computer,
  forge,
  openComputer,
  type Person,
  planned,
  refused,
  say,
} from './computer.ts';

const EVIL = JSON.stringify({ Resources: { Evil: { Type: 'AWS::SNS::Topic' } } });

let computer: Computer;
let person: Person;
let stack: string;

before(async () => {
  computer = await openComputer({ keychain: 'secretStorage' });
});
after(() => computer.close());

beforeEach(async () => {
  person = await computer.person();
  stack = `s-${randomUUID().slice(0, 8)}`;
  executedBefore = await allExecutions();
});

let executedBefore: number;

const allExecutions = async (): Promise<number> =>
  (await computer.aws.control.records({ eventName: 'ExecuteChangeSet' })).filter(
    record => record['errorCode'] === undefined,
  ).length;

const executions = async (): Promise<number> => (await allExecutions()) - executedBefore;

async function assertNothingEvil(): Promise<void> {
  const created = await computer.aws.control.records({ eventName: 'CreateTopic' });
  assert.equal(created.filter(record => JSON.stringify(record).includes(stack)).length, 0);
}

/** The agent's own session, which it may have by right: it can draft change sets, and must not get further. */
async function agentCloudFormation() {
  const { credentials } = await person.features.sessions.get({
    profileId: person.copilot.id,
    purpose: 'terminal',
  });
  return clientsOf(computer.aws, revealed(credentials)).cloudFormation;
}

async function evilChangeSet(name: string): Promise<string> {
  const cloudFormation = await agentCloudFormation();
  const command = new CreateChangeSetCommand({
    StackName: stack,
    ChangeSetName: name,
    ChangeSetType: 'CREATE',
    TemplateBody: EVIL,
  });
  return (await cloudFormation.send(command)).Id ?? '';
}

describe('nothing is executed when', () => {
  it('the store says that a plan was approved and is executing', async () => {
    const plan = await planned(person, stack);
    const approval = approvalOf(plan);
    person.features.deployments.dispose();
    forge(person, plan.id, { '$.state.status': 'executing', '$.state.approval': approval });
    const next = computer.window(person.directory);
    const end = await next.deployments.follow(plan.id, say);
    assert.equal(end.state.status, 'abandoned');
    assert.equal(await executions(), 0);
  });

  it('a whole row is invented, with a plan, its right hash and an approval', async () => {
    const drafted = await planned(person, stack);
    assert.ok(isIn(drafted, 'awaitingApproval'));
    const changeSetArn = await evilChangeSet('invented');
    const plan = { ...drafted.state.plan, deploymentId: 'invented', changeSetArn };
    const state = {
      status: 'executing',
      plan: { ...plan, hash: planHash(plan) },
      approval: { planHash: planHash(plan), approvedBy: 'alice', at: Date.now(), acknowledged: [] },
    };
    const body = JSON.stringify({ ...drafted, id: 'invented', state });
    person.features.db.run(
      `INSERT INTO deployment (id, status, started_at, body) VALUES ('invented', 'executing', 1, ?)`,
      body,
    );
    const next = computer.window(person.directory);
    await refused(next.deployments.apply('invented', state.approval, say), 'deployment.notPlannedHere');
    await next.deployments.follow('invented', say);
    assert.equal(await executions(), 0);
  });

  it('another process approves with the right hash', async () => {
    const plan = await planned(person, stack);
    const other = computer.window(person.directory);
    await refused(other.deployments.apply(plan.id, approvalOf(plan), say), 'deployment.notPlannedHere');
    assert.equal(await executions(), 0);
  });

  it('the approval is for another plan', async () => {
    const other = approvalOf(await planned(person, `${stack}-other`));
    const plan = await planned(person, stack);
    await refused(person.features.deployments.apply(plan.id, other, say), 'deployment.approvalMismatch');
    assert.equal(await executions(), 0);
  });

  it('the approval is older than the plan', async () => {
    const plan = await planned(person, stack);
    const approval = { ...approvalOf(plan), at: 1 };
    await refused(person.features.deployments.apply(plan.id, approval, say), 'deployment.approvalMismatch');
    assert.equal(await executions(), 0);
  });

  it('the plan in the store is exchanged and its hash approved', async () => {
    const plan = await planned(person, stack);
    assert.ok(isIn(plan, 'awaitingApproval'));
    const exchanged = { ...plan.state.plan, changeSetArn: await evilChangeSet('exchanged') };
    const hash = planHash(exchanged);
    forge(person, plan.id, { '$.state.plan': { ...exchanged, hash } });
    const approval = { ...approvalOf(plan), planHash: hash };
    await refused(person.features.deployments.apply(plan.id, approval, say), 'deployment.approvalMismatch');
    assert.equal(await executions(), 0);
  });

  it('the change set is replaced at AWS by one of the same name', async () => {
    const plan = await planned(person, stack);
    assert.ok(isIn(plan, 'awaitingApproval'));
    const cloudFormation = await agentCloudFormation();
    assert.ok(plan.state.plan.engine === 'cloudformation');
    const { changeSetArn } = plan.state.plan;
    await cloudFormation.send(new DeleteChangeSetCommand({ ChangeSetName: changeSetArn }));
    await evilChangeSet(`no-wing-${plan.id}`);
    await refused(
      person.features.deployments.apply(plan.id, approvalOf(plan), say),
      'deployment.planOutdated',
    );
    assert.equal(await executions(), 0);
  });

  it('a plan that was refused by the person is approved after all', async () => {
    const plan = await planned(person, stack);
    await person.features.deployments.refuse(plan.id, 'no');
    forge(person, plan.id, { '$.state.status': 'awaitingApproval' });
    await refused(
      person.features.deployments.apply(plan.id, approvalOf(plan), say),
      'deployment.notPlannedHere',
    );
    assert.equal(await executions(), 0);
  });
});

describe('exactly the approved plan is executed, once, when', () => {
  it('the plan and the template in the store, and the file, are changed meanwhile', async () => {
    const plan = await planned(person, stack);
    forge(person, plan.id, {
      '$.state.plan.changeSetArn': await evilChangeSet('meanwhile'),
      '$.state.plan.changes': [],
    });
    person.features.db.run(
      `UPDATE deployment_source SET body = json_set(body, '$.template.text', ?) WHERE deployment_id = ?`,
      EVIL,
      plan.id,
    );
    writeFileSync(join(computer.folder, `${stack}.yaml`), EVIL);
    const end = await person.features.deployments.apply(plan.id, approvalOf(plan), say);
    assert.equal(end.state.status, 'succeeded');
    assert.equal(await executions(), 1);
    await assertNothingEvil();
  });

  it('the approval is used a second time', async () => {
    const plan = await planned(person, stack);
    const approval = approvalOf(plan);
    await person.features.deployments.apply(plan.id, approval, say);
    forge(person, plan.id, { '$.state.status': 'awaitingApproval' });
    await refused(person.features.deployments.apply(plan.id, approval, say), 'deployment.notPlannedHere');
    assert.equal(await executions(), 1);
  });
});

describe('what a person is shown, and as whom it runs, is not taken from the store', () => {
  it('environment, account and agent are changed while it is being planned', async () => {
    const work = planned(person, stack);
    const [{ id } = { id: '' }] = person.features.deployments.list();
    forge(person, id, {
      '$.environment': 'prod',
      '$.accountAlias': 'harmless',
      '$.accountId': '999999999999',
      '$.agent': 'nobody',
    });
    const { environment, accountAlias, accountId, agent } = await work;
    assert.deepEqual(
      { environment, accountAlias, accountId, agent },
      { environment: 'dev', accountAlias: 'acme-dev', accountId: '111122223333', agent: 'copilot' },
    );
  });

  it('the row is rewritten while the plan waits: the page shows what the window has drafted', async () => {
    const plan = await planned(person, stack);
    const before = person.features.deployments.waiting(plan.id);
    forge(person, plan.id, {
      '$.environment': 'dev',
      '$.accountAlias': 'harmless',
      '$.agent': 'nobody',
      '$.askedBy': { kind: 'user', name: 'alice', door: 'window' },
      '$.state.plan.changes': [],
      '$.state.plan.environment': 'dev',
    });
    person.features.db.run('UPDATE deployment_source SET body = ? WHERE deployment_id = ?', '{}', plan.id);
    const waiting = person.features.deployments.waiting(plan.id);
    assert.deepEqual(waiting, before);
    assert.deepEqual(waiting?.deployment, plan);
    assert.ok(waiting.drafted.plan.changes.length > 0);
  });

  it('a row that nobody planned here cannot be reviewed here', async () => {
    const plan = await planned(person, stack);
    const other = computer.window(person.directory);
    assert.equal(other.deployments.waiting(plan.id), undefined);
    await person.features.deployments.refuse(plan.id, 'no');
    assert.equal(person.features.deployments.waiting(plan.id), undefined);
  });

  it('the profile is changed to a mightier agent between plan and approval', async () => {
    const { features, alice } = person;
    const mighty = await features.profiles.add({ ...agentDraft(computer.aws, alice.id), name: 'mighty' });
    const plan = await planned(person, stack);
    const before = (await computer.aws.control.records()).length;
    forge(person, plan.id, { '$.profileId': mighty.id });
    await features.deployments.apply(plan.id, approvalOf(plan), say).catch(() => undefined);
    const records = (await computer.aws.control.records()).slice(before);
    const calls = records.filter(record =>
      JSON.stringify(record['userIdentity']).includes('no-wing-mighty-'),
    );
    assert.deepEqual(
      calls.map(record => record['eventName']),
      [],
    );
  });

  it('the Region is changed between plan and approval', async () => {
    const plan = await planned(person, stack);
    forge(person, plan.id, { '$.region': 'eu-west-1' });
    await person.features.deployments.apply(plan.id, approvalOf(plan), say).catch(() => undefined);
    const records = await computer.aws.control.records();
    const there = records.filter(record => record['awsRegion'] === 'eu-west-1');
    assert.deepEqual(
      there.map(record => record['eventName']),
      [],
    );
  });
});
