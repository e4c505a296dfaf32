/**
 * Anybody who runs as this person can write a row that looks like a command's wish. A window that takes it over plans
 * anew: what was written is at most a wish, and never a plan, an approval or an order.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, beforeEach, describe, it } from 'node:test';
import { type Deployment, isIn } from '../../src/deployment/deployment.ts';
import { sha256 } from '../../src/deployment/plan.ts';
import type { Source } from '../../src/deployment/source.ts';
import { stackRequest } from '../unit/deployment/requests.ts';
import { approvalOf, type Computer, openComputer, type Person, refused, say, TEMPLATE } from './computer.ts';

const EVIL = JSON.stringify({ Resources: { Evil: { Type: 'AWS::SNS::Topic' } } });

let computer: Computer;
let person: Person;
let asked: Deployment;

before(async () => {
  computer = await openComputer({ keychain: 'secretStorage' });
});
after(() => computer.close());

beforeEach(async () => {
  person = await computer.person();
  const { features, copilot } = person;
  const stackName = `s-${randomUUID().slice(0, 8)}`;
  asked = await features.deployments.plan(
    {
      ...stackRequest({ profileId: copilot.id, stackName, text: TEMPLATE }),
      askedBy: { kind: 'agent', name: 'copilot', door: 'command' },
    },
    never,
  );
});

const never = new AbortController().signal;
const asItIs = (source: Source): Promise<Source> => Promise.resolve(source);

const handedOver = (): Promise<Deployment> =>
  computer.window(person.directory).deployments.handOver(asked.id, asItIs, never);

function writeRow(path: string, value: unknown): void {
  const text = JSON.stringify(value);
  person.features.db.run(
    'UPDATE deployment SET body = json_set(body, ?, json(?)) WHERE id = ?',
    path,
    text,
    asked.id,
  );
  person.features.db.run("UPDATE deployment SET status = json_extract(body, '$.state.status')");
}

function writeSource(text: string): void {
  const source = { engine: 'cloudformation', template: { name: 'web.yaml', text }, parameters: {} };
  person.features.db.run(
    'UPDATE deployment_source SET body = ? WHERE deployment_id = ?',
    JSON.stringify(source),
    asked.id,
  );
}

async function assertNothingOrdered(): Promise<void> {
  const records = await computer.aws.control.records({ eventName: 'ExecuteChangeSet' });
  assert.deepEqual(
    records.filter(record => JSON.stringify(record).includes(asked.stackName)),
    [],
  );
}

describe('a wish that somebody wrote', () => {
  it('with another template under the same name: the plan shows what it really is', async () => {
    writeSource(EVIL);
    const planned = await handedOver();
    assert.ok(isIn(planned, 'awaitingApproval'));
    const { plan } = planned.state;
    assert.deepEqual(
      [plan.inputs['template'], plan.changes.map(({ address }) => address)],
      [sha256(EVIL), ['Evil']],
    );
    await assertNothingOrdered();
  });

  it('that says a person asked: it is still a plan that waits for one', async () => {
    writeRow('$.askedBy', { kind: 'user', name: 'alice', door: 'command' });
    assert.equal((await handedOver()).state.status, 'awaitingApproval');
    await assertNothingOrdered();
  });

  it("with the user's profile: it is refused, and the user's session does nothing", async () => {
    writeRow('$.profileId', person.alice.id);
    await refused(handedOver(), 'deployment.notAgent');
    await assertNothingOrdered();
  });

  it('with a yes in it: the window knows of none', async () => {
    const state = { ...asked.state, status: 'executing', approval: approvalOf(asked) };
    writeRow('$.state', state);
    await refused(handedOver(), 'deployment.cancelChanged');
    await assertNothingOrdered();
  });

  it('with the yes to the plan before: it is for another plan', async () => {
    const window = computer.window(person.directory);
    const planned = await window.deployments.handOver(asked.id, asItIs, never);
    await refused(
      window.deployments.apply(planned.id, approvalOf(asked), say),
      'deployment.approvalMismatch',
    );
    await assertNothingOrdered();
  });

  it('with a template that cannot be read: told, and nothing is left', async () => {
    writeSource('a: [');
    await refused(handedOver(), 'template.syntax');
    await assertNothingOrdered();
  });

  it('with a row that is no deployment at all: the others are still listed', async () => {
    writeRow('$.askedBy', 'root');
    await refused(handedOver(), 'store.row');
    const { features, copilot } = person;
    const other = stackRequest({ profileId: copilot.id, stackName: 'other', text: TEMPLATE });
    const { id } = await features.deployments.plan(other, never);
    assert.deepEqual(
      features.deployments.list().map(each => each.id),
      [id],
    );
    await assertNothingOrdered();
  });
});
