/** Terraform in bad luck: sessions that end, rights that are taken away, two windows at the same project. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { createTokenFile } from '../../src/broker/tokenFiles.ts';
import { type Deployment, isIn } from '../../src/deployment/deployment.ts';
import type { Run, Watch } from '../../src/deployment/engine.ts';
import { sealPlan } from '../../src/deployment/plan.ts';
import type { ResourceEvent } from '../../src/deployment/resourceEvents.ts';
import { runTool } from '../../src/deployment/terraform/runTool.ts';
import { DEFAULT_SETTINGS } from '../../src/deployment/terraform/settings.ts';
import { createTerraformEngine } from '../../src/deployment/terraform/terraformEngine.ts';
import { never, refused, say } from '../attack/computer.ts';
import { clientsOf } from '../local-aws/testClients.ts';
import { JUDGEMENT } from '../unit/deployment/requests.ts';
import { openTerraformScene, resources, type TerraformScene, yes } from './terraformScene.ts';

const slow = (seconds: number): string =>
  resources(1, `provisioner "local-exec" {\n    command = "sleep ${seconds}"\n  }`);

describe('Terraform in bad luck', () => {
  let scene: TerraformScene;
  before(async () => {
    scene = await openTerraformScene();
  });
  after(() => scene.close());

  it('a session that ends in the middle is followed by the next one', async () => {
    const { computer, person } = scene;
    const { features, copilot } = person;
    const keys = new Set<string>();
    const engine = createTerraformEngine({
      directory: person.directory,
      settings: () => DEFAULT_SETTINGS,
      openBroker: ({ profile, session, folder }) =>
        features.openPrivateBroker({ profile, session, files: createTokenFile(folder) }),
      endpoint: () => computer.aws.endpoint,
      env: process.env,
      platform: process.platform,
      runTool,
      pace: { clock: systemClock, pollMs: 50 },
      log: silentLog,
    });
    const run: Run = {
      deploymentId: 'short-sessions',
      region: computer.aws.world.region,
      who: 'copilot',
      session: async () => {
        // Each ask gets a session of its own, which the process is told to be over in two seconds.
        features.sessions.drop(copilot.id);
        const session = await features.sessions.get({
          profileId: copilot.id,
          purpose: 'deployment',
          deploymentId: 'short-sessions',
        });
        keys.add(session.credentials.accessKeyId);
        return { ...session, credentials: { ...session.credentials, expiresAt: Date.now() + 2000 } };
      },
      signal: never,
    };
    const folder = scene.project('sessions', { 'main.tf': slow(5) });
    const draft = await engine.plan(
      scene.request(await scene.source(folder, { project: 'sessions' })),
      run,
      say,
    );
    assert.ok(draft.kind === 'plan');
    const plan = sealPlan(draft.plan, JUDGEMENT);
    const before = keys.size;
    assert.deepEqual(await engine.apply(plan, run, () => true), { kind: 'ordered' });
    const outcome = await engine.follow(plan, run, memoryWatch());
    assert.equal(outcome.kind, 'succeeded', JSON.stringify(outcome));
    assert.ok(keys.size - before > 2, `${keys.size - before} sessions in the apply`);
  });

  it('a right that is taken away in the middle: what AWS denied, and where the state is', async () => {
    const folder = scene.project('denied', { 'main.tf': slow(4) });
    const planned = await scene.plan(await scene.source(folder, { project: 'denied' }));
    const begun = Promise.withResolvers<void>();
    const running = scene.person.features.deployments.apply(planned.id, yes(planned), progress => {
      if (progress.kind === 'resource') begun.resolve();
    });
    await begun.promise;
    await allowStates(scene, ['s3:GetObject', 's3:ListBucket']);
    try {
      const end = await running;
      assert.ok(isIn(end, 'failed'), JSON.stringify(end.state));
      const { reason } = end.state.failure;
      assert.match(reason, /not authorized to perform: s3:PutObject/);
      assert.match(reason, /1 of 1 changes are done/);
      const kept = /it is kept in (\S+errored\.tfstate)/.exec(reason)?.[1] ?? '';
      assert.ok(existsSync(kept), reason);
    } finally {
      await allowStates(scene, ['s3:*']);
    }
  });

  it('without the right to see the states nothing is planned, and it is said why', async () => {
    const folder = scene.project('blind', { 'main.tf': resources(1) });
    const source = await scene.source(folder, { project: 'blind' });
    await allowStates(scene, ['s3:ListAllMyBuckets']);
    try {
      const error = await refused(scene.plan(source), 'terraform.denied');
      assert.match(error.message, /not authorized to perform: s3:\w+.*Nothing was changed/);
    } finally {
      await allowStates(scene, ['s3:*']);
    }
  });

  it('two windows with the same project: one applies, the other is told that its plan is old, or who is at it', async () => {
    const folder = scene.project('both', { 'main.tf': resources(3) });
    const source = await scene.source(folder, { project: 'both' });
    const { deployments: first } = scene.person.features;
    const { deployments: second } = scene.computer.window(scene.person.directory);
    const plans = [
      await first.plan(scene.request(source), never),
      await second.plan(scene.request(source), never),
    ];
    const ends = await Promise.all([first, second].map((window, index) => apply(window.apply, plans[index])));
    assert.deepEqual(ends.map(({ state }) => state.status).sort(), ['failed', 'succeeded']);
    const lost = ends.find(end => isIn(end, 'failed'));
    assert.ok(lost && isIn(lost, 'failed'));
    assert.match(
      lost.state.failure.reason,
      /the state has changed since the plan was made.*Plan again|state lock/s,
    );
    assert.equal((await scene.plan(source)).state.status, 'noChanges');
  });

  it('a project that is being deployed is busy', async () => {
    const folder = scene.project('busy', { 'main.tf': slow(3) });
    const source = await scene.source(folder, { project: 'busy' });
    const planned = await scene.plan(source);
    const running = scene.person.features.deployments.apply(planned.id, yes(planned), say);
    const error = await refused(scene.plan(source), 'deployment.stackBusy');
    assert.match(error.message, /acme\/busy\/default is being deployed by copilot/);
    assert.equal((await running).state.status, 'succeeded');
    assert.ok(!existsSync(join(folder, '.terraform')));
  });
});

async function apply(
  work: TerraformScene['person']['features']['deployments']['apply'],
  planned: Deployment | undefined,
): Promise<Deployment> {
  assert.ok(planned);
  return await work(planned.id, yes(planned), say);
}

/** What the agent's role may do with the bucket of states from now on. */
async function allowStates({ computer: { aws } }: TerraformScene, actions: readonly string[]): Promise<void> {
  const statement = { Effect: 'Allow', Action: [...actions, 'cloudformation:*'], Resource: '*' };
  await clientsOf(aws, aws.world.alice).iam.send(
    new PutRolePolicyCommand({
      RoleName: aws.world.agentRole.roleName,
      PolicyName: 'permissions',
      PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [statement] }),
    }),
  );
}

function memoryWatch(): Watch {
  const known: ResourceEvent[] = [];
  return {
    known: () => known,
    record: events => {
      known.push(...events);
      return events;
    },
    say,
  };
}
