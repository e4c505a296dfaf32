import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Stack, StackResource } from '../../../src/deployment/cloudformation/cloudFormation.ts';
import { type Deployment, hasEnded, isIn } from '../../../src/deployment/deployment.ts';
import type { DeployRequest } from '../../../src/deployment/engine.ts';
import { awsError } from './fakeCloudFormation.ts';
import { planned, refused, Scene } from './scene.ts';
import { request } from './window.ts';

const destroy: DeployRequest = { ...request, operation: 'destroy' };
const retaining = (...retain: string[]): DeployRequest => ({
  ...destroy,
  source: { engine: 'cloudformation', template: { name: 'web.yaml', text: '' }, parameters: {}, retain },
});

const resource = (address: string, type: string): StackResource => ({
  address,
  physicalId: `${address}-1`,
  type,
  status: 'CREATE_COMPLETE',
});
const RESOURCES = [resource('Queue', 'AWS::SQS::Queue'), resource('Topic', 'AWS::SNS::Topic')];

function stackIn(scene: Scene, status = 'CREATE_COMPLETE', facts: Partial<Stack> = {}): string {
  const stack = scene.aws.addStack('web', status, facts);
  stack.resources.push(...RESOURCES);
  return stack.stackId;
}

let scene: Scene;
beforeEach(() => {
  scene = new Scene();
});
afterEach(() => scene[Symbol.dispose]());

const orders = (of = scene): string[] => of.aws.arrived.filter(text => text.startsWith('deleteStack'));

describe('the plan of a deletion', () => {
  const fates: [string, string, string][] = [
    ['AWS::SQS::Queue', '', ''],
    ['AWS::SQS::Queue', 'DeletionPolicy: Delete', ''],
    ['AWS::S3::Bucket', 'DeletionPolicy: Retain', 'it stays in the account, without the stack'],
    ['AWS::S3::Bucket', 'DeletionPolicy: RetainExceptOnCreate', 'it stays in the account, without the stack'],
    ['AWS::EC2::Volume', 'DeletionPolicy: Snapshot', 'a snapshot of it is kept'],
    ['AWS::RDS::DBCluster', '', 'a snapshot of it is kept'],
    ['AWS::RDS::DBCluster', 'DeletionPolicy: Delete', ''],
    ['AWS::RDS::DBInstance', '', 'a snapshot of it is kept'],
    ['AWS::RDS::DBInstance', 'Properties: {DBClusterIdentifier: c}', ''],
  ];
  for (const [type, body, detail] of fates) {
    it(`says of a ${type} with ${body || 'nothing more'}: "${detail}"`, async () => {
      const stack = scene.aws.addStack('web', 'CREATE_COMPLETE');
      stack.resources.push(resource('One', type));
      stack.template = `Resources: {One: {Type: "${type}"${body && `, ${body}`}}}`;
      const plan = await planned(scene.open(), destroy);
      assert.ok(isIn(plan, 'awaitingApproval'));
      assert.deepEqual(plan.state.plan.changes, [
        { address: 'One', physicalId: 'One-1', type, action: 'remove', replacement: 'no', detail },
      ]);
    });
  }

  it('lists what nested stacks hold, and what stays with one that stays', async () => {
    const stack = scene.aws.addStack('web', 'CREATE_COMPLETE');
    const inner = ['goes', 'stays'].map(name => {
      const nested = scene.aws.addStack(`web-${name}`, 'CREATE_COMPLETE');
      nested.resources.push(resource('Queue', 'AWS::SQS::Queue'));
      return { ...resource(name, 'AWS::CloudFormation::Stack'), physicalId: nested.stackId };
    });
    stack.resources.push(...inner, { ...resource('Old', 'A::B::C'), status: 'DELETE_COMPLETE' });
    stack.template = '{"Resources":{"goes":{},"stays":{"DeletionPolicy":"Retain"}}}';
    const plan = await planned(scene.open(), destroy);
    assert.ok(isIn(plan, 'awaitingApproval'));
    assert.deepEqual(
      plan.state.plan.changes.map(({ address, detail }) => `${address} ${detail}`),
      [
        'goes ',
        'goes/Queue ',
        'stays it stays in the account, without the stack',
        'stays/Queue it stays in the account, without the stack',
      ],
    );
  });

  it('sends nothing that changes anything, and neither does a no', async () => {
    stackIn(scene);
    const window = scene.open();
    const plan = await planned(window, destroy);
    assert.ok(isIn(plan, 'awaitingApproval'));
    assert.equal(plan.state.plan.action, 'delete');
    await window.deployments.refuse(plan.id, 'alice said no.');
    assert.deepEqual(scene.aws.arrived, []);
    assert.equal(scene.aws.stack('web')?.status, 'CREATE_COMPLETE');
  });

  const impossible: [string, string | undefined, Partial<Stack>, string, RegExp][] = [
    ['that does not exist', undefined, {}, 'deployment.noStack', /no stack web of copilot in account/],
    [
      'with termination protection',
      'CREATE_COMPLETE',
      { terminationProtected: true },
      'deployment.terminationProtected',
      /termination protection/,
    ],
    ['that changes', 'UPDATE_IN_PROGRESS', {}, 'deployment.stackBusy', /being changed/],
    [
      'that is nested',
      'CREATE_COMPLETE',
      { rootId: 'arn:aws:cloudformation:eu-west-1:1:stack/shop/2' },
      'deployment.nestedStack',
      /nested in stack shop/,
    ],
  ];
  for (const [name, status, facts, code, text] of impossible) {
    it(`is refused for a stack ${name}`, async () => {
      if (status) stackIn(scene, status, facts);
      await refused(planned(scene.open(), destroy), code, text);
      assert.deepEqual(scene.aws.arrived, []);
    });
  }

  it('may leave resources out only after a deletion that has failed', async () => {
    stackIn(scene);
    await refused(planned(scene.open(), retaining('Queue')), 'deployment.notRetainable', /only after one/);
  });
});

describe('a deletion', () => {
  it('is ordered once, by the id of the stack and with a token, and followed to its end', async () => {
    stackIn(scene);
    const window = scene.open();
    const end = await scene.deployed(window, destroy);
    assert.ok(isIn(end, 'succeeded'), JSON.stringify(end.state));
    assert.deepEqual(orders(), [`deleteStack web no-wing-${end.id}`]);
    const last = window.said.at(-1);
    assert.ok(last?.kind === 'resource' && last.status === 'DELETE_COMPLETE' && last.done === 2);
  });

  it('that AWS cannot finish names the resource in the way; the next one may leave it out', async () => {
    stackIn(scene);
    scene.aws.resourceFailure = { address: 'Queue', reason: 'The bucket is not empty' };
    const failed = await scene.deployed(scene.open(), destroy);
    assert.ok(isIn(failed, 'failed'));
    assert.deepEqual(failed.state.failure, {
      address: 'Queue',
      type: 'AWS::SQS::Queue',
      reason: 'The bucket is not empty',
    });
    const again = await scene.deployed(scene.open('w2'), retaining('Queue'));
    assert.ok(isIn(again, 'succeeded'), JSON.stringify(again.state));
    assert.deepEqual(
      again.state.plan.changes.map(change => change.detail),
      ['it stays in the account, without the stack', ''],
    );
  });

  const since: [string, () => void][] = [
    ['was updated', () => void Object.assign(scene.aws.stack('web') ?? {}, { changedAt: 7 })],
    ['holds one more resource', () => scene.aws.stack('web')?.resources.push(resource('New', 'A::B::C'))],
    [
      'would keep nothing any more',
      () =>
        void Object.assign(scene.aws.stack('web') ?? {}, {
          template: '{"Resources":{"Queue":{"DeletionPolicy":"Retain"}}}',
        }),
    ],
  ];
  for (const [name, change] of since) {
    it(`is refused when the stack ${name} since it was planned`, async () => {
      stackIn(scene);
      const window = scene.open();
      const plan = await planned(window, destroy);
      change();
      await refused(scene.applied(window, plan), 'deployment.planOutdated', /not what it was/);
      assert.deepEqual(orders(), []);
    });
  }

  it('of a stack that was made anew under the same name is refused', async () => {
    const first = stackIn(scene);
    const window = scene.open();
    const plan = await planned(window, destroy);
    await scene.aws.api().deleteStack({ stackId: first, token: 'somebody' });
    while ((await scene.aws.api().stack(first))?.status !== 'DELETE_COMPLETE');
    stackIn(scene);
    await refused(scene.applied(window, plan), 'deployment.planOutdated');
    assert.equal(scene.aws.stack('web')?.status, 'CREATE_COMPLETE');
  });

  for (const [when, made] of [
    ['before', 2],
    ['after', 1],
  ] as const) {
    it(`whose order is lost ${when} it arrived is carried out exactly once`, async () => {
      stackIn(scene);
      const window = scene.open();
      const plan = await planned(window, destroy);
      scene.aws.failNext('deleteStack', awsError('TimeoutError'), { when });
      assert.equal((await scene.applied(window, plan)).state.status, 'succeeded');
      assert.equal(scene.aws.made.filter(call => call === 'deleteStack').length, made);
      assert.equal(orders().length, 1);
    });
  }

  it('that AWS denies fails, and says which action', async () => {
    stackIn(scene);
    const window = scene.open();
    const plan = await planned(window, destroy);
    const denial = 'User: arn is not authorized to perform: cloudformation:DeleteStack on resource: web';
    scene.aws.failNext('deleteStack', awsError('AccessDenied', denial));
    await refused(scene.applied(window, plan), 'deployment.denied', /delete stack web.*DeleteStack/);
    assert.equal(window.deployments.get(plan.id)?.state.status, 'failed');
  });
});

describe('a window is killed', () => {
  it('at any step of a deletion: nothing is ordered twice, nothing is lost', async () => {
    const [cuts, ends]: [string[], string[]] = [[], []];
    for (let at = 1; ; at++) {
      using place = new Scene();
      stackIn(place);
      const cut = await killedAt(place, at);
      if (cut === undefined) break;
      cuts.push(cut);
      const end = await takenUp(place);
      assert.ok(orders(place).length <= 1, cut);
      if (!end) continue;
      assert.equal(
        end.state.status === 'succeeded',
        orders(place).length === 1,
        `${cut} ${end.state.status}`,
      );
      ends.push(end.state.status);
    }
    for (const step of ['after resources', 'before deleteStack', 'after deleteStack', 'before events'])
      assert.ok(cuts.includes(step), `${step} in ${cuts.join()}`);
    for (const status of ['abandoned', 'succeeded'])
      assert.ok(ends.filter(end => end === status).length > 5, `${status} in ${ends.join()}`);
  });
});

async function killedAt(place: Scene, at: number): Promise<string | undefined> {
  let steps = 0;
  let cut: string | undefined;
  const window = place.open('killed', {
    cut: name => {
      steps += 1;
      if (steps < at || cut !== undefined) return;
      cut = name;
      window.kill();
    },
  });
  try {
    await place.applied(window, await planned(window, destroy));
  } catch (error) {
    assert.ok(cut !== undefined, String(error));
  }
  return cut;
}

async function takenUp(place: Scene): Promise<Deployment | undefined> {
  const next = place.open('next');
  next.deployments.resume(next.say);
  const [left] = next.deployments.list();
  for (let second = 0; left && second < 600; second++) {
    const now = next.deployments.get(left.id);
    if (now && hasEnded(now)) return now;
    await place.clock.sleep(1000);
  }
  assert.equal(left, undefined, 'it does not end');
  return undefined;
}
