/**
 * Anybody who runs as this person can write a row that looks like a command's wish. A window that takes it over plans
 * anew: what was written is at most a wish, and never a plan, an approval or an order.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { type Deployment, isIn } from '../../src/deployment/deployment.ts';
import { sha256 } from '../../src/deployment/plan.ts';
import { type Here, plannedHere, type Wish } from '../../src/deployment/plannedHere.ts';
import type { Source } from '../../src/deployment/source.ts';
import type { TerraformSource } from '../../src/deployment/terraform/terraformSource.ts';
import { stackRequest } from '../unit/deployment/requests.ts';
import { approvalOf, type Computer, openComputer, type Person, refused, say, TEMPLATE } from './computer.ts';

const EVIL = JSON.stringify({ Resources: { Evil: { Type: 'AWS::SNS::Topic' } } });
const TAKES_KEYS = JSON.stringify({
  Resources: { Keys: { Type: 'AWS::Lambda::LayerVersion', Properties: { Content: '.ssh' } } },
});

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
const asItIs = (wish: Wish): Promise<Wish> => Promise.resolve(wish);

const handedOver = (complete = asItIs): Promise<Deployment> =>
  computer.window(person.directory).deployments.handOver(asked.id, complete, never);

/** As the window completes it; a window that has no folder open, unless one is given. */
function asWindow(open?: string): (wish: Wish) => Promise<Wish> {
  const here: Here = {
    groundOf: path => (path === open ? open : undefined),
    terraform: () => ({ preferred: 'terraform', backend: { kind: 'local' }, tenants: {} }),
  };
  return wish => Promise.resolve().then(() => plannedHere(wish, here));
}

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

function writeTemplate(text: string): void {
  writeSource({ engine: 'cloudformation', template: { name: 'web.yaml', text }, parameters: {} });
}

function writeSource(source: Source): void {
  person.features.db.run(
    'UPDATE deployment_source SET body = ? WHERE deployment_id = ?',
    JSON.stringify(source),
    asked.id,
  );
}

/** As somebody would write it to have programs of theirs run at the next look. */
function withProgram(folder: string, program: readonly string[]): TerraformSource {
  const content = `data "external" "x" {\n  program = ${JSON.stringify(program)}\n}\n`;
  return {
    ...{ engine: 'terraform', tenant: 'theirs', project: 'infra', workspace: 'default' },
    ...{ preferred: 'terraform', backend: { kind: 'local' }, folder, root: '' },
    files: [{ path: 'main.tf', encoding: 'utf8', content }],
    ...{ varFiles: [], variables: {}, runsPrograms: true },
  };
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
    writeTemplate(EVIL);
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
    writeTemplate('a: [');
    await refused(handedOver(), 'template.syntax');
    await assertNothingOrdered();
  });

  it('with the yes to programs in it: they do not run, since nobody was asked here', async () => {
    const folder = join(computer.folder, 'infra');
    const marker = join(computer.folder, 'owned');
    writeSource(withProgram(folder, ['touch', marker]));
    await refused(handedOver(asWindow(folder)), 'terraform.runsPrograms');
    assert.ok(!existsSync(marker));
    await assertNothingOrdered();
  });

  it('of a project that is not open here: nothing of it is planned', async () => {
    writeSource(withProgram('/home/alice/elsewhere', ['true']));
    await refused(handedOver(asWindow(join(computer.folder, 'infra'))), 'deployment.notOpenHere');
    assert.equal(person.features.deployments.get(asked.id)?.state.status, 'awaitingApproval');
  });

  it("with files of the home folder: none is uploaded, since that is no folder of the window's", async () => {
    mkdirSync(join(computer.folder, '.ssh'), { recursive: true });
    writeFileSync(join(computer.folder, '.ssh', 'id_ed25519'), 'PRIVATE');
    writeTemplate(TAKES_KEYS);
    writeRow('$.folder', computer.folder);
    await refused(handedOver(asWindow()), 'deployment.notOpenHere');
    await refused(handedOver(asWindow(join(computer.folder, 'orders'))), 'deployment.notOpenHere');
    assert.deepEqual(await computer.aws.control.records({ eventName: 'PutObject' }), []);
    await assertNothingOrdered();
  });

  it("with a folder that is not open: its guardrails are not taken for the window's own", async () => {
    writeRow('$.folder', computer.folder);
    assert.equal((await handedOver(asWindow())).folder, undefined);
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
