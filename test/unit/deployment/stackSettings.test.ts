import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { isIn } from '../../../src/deployment/deployment.ts';
import type { DeployRequest } from '../../../src/deployment/engine.ts';
import type { CloudFormationSource } from '../../../src/deployment/source.ts';
import { awsError } from './fakeCloudFormation.ts';
import { nothingLeft, planned, refused, Scene } from './scene.ts';
import { request, TEMPLATE } from './window.ts';

const POLICY = '{"Statement":[{"Effect":"Deny","Action":"Update:Replace","Principal":"*","Resource":"*"}]}';

const asking = (more: Partial<CloudFormationSource>): DeployRequest => ({
  ...request,
  source: {
    engine: 'cloudformation',
    template: { name: 'web.yaml', text: TEMPLATE },
    parameters: {},
    ...more,
  },
});
const SETTINGS = { terminationProtection: true, stackPolicy: POLICY };
const wanted = asking(SETTINGS);

let scene: Scene;
beforeEach(() => {
  scene = new Scene();
});
afterEach(() => scene[Symbol.dispose]());

const made = (): string[] => scene.aws.arrived.filter(text => text.startsWith('set'));
const MADE = [`setStackPolicy ${POLICY}`, 'setTerminationProtection true'];

describe('what a stack has beside its template', () => {
  it('is in the plan, and is made after the template was deployed', async () => {
    const window = scene.open();
    const plan = await planned(window, wanted);
    assert.ok(isIn(plan, 'awaitingApproval'));
    assert.ok('settings' in plan.state.plan);
    assert.deepEqual(plan.state.plan.settings, SETTINGS);
    assert.deepEqual(made(), []);
    assert.equal((await scene.applied(window, plan)).state.status, 'succeeded');
    assert.deepEqual(made(), MADE);
    assert.ok(
      scene.aws.arrived.indexOf(MADE[0] ?? '') >
        scene.aws.arrived.findIndex(text => text.startsWith('execute')),
    );
  });

  it('is a plan of its own when nothing else changes, and no change at all when the stack has it', async () => {
    scene.aws.addStack('web', 'CREATE_COMPLETE');
    scene.aws.draftFailure = 'No updates are to be performed.';
    const window = scene.open();
    const plan = await planned(window, wanted);
    assert.ok(isIn(plan, 'awaitingApproval'));
    assert.deepEqual(plan.state.plan.changes, []);
    assert.deepEqual(await scene.leftovers(), nothingLeft);
    assert.equal((await scene.applied(window, plan)).state.status, 'succeeded');
    assert.deepEqual(made(), MADE);
    assert.deepEqual(scene.aws.executions(), []);
    assert.equal((await planned(window, wanted)).state.status, 'noChanges');
  });

  it('is not made when the deployment failed', async () => {
    scene.aws.resourceFailure = { address: 'Queue', reason: 'no' };
    assert.equal((await scene.deployed(scene.open(), wanted)).state.status, 'rolledBack');
    assert.deepEqual(made(), []);
  });

  it('that AWS denies is told: the stack was deployed, this was not', async () => {
    scene.aws.failNext('setTerminationProtection', awsError('AccessDenied', 'not authorized'));
    const end = await scene.deployed(scene.open(), wanted);
    assert.ok(isIn(end, 'failed'));
    assert.match(end.state.failure.reason, /was deployed, but.*not authorized/);
  });

  it('sits out what passes', async () => {
    scene.aws.failNext('setStackPolicy', awsError('Throttling'), { times: 3 });
    assert.equal((await scene.deployed(scene.open(), wanted)).state.status, 'succeeded');
    assert.deepEqual(made(), MADE);
  });

  it('is made by no other window than the one with the approval', async () => {
    const first = scene.open('first');
    const plan = await planned(first, wanted);
    const end = scene.applied(first, plan);
    await scene.clock.sleep(2500);
    first.deployments.dispose();
    await assert.rejects(end, { name: 'AbortError' });
    const next = scene.open('next');
    const followed = await next.deployments.follow(plan.id, next.say);
    assert.ok(isIn(followed, 'failed'), JSON.stringify(followed.state));
    assert.match(followed.state.failure.reason, /window with the approval was closed/);
    assert.deepEqual(made(), []);
  });

  const wrong: [string, Partial<CloudFormationSource>, string, RegExp][] = [
    ['a policy that is no JSON', { stackPolicy: 'allow' }, 'deployment.stackPolicy', /not one/],
    ['a policy without statements', { stackPolicy: '{}' }, 'deployment.stackPolicy', /not one/],
    ['tags of AWS', { tags: { 'aws:x': '1' } }, 'deployment.tags', /AWS keeps for itself/],
    ['our own marks', { tags: { 'no-wing:agent': 'me' } }, 'deployment.tags', /who made the stack/],
    ['a long value', { tags: { a: 'x'.repeat(257) } }, 'deployment.tags', /longer than 256/],
    ['no key', { tags: { '': 'x' } }, 'deployment.tags', /not a key/],
    [
      'many tags',
      { tags: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`k${i}`, ''])) },
      'deployment.tags',
      /51 tags/,
    ],
  ];
  for (const [name, source, code, text] of wrong) {
    it(`with ${name} is refused before anything is sent`, async () => {
      await refused(planned(scene.open(), asking(source)), code, text);
      assert.deepEqual(scene.aws.made, []);
    });
  }

  it('tags: those that are wanted replace the others, and the marks of No Wing stay', async () => {
    const window = scene.open();
    const first = await scene.deployed(window, asking({ tags: { team: 'shop', stage: 'dev' } }));
    await scene.deployed(window, asking({ tags: { team: 'web' } }));
    await scene.deployed(window);
    const marks = { 'no-wing:agent': 'copilot', 'no-wing:deployment': first.id };
    assert.deepEqual(
      scene.aws.changeSets.map(set => set.input.tags),
      [
        { team: 'shop', stage: 'dev', ...marks },
        { team: 'web', ...marks },
        { team: 'web', ...marks },
      ],
    );
  });

  it('a service role and capabilities go with the change set, and are in the plan', async () => {
    const serviceRoleArn = 'arn:aws:iam::111122223333:role/deployer';
    const plan = await planned(
      scene.open(),
      asking({ serviceRoleArn, capabilities: ['CAPABILITY_NAMED_IAM'] }),
    );
    assert.ok(isIn(plan, 'awaitingApproval') && 'serviceRoleArn' in plan.state.plan);
    assert.equal(plan.state.plan.serviceRoleArn, serviceRoleArn);
    const [set] = scene.aws.changeSets;
    assert.equal(set?.input.serviceRoleArn, serviceRoleArn);
    assert.deepEqual(set?.input.capabilities, ['CAPABILITY_NAMED_IAM']);
  });
});
