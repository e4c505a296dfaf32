/** The main job with the real Terraform: plan → yes → apply → records → roll back → destroy, and who had which state. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { UserError } from '../../src/base/userError.ts';
import { isIn } from '../../src/deployment/deployment.ts';
import { refused, say } from '../attack/computer.ts';
import { openTerraformScene, planOf, resources, type TerraformScene, yes } from './terraformScene.ts';

describe('Terraform as the agent', () => {
  let scene: TerraformScene;
  before(async () => {
    scene = await openTerraformScene();
  });
  after(() => scene.close());

  const output = 'output "items" {\n  value = length(terraform_data.item)\n}\n';
  const SECRET = 'hunter2-hunter2';

  it('deploys, changes nothing twice, rolls back to the recorded configuration, destroys', async () => {
    const folder = scene.project('shop', { 'main.tf': resources(2) + output });
    const first = await scene.deploy(await scene.source(folder));
    assert.ok(isIn(first, 'succeeded'), JSON.stringify(first.state));
    assert.deepEqual(first.state.outputs, [{ key: 'items', value: '2' }]);
    assert.equal((await scene.plan(await scene.source(folder))).state.status, 'noChanges');

    writeFileSync(join(folder, 'main.tf'), resources(5) + output);
    const second = await scene.deploy(await scene.source(folder));
    assert.ok(isIn(second, 'succeeded'), JSON.stringify(second.state));
    const added = planOf(second).changes.map(({ address, action }) => `${action} ${address}`);
    assert.deepEqual(
      added,
      [2, 3, 4].map(index => `add terraform_data.item[${index}]`),
    );

    const recorded = scene.person.features.deployments.source(first.id);
    assert.ok(recorded?.engine === 'terraform');
    const back = await scene.deploy(recorded, { reverses: second.id });
    assert.ok(isIn(back, 'succeeded'), JSON.stringify(back.state));
    assert.deepEqual(
      planOf(back).changes.map(({ action }) => action),
      ['remove', 'remove', 'remove'],
    );
    assert.equal(back.reverses, second.id);

    const gone = await scene.deploy(recorded, { operation: 'destroy' });
    assert.ok(isIn(gone, 'succeeded'), JSON.stringify(gone.state));
    assert.equal(planOf(gone).action, 'delete');
    assert.equal(planOf(gone).changes.length, 2);
  });

  it('every call was made by the agent, for alice', async () => {
    const records = await scene.computer.aws.control.records({});
    const states = records.filter(
      record => record['eventSource'] === 's3.amazonaws.com' && /Object/.test(String(record['eventName'])),
    );
    assert.ok(states.length > 5, `${states.length} calls to the states`);
    for (const record of states) {
      const text = JSON.stringify(record['userIdentity']);
      assert.match(text, /assumed-role\/no-wing-agent\/no-wing-copilot-/);
      assert.match(text, /"sourceIdentity":"alice"/);
    }
  });

  it('leaves no plan, no snapshot and no key behind', async () => {
    const work = join(scene.person.directory, 'terraform', 'work');
    const left = readdirSync(work).flatMap(id => readdirSync(join(work, id)));
    assert.deepEqual([...new Set(left)].sort(), ['apply.jsonl', 'errors.txt', 'order.json', 'process.json']);
  });

  it('two tenants with a project of the same name share no state', async () => {
    const ours = scene.project('ours', { 'main.tf': resources(1) });
    const theirs = scene.project('theirs', { 'main.tf': resources(3) });
    const project = 'web';
    const ends = await Promise.all([
      scene.deploy(await scene.source(ours, { tenant: 'ours', project })),
      scene.deploy(await scene.source(theirs, { tenant: 'theirs', project })),
    ]);
    assert.deepEqual(
      ends.map(end => [end.state.status, planOf(end).changes.length]),
      [
        ['succeeded', 1],
        ['succeeded', 3],
      ],
    );
    const keys = (await scene.keys()).filter(key => key.includes('/web/'));
    assert.deepEqual(
      keys,
      ['ours', 'theirs'].map(tenant => `no-wing/${tenant}/dev-111122223333-us-east-1/web/terraform.tfstate`),
    );
    assert.deepEqual(readdirSync(ours), ['main.tf'], 'nothing of the tool is in the folder');
  });

  it('workspaces have states of their own; one that was made for a plan that nobody wanted is gone', async () => {
    const folder = scene.project('spaces', { 'main.tf': resources(1) });
    const source = await scene.source(folder, { project: 'spaces', workspace: 'blue' });
    const { deployments } = scene.person.features;
    const unwanted = await scene.plan(source);
    await deployments.refuse(unwanted.id, 'No.');
    assert.deepEqual(
      (await scene.keys()).filter(key => key.includes('spaces')),
      [],
    );
    const end = await scene.deploy(source);
    assert.equal(end.state.status, 'succeeded');
    const keys = (await scene.keys()).filter(key => key.includes('spaces'));
    assert.equal(keys.length, 1);
    assert.match(keys[0] ?? '', /\/spaces\/workspaces\/blue\//);
  });

  it('keeps no value of a sensitive variable, and asks for it again', async () => {
    const main = `variable "password" {\n  sensitive = true\n}\nvariable "size" {}\n${resources(1, 'triggers_replace = [var.password, var.size]')}`;
    const folder = scene.project('secret', {
      'main.tf': main,
      'terraform.tfvars': `password = "${SECRET}"\nsize     = "large"\n`,
    });
    const end = await scene.deploy(await scene.source(folder, { project: 'secret' }));
    assert.equal(end.state.status, 'succeeded', JSON.stringify(end.state));
    assert.deepEqual(planOf(end).parameters, { password: '****', size: 'large' });
    const { features } = scene.person;
    const recorded = features.deployments.source(end.id);
    assert.ok(recorded?.engine === 'terraform');
    assert.ok(!JSON.stringify([recorded, end]).includes(SECRET));
    assert.ok(!scene.computer.logged.join('\n').includes(SECRET));
    await refused(scene.plan(recorded), 'terraform.valuesNeeded');
    const again = await scene.plan({ ...recorded, variables: { password: SECRET } });
    assert.equal(again.state.status, 'noChanges');
  });

  it('plans what was read, whatever an agent writes into the folder meanwhile', async () => {
    const folder = scene.project('edited', { 'main.tf': resources(1) });
    const source = await scene.source(folder, { project: 'edited' });
    writeFileSync(join(folder, 'main.tf'), resources(9));
    assert.equal(planOf(await scene.plan(source)).changes.length, 1);
  });

  it('takes along local modules, templates and the files that are named', async () => {
    const folder = scene.project('modules', {
      'live/main.tf': `module "a" {\n  source = "../parts"\n  names  = jsondecode(file("\${path.module}/names.json"))\n}\n`,
      'live/names.json': '["x", "y"]',
      'live/other.tfvars': 'secret = "stays behind"',
      'parts/main.tf': `variable "names" {}\nresource "terraform_data" "each" {\n  for_each = toset(var.names)\n  input    = templatefile("\${path.module}/text/hello.tftpl", { name = each.key })\n}\n`,
      'parts/text/hello.tftpl': `Hello \${name}`,
    });
    const live = join(folder, 'live');
    const read = await scene.source(live, { project: 'modules' }, folder);
    const plan = planOf(await scene.plan(read));
    assert.deepEqual(
      plan.changes.map(({ address }) => address),
      ['module.a.terraform_data.each["x"]', 'module.a.terraform_data.each["y"]'],
    );
    assert.equal(read.root, 'live');
    assert.ok(read.files.every(({ path }) => !path.includes('other')));
  });

  it('tells a fault in the configuration with its place', async () => {
    const folder = scene.project('broken', {
      'main.tf': 'resource "terraform_data" "a" {\n  inputs = 1\n}\n',
    });
    const error = await refused(
      scene.plan(await scene.source(folder, { project: 'broken' })),
      'terraform.failed',
    );
    assert.match(error.message, /main\.tf:2.*Nothing was changed/);
  });

  it('a plan of 500 resources is planned, applied and followed', async () => {
    const folder = scene.project('large', { 'main.tf': resources(500) });
    const end = await scene.deploy(await scene.source(folder, { project: 'large' }));
    assert.equal(end.state.status, 'succeeded', JSON.stringify(end.state).slice(0, 500));
    assert.equal(planOf(end).changes.length, 500);
    const events = scene.person.features.deployments.events(end.id);
    assert.equal(events.filter(({ status }) => status === 'CREATE_COMPLETE').length, 500);
  });

  it('tells which resource failed, and how far it came', async () => {
    const broken = `${resources(2)}resource "terraform_data" "bad" {\n  depends_on = [terraform_data.item]\n  provisioner "local-exec" {\n    command = "exit 3"\n  }\n}\n`;
    const folder = scene.project('failing', { 'main.tf': broken });
    const end = await scene.deploy(await scene.source(folder, { project: 'failing' }));
    assert.ok(isIn(end, 'failed'), JSON.stringify(end.state));
    assert.equal(end.state.failure.address, 'terraform_data.bad');
    assert.match(end.state.failure.reason, /exit status 3.*2 of 3 changes are done/s);
    const plan = planOf(end);
    assert.deepEqual(plan.programs, ['terraform_data.bad: provisioner local-exec']);
    assert.equal(plan.guardrails.verdict, 'ask');
  });

  it('is stopped as Ctrl+C does: what is done is in the state, and the lock is gone', async () => {
    const slow = 'provisioner "local-exec" {\n    command = "sleep 20"\n  }';
    const main = `resource "terraform_data" "first" {}\nresource "terraform_data" "slow" {\n  depends_on = [terraform_data.first]\n  ${slow}\n}\n`;
    const folder = scene.project('stopped', { 'main.tf': main });
    const source = await scene.source(folder, { project: 'stopped' });
    const planned = await scene.plan(source);
    const { deployments } = scene.person.features;
    const begun = Promise.withResolvers<void>();
    const running = deployments.apply(planned.id, yes(planned), progress => {
      if (progress.kind === 'resource' && progress.address === 'terraform_data.slow') begun.resolve();
    });
    await begun.promise;
    assert.equal(deployments.cancelEffect(planned.id), 'stopEngine');
    const locked = await refused(scene.plan({ ...source, tenant: source.tenant }), /deployment\.stackBusy/);
    assert.match(locked.message, /stopped\/default/);
    await deployments.cancel(planned.id, 'stopEngine', say);
    const end = await running;
    assert.ok(isIn(end, 'cancelled'), JSON.stringify(end.state));
    assert.match(end.state.detail ?? '', /1 of 2 changes are done/);
    const rest = await scene.plan(source);
    assert.deepEqual(
      planOf(rest).changes.map(({ address }) => address),
      ['terraform_data.slow'],
    );
  });

  it('a yes to another plan is none', async () => {
    const folder = scene.project('elsewhere', { 'main.tf': resources(1) });
    const planned = await scene.plan(await scene.source(folder, { project: 'elsewhere' }));
    const plan = planOf(planned);
    assert.equal(plan.accountId, scene.computer.aws.world.dev.accountId);
    const forged = { ...yes(planned), planHash: 'another' };
    await refused(
      scene.person.features.deployments.apply(planned.id, forged, say),
      'deployment.approvalMismatch',
    );
  });

  it('says who holds the lock of a state, and since when', async () => {
    const folder = scene.project('locked', { 'main.tf': resources(1) });
    const source = await scene.source(folder, { project: 'locked' });
    const key = 'no-wing/acme/dev-111122223333-us-east-1/locked/terraform.tfstate.tflock';
    await scene.lock(key, 'bob@laptop');
    const error = await refused(scene.plan(source), 'terraform.locked');
    assert.match(error.message, /bob@laptop since 2026-11-22T08:00:00Z/);
    assert.match(error.hint ?? '', /No Wing never does/);
  });

  it('another tool under the same path, another plan file: nothing is applied', async () => {
    const folder = scene.project('tampered', { 'main.tf': resources(1) });
    const planned = await scene.plan(await scene.source(folder, { project: 'tampered' }));
    const file = join(scene.person.directory, 'terraform', 'work', planned.id, 'plan');
    assert.ok(existsSync(file));
    writeFileSync(file, 'another plan');
    await refused(
      scene.person.features.deployments.apply(planned.id, yes(planned), say),
      'terraform.planFileChanged',
    );
    assert.deepEqual(
      (await scene.keys()).filter(key => key.includes('tampered')),
      [],
    );
  });

  it('a plan that was withdrawn while it was drafted leaves nothing', async () => {
    const folder = scene.project('withdrawn', { 'main.tf': resources(1) });
    const request = scene.request(await scene.source(folder, { project: 'withdrawn' }));
    const { deployments } = scene.person.features;
    const folderOf = (id: string): string => join(scene.person.directory, 'terraform', 'work', id);
    const before = new Set(deployments.list().map(({ id }) => id));
    const cancelling = new AbortController();
    // Its folder is there before the tool is started, which takes a good while longer than to look.
    const watch = setInterval(() => {
      const drafted = deployments.list().find(({ id }) => !before.has(id));
      if (drafted && existsSync(folderOf(drafted.id))) cancelling.abort();
    }, 1);
    const planning = deployments.plan(request, cancelling.signal).finally(() => clearInterval(watch));
    await assert.rejects(planning, (error: unknown) => !(error instanceof UserError));
    const [newest] = deployments.list();
    assert.equal(newest?.state.status, 'cancelled');
    assert.ok(!existsSync(folderOf(newest?.id ?? '')));
  });
});
