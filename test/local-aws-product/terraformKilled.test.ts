/** A window or the whole computer dies while Terraform applies: it is taken up again, and nothing is applied twice. */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import * as v from 'valibot';
import { type Deployment, hasEnded, isIn } from '../../src/deployment/deployment.ts';
import { Process } from '../../src/deployment/terraform/workFolder.ts';
import { refused, say } from '../attack/computer.ts';
import { waitFor } from '../setup/waitFor.ts';
import { openTerraformScene, planOf, type TerraformScene } from './terraformScene.ts';
import { type WindowOrder, WindowSays } from './terraformWindow.ts';

const RESOURCES = 6;

describe('Terraform, when a window is killed', () => {
  let scene: TerraformScene;
  before(async () => {
    scene = await openTerraformScene();
  });
  after(() => scene.close());

  // After the yes: before the order, around it, in the middle, at the end.
  const moments = [0, 15, 40, 80, 150, 300, 500, 900, 1500, 2500];
  for (const [index, ms] of moments.entries()) {
    it(`${ms} ms after the yes, nothing is applied twice and nothing is lost`, async () => {
      const { runs, source } = await counting(scene, `killed-${index}`);
      const id = await killedWindow(scene, source, () => delay(ms));
      const end = await takenUp(scene, id);
      const made = linesOf(runs);
      if (isIn(end, 'abandoned')) {
        assert.match(end.state.reason, /nothing was changed/);
        return assert.deepEqual(made, []);
      }
      // It had not been started or had no session yet, and no window but the one that is gone does either.
      if (isIn(end, 'failed')) {
        assert.match(end.state.failure.reason, /0 of 6 changes are done/);
        return assert.deepEqual(made, []);
      }
      assert.equal(end.state.status, 'succeeded', JSON.stringify(end.state));
      assert.deepEqual(
        made,
        Array.from({ length: RESOURCES }, (_, item) => String(item)),
      );
      assert.equal((await scene.plan(source)).state.status, 'noChanges');
    });
  }

  it('the computer dies in the middle: how far it came is told, nothing is repeated or started, and a new plan names the lock', async () => {
    const { runs, source } = await counting(scene, 'computer', 'sleep 1');
    const id = await killedWindow(scene, source, () =>
      waitFor('the first change', async () => (linesOf(runs).length > 0 ? true : undefined), 60_000),
    );
    killTerraform(scene, id);
    const before = linesOf(runs);
    const end = await takenUp(scene, id);
    assert.ok(isIn(end, 'failed'), JSON.stringify(end.state));
    const { reason } = end.state.failure;
    assert.match(reason, /ended in the middle.*of 6 changes are done/);
    assert.match(reason, /the window that planned it is gone/);
    const locked = await refused(scene.plan(source), 'terraform.locked');
    assert.match(locked.message, /locked by .+ since .+Z \(apply, lock [\w-]+\)/);
    assert.deepEqual(linesOf(runs), before);
  });
});

async function counting(scene: TerraformScene, project: string, first = 'true') {
  const runs = join(scene.computer.folder, `${project}.runs`);
  const command = `${first}; echo \${count.index} >> ${runs}; sleep 0.3`;
  const main = `resource "terraform_data" "item" {\n  count = ${RESOURCES}\n  provisioner "local-exec" {\n    command = "${command}"\n  }\n}\n`;
  const folder = scene.project(project, { 'main.tf': main });
  return { runs, source: await scene.source(folder, { project }) };
}

/** @returns the deployment's id. */
async function killedWindow(
  scene: TerraformScene,
  source: WindowOrder['source'],
  until: () => Promise<unknown>,
): Promise<string> {
  const { computer, person } = scene;
  const child = fork(join(import.meta.dirname, 'terraformWindow.ts'), { stdio: 'inherit' });
  const exited = new Promise(resolve => child.once('exit', resolve));
  const planned = new Promise<string>((resolve, reject) => {
    child.once('message', message => resolve(v.parse(WindowSays, message).id));
    child.once('exit', () => reject(new Error('The window ended before it had planned')));
  });
  child.send({
    directory: person.directory,
    endpoint: computer.aws.endpoint,
    secrets: [...computer.stored],
    profileId: person.copilot.id,
    source,
  } satisfies WindowOrder);
  const id = await planned;
  await until();
  child.kill('SIGKILL');
  await exited;
  return id;
}

function killTerraform({ person }: TerraformScene, id: string): void {
  const path = join(person.directory, 'terraform', 'work', id, 'process.json');
  // With all that it has started: it leads a group of its own.
  process.kill(-v.parse(Process, JSON.parse(readFileSync(path, 'utf8'))).processId, 'SIGKILL');
}

/** By another window, as when the lease of the one that is gone has run out. */
async function takenUp({ person }: TerraformScene, id: string): Promise<Deployment> {
  const { db, deployments } = person.features;
  db.run('UPDATE deployment SET owner = NULL WHERE id = ?', id);
  const end = await deployments.follow(id, say);
  assert.ok(hasEnded(end), end.state.status);
  // The key of a broker that is gone opens nothing, and is a secret all the same.
  assert.ok(!existsSync(join(person.directory, 'terraform', 'work', id, 'token')));
  if (end.state.status === 'succeeded') assert.equal(planOf(end).changes.length, RESOURCES);
  return end;
}

function linesOf(path: string): string[] {
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n').sort() : [];
}
